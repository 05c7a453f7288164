/**
 * Sets of numbers as sorted ranges that neither overlap nor touch: the one form RFC 3779 allows, and the algebra on it.
 * It knows neither addresses nor texts.
 */

/** Both ends belong to it. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

/** Sorted, disjoint, not adjacent. Made by `rangesOf` and the functions below only. */
export type Ranges = readonly Range[];

/** The canonical form of any ranges. Throws RangeError for one that ends before it begins. */
export function rangesOf(any: readonly Range[]): Ranges {
  const merged: { min: bigint; max: bigint }[] = [];
  for (const { min, max } of any.toSorted((a, b) => (a.min < b.min ? -1 : a.min > b.min ? 1 : 0))) {
    if (min > max) throw new RangeError('a range ends before it begins');
    const last = merged.at(-1);
    if (last !== undefined && min <= last.max + 1n) last.max = max > last.max ? max : last.max;
    else merged.push({ min, max });
  }
  return merged;
}

export function union(a: Ranges, b: Ranges): Ranges {
  return rangesOf([...a, ...b]);
}

export function intersection(a: Ranges, b: Ranges): Ranges {
  const both: Range[] = [];
  let [i, j] = [0, 0];
  for (let [x, y] = [a[i], b[j]]; x !== undefined && y !== undefined; [x, y] = [a[i], b[j]]) {
    const min = x.min > y.min ? x.min : y.min;
    const max = x.max < y.max ? x.max : y.max;
    if (min <= max) both.push({ min, max });
    if (x.max < y.max) i += 1;
    else j += 1;
  }
  return rangesOf(both);
}

/** What is in `a` and not in `b`. */
export function difference(a: Ranges, b: Ranges): Ranges {
  const left: Range[] = [];
  let first = 0;
  for (const { min, max } of a) {
    // Both are sorted: what ends before this one ends before the next ones.
    while ((b[first]?.max ?? min) < min) first += 1;
    let from = min;
    for (let at = first, hole = b[at]; hole !== undefined && hole.min <= max; hole = b[(at += 1)]) {
      if (hole.min > from) left.push({ min: from, max: hole.min - 1n });
      from = hole.max + 1n;
    }
    if (from <= max) left.push({ min: from, max });
  }
  return rangesOf(left);
}

/** Whether all of `b` is in `a`. */
export function contains(a: Ranges, b: Ranges): boolean {
  return difference(b, a).length === 0;
}

export function equalRanges(a: Ranges, b: Ranges): boolean {
  return a.length === b.length && a.every(({ min, max }, at) => b[at]?.min === min && b[at]?.max === max);
}
