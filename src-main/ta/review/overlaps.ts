/**
 * Which children would hold the same resources. RFC 6487 allows it (a transfer is made that way), yet in a trust anchor it is
 * nearly always a slip, so it is named when one of them gets them newly.
 */
import { difference, intersection, type Range, rangesOf } from '../../rpki/ranges.ts';
import type { ResourceSet } from '../../rpki/resource-set.ts';
import { FAMILIES, listed, resourceTexts } from './child-review.ts';

/** What a child has once the exchange is done, and what it had. */
export interface Holding {
  handle: string;
  before: ResourceSet;
  after: ResourceSet;
}

interface Held extends Range {
  /** Of whom, as a place in the list of holdings. */
  at: number;
  /** It had not that before. */
  fresh: boolean;
  /** The highest end of all ranges up to here. */
  reach: bigint;
}

type Family = (typeof FAMILIES)[number];

/** All ranges of one family by their start, so that those that touch a range are found without looking at every child. */
function sorted(holdings: readonly Holding[], family: Family): Held[] {
  let reach = -1n;
  return holdings
    .flatMap(({ before, after }, at) => [
      ...intersection(before[family], after[family]).map((range) => ({ ...range, at, fresh: false })),
      ...difference(after[family], before[family]).map((range) => ({ ...range, at, fresh: true })),
    ])
    .toSorted((a, b) => (a.min < b.min ? -1 : a.min > b.min ? 1 : 0))
    .map((one) => {
      reach = one.max > reach ? one.max : reach;
      return { ...one, reach };
    });
}

/** How many of `all` begin at or before `max`. */
function beginning(all: readonly Held[], max: bigint): number {
  let [from, to] = [0, all.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((all[middle]?.min ?? 0n) <= max) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** What others hold of a range that `of` gets; where both get it, it is said of the later one alone. */
function sharedWith(all: readonly Held[], { min, max }: Range, of: number): Held[] {
  const found: Held[] = [];
  for (let place = beginning(all, max) - 1; place >= 0; place -= 1) {
    const one = all[place];
    if (one === undefined || one.reach < min) break;
    if (one.max >= min && one.at !== of && !(one.fresh && one.at > of)) found.push(one);
  }
  return found;
}

/** One sentence for each child that gets what another one holds then too. */
export function overlapsOf(holdings: readonly Holding[]): string[] {
  const held = FAMILIES.map((family) => [family, sorted(holdings, family)] as const);
  return holdings.flatMap(({ handle, before, after }, of) => {
    const shared: ResourceSet = { asn: [], ipv4: [], ipv6: [] };
    const others = new Set<number>();
    for (const [family, all] of held) {
      const common = difference(after[family], before[family]).flatMap((range) => {
        const found = sharedWith(all, range, of);
        for (const { at } of found) others.add(at);
        return intersection([range], rangesOf(found));
      });
      shared[family] = rangesOf(common);
    }
    if (others.size === 0) return [];
    const names = [...others].toSorted((a, b) => a - b).map((at) => holdings[at]?.handle ?? '');
    return [
      `${handle} gets ${listed(resourceTexts(shared))}, which ${listed(names)} ${names.length === 1 ? 'holds' : 'hold'} too: right only if they are meant to share it, as during a transfer.`,
    ];
  });
}
