/** Where a key leads in a list of rows. No DOM here. */

/**
 * The row a key moves to, or null when the key is not about moving. `at` is -1 before the first move;
 * `page` is the number of rows in sight.
 */
export function moveRow(key: string, at: number, count: number, page: number): number | null {
  if (count === 0) return null;
  const clamp = (index: number): number => Math.max(0, Math.min(count - 1, index));
  switch (key) {
    case 'ArrowDown':
      return clamp(at + 1);
    case 'ArrowUp':
      return clamp(at - 1);
    case 'PageDown':
      return clamp(at + page);
    case 'PageUp':
      return clamp(at - page);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
