/** Which columns a table has room for: the least needed leave first, so that none of the needed ones is cut off. */
import { useLayoutEffect, useState } from 'react';

interface Sized {
  /** CSS grid width: "minmax(18rem, 2fr)", "12rem". */
  width: string;
  /** 1 leaves first, then 2, and so on; missing: it stays, and the table scrolls sideways rather. */
  drop?: number;
}

/** The first length of "minmax(18rem, 2fr)", or the fixed one. */
export function leastWidth(width: string): string {
  return /^minmax\(([^,]+),/.exec(width)?.[1] ?? width;
}

/** `room` in rem; 0: not known yet, and all stay. Widths that are no rem take nothing. */
export function fittingColumns<C extends Sized>(columns: readonly C[], room: number): readonly C[] {
  const needed = (left: readonly C[]): number =>
    left.reduce((sum, { width }) => sum + Number(/^([\d.]+)rem$/.exec(leastWidth(width))?.[1] ?? 0), 0);
  let left = columns;
  if (room === 0) return left;
  for (;;) {
    if (needed(left) <= room) return left;
    const first = Math.min(...left.map(({ drop }) => drop ?? Infinity));
    if (first === Infinity) return left;
    left = left.filter(({ drop }) => drop !== first);
  }
}

/** The width of an element in px, also after the window changed; 0 before it is there. */
export function useWidth(node: HTMLElement | null): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (node === null) return;
    const measure = (): void => setWidth(node.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, [node]);
  return width;
}
