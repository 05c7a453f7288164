/**
 * What a KMIP server says when it refuses (Result Reason: KMIP 1.4, 9.1.3.2.29; from 25 on KMIP 2.0, 11.47), and what to
 * do then: as data, for the signer's state and for the doctor. Nothing is decided here beyond the word of trouble.
 */
import type { DeviceTrouble } from '../device.ts';
import { LOG, ROWS_1 } from './result-rows-1.ts';
import { ROWS_2 } from './result-rows-2.ts';

export interface ResultReason {
  /** As the standard writes it. */
  name: string;
  trouble: DeviceTrouble;
  /** One sentence: what happened. */
  text: string;
  cause: string;
  check: string;
  fix: string;
}

const TABLE: ReadonlyMap<number, ResultReason> = new Map(
  [...ROWS_1, ...ROWS_2].map(([code, name, trouble, text, cause, check, fix]) => [
    code,
    { name, trouble, text, cause, check, fix },
  ]),
);

/** The row of a reason; one that is not in the table, or none at all, is told by its number. */
export function resultReason(code: number | null): ResultReason {
  return (
    (code === null ? undefined : TABLE.get(code)) ?? {
      name: code === null ? 'No Reason' : `Reason 0x${code.toString(16).padStart(8, '0')}`,
      trouble: 'refused',
      text: 'The server refused it.',
      cause: 'Only the server knows.',
      check: LOG,
      fix: 'Do what its log says, and try again.',
    }
  );
}

/** By the code that DeviceError carries ("Item Not Found"); null for what is no result of KMIP. */
export function resultReasonNamed(name: string): ResultReason | null {
  return [...TABLE.values()].find((row) => row.name === name) ?? null;
}
