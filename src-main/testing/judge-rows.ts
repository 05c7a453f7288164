/** Tables of objects under the test anchor, each right or wrong in one clause, as tests. Not shipped. */
import { expect, test } from 'vitest';
import { judgeObject } from '../rpki/judge.ts';
import { anchorCertificate, certificate, NOW } from './resigned.ts';

/** null: right; else the clause that it breaks. */
export type Row = [what: string, der: Uint8Array, clause: string | null];

const anchor = anchorCertificate();

/** The clauses that `der` breaks. */
export function clauses(der: Uint8Array, isAnchor = false): string[] {
  const issuerDer = isAnchor ? null : anchor;
  return judgeObject(der, { issuerDer, anchor: isAnchor, at: NOW }).faults.map(({ clause }) => clause);
}

/** A test for each row. */
export function check(rows: readonly Row[], isAnchor = false): void {
  test.each(rows)('%s', (_what, der, clause) => {
    if (clause === null) expect(clauses(der, isAnchor)).toEqual([]);
    else expect(clauses(der, isAnchor)).toContain(clause);
  });
}

/** A child with one extension replaced, added or left out. */
export const having = (name: string, value: Uint8Array | null): Uint8Array =>
  certificate({ extensions: { [name]: value } });
