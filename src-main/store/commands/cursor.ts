/**
 * Where the next page of a list begins: opaque to the renderer, and checked when it comes back. It knows no table.
 */
import { AppError } from '../../lib/app-error.ts';

/** The sort value of a page's last row, and its place among equal ones. */
export interface Cursor {
  value: string | number;
  seq: number;
}

const wrong = (): AppError =>
  new AppError('BAD_REQUEST', 'This page of the list is not known. Load the list again.');

const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

export function cursorText({ value, seq }: Cursor): string {
  return Buffer.from(JSON.stringify([value, seq])).toString('base64url');
}

/** Throws AppError BAD_REQUEST for what `cursorText` did not make. */
export function readCursor(text: string): Cursor {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong();
    throw error;
  }
  const [value, seq] = Array.isArray(parts) && parts.length === 2 ? (parts as unknown[]) : [];
  if ((typeof value !== 'string' && typeof value !== 'number') || !isPlace(seq)) throw wrong();
  return { value, seq };
}

/** For lists in the order they grew, newest first: rows below this number are next. Throws AppError BAD_REQUEST. */
export function beforeOf(cursor: string | null): number {
  if (cursor === null) return Number.MAX_SAFE_INTEGER;
  const before = /^\d+$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (!isPlace(before)) throw wrong();
  return before;
}
