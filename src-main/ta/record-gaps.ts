/**
 * What a file of exchanges leaves out, told by those that are in it: numbers between two of them, and keys that none of them issued.
 * It proves nothing: a signer may skip numbers, and a file may be an excerpt. Whoever reads it is told.
 */
import type { Request } from './documents.ts';
import type { TaObjects } from './objects.ts';

/** The first number of a signer is that of its set-up, which is no exchange. */
const SET_UP = 1n;

const numbers = (from: bigint, to: bigint): string =>
  from === to ? `number ${from} is` : `numbers ${from} to ${to} are`;

/** For the exchanges of one file, oldest first: each call answers what is to be said of that one. */
export function createGaps(): {
  /** null: it cannot be read, so that nothing is said of the one after it. */
  next(exchange: { request: Request; objects: TaObjects } | null): string[];
} {
  let last: bigint | null = null;
  /** Keys that had a certificate when the file begins, or got one since; null before that. */
  let known: Set<string> | null = null;
  let unread = false;

  function ofNumbers(number: bigint): string[] {
    if (last === null)
      return unread || number <= SET_UP + 1n ? [] : [`what came before number ${number} is not in this file`];
    if (unread || number <= last + 1n) return [];
    return [
      `${numbers(last + 1n, number - 1n)} not in this file: the signer skipped them, or their exchanges were taken out`,
    ];
  }

  return {
    next(exchange) {
      if (exchange === null) {
        unread = true;
        return [];
      }
      const { request, objects } = exchange;
      const said = ofNumbers(objects.number);
      const wishes = request.children.flatMap(({ requests }) => [...requests]);
      // What cannot be read may have issued any of them.
      if (known === null || unread)
        known = new Set([
          ...(known ?? []),
          ...objects.issued.keys(),
          ...wishes.flatMap(([key, { type }]) => (type === 'revocation' ? [key] : [])),
        ]);
      for (const [key, { type }] of wishes) {
        if (type === 'revocation' && !known.has(key))
          said.push(`it revokes key ${key}, which no exchange of this file issued`);
        known.add(key);
      }
      for (const key of objects.issued.keys()) {
        if (!known.has(key))
          said.push(`its manifest has a certificate of key ${key}, which no exchange of this file issued`);
        known.add(key);
      }
      last = objects.number;
      unread = false;
      return said;
    },
  };
}
