/** Whether the head that somebody wrote down fits the audit as it is. Pure; the short form is audit-record.ts's. */
import { AppError } from '../lib/app-error.ts';
import type { Fault } from './chain.ts';

function normalHead(text: string): string {
  return text.toUpperCase().replaceAll(/[\s:.-]/g, '');
}

type WrittenHead = { full: string } | { seq: number; digits: string };

/** What somebody wrote down, with or without its spaces. Throws AppError INVALID_INPUT when it is no head. */
export function readWrittenHead(written: string): WrittenHead | null {
  const trimmed = written.trim();
  if (trimmed === '') return null;
  const full = normalHead(trimmed);
  if (/^[0-9A-F]{64}$/.test(full)) return { full };
  const [count = '', ...groups] = trimmed.split(/\s+/);
  // As many digits as the short head prints, or more: fewer would confirm by chance.
  const digits = normalHead(groups.join(''));
  if (/^\d+$/.test(count) && /^[0-9A-F]{12,64}$/.test(digits)) return { seq: Number(count), digits };
  // Without spaces the last twelve are the digits, and what stands before them is the number.
  const [, number, rest] = /^(\d+)([0-9A-F]{12})$/.exec(full) ?? [];
  if (number !== undefined && rest !== undefined) return { seq: Number(number), digits: rest };
  const message = 'The head you typed is not readable: it looks like "1284 9C1E 44B7 03FA".';
  throw new AppError('INVALID_INPUT', message, { fields: [{ path: 'written', message }] });
}

/** The entry that `written` names, when it is there with that hash; null otherwise. */
export function confirmedEntry(written: string, hashes: readonly string[]): number | null {
  const head = readWrittenHead(written);
  if (head === null || writtenHeadFault(written, hashes) !== null) return null;
  return 'full' in head ? hashes.indexOf(head.full) + 1 : head.seq;
}

/** A head that does not fit: what is wrong if it stands on the paper like that, and what to say before anybody knows. */
export interface Unfit {
  fault: Fault;
  typed: string;
}

/** null when `written` is empty, or names an entry that is still there with that hash. `hashes` are those of all entries. */
export function writtenHeadFault(written: string, hashes: readonly string[]): Unfit | null {
  const head = readWrittenHead(written);
  if (head === null) return null;
  if ('full' in head)
    return hashes.includes(head.full)
      ? null
      : {
          fault: {
            seq: hashes.length,
            kind: 'head',
            text: 'The head you wrote down is not in this audit: it was cut back or replaced since.',
          },
          typed: 'What you typed is the head of no entry here.',
        };
  const { seq, digits } = head;
  if (seq > hashes.length)
    return {
      fault: {
        seq: hashes.length,
        kind: 'truncated',
        text: `The audit has ${hashes.length} entries, but you wrote down ${seq}: the last ${seq - hashes.length} are gone.`,
      },
      typed: `What you typed is entry ${seq}, and there are ${hashes.length}.`,
    };
  const hash = hashes[seq - 1] ?? '';
  return hash.startsWith(digits)
    ? null
    : {
        fault: {
          seq,
          kind: 'head',
          text: `Entry ${seq} is not the one you wrote down: the audit was replaced.`,
        },
        typed: `What you typed is not entry ${seq}.`,
      };
}
