/** A search over a few text columns of a small table: every word must stand in one of them. */
import type { SqlValue } from '../command.ts';

/** SQL that begins with " AND", or "" for an empty query; the words go into `parameters` as `w0`, `w1`, ... */
export function likeConditions(
  query: string,
  columns: readonly string[],
  parameters: Record<string, SqlValue>,
): string {
  const words = query
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 8);
  return words
    .map((word, index) => {
      parameters[`w${index}`] = `%${word.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
      return ` AND (${columns.map((column) => `${column} LIKE $w${index} ESCAPE '\\'`).join(' OR ')})`;
    })
    .join('');
}
