/**
 * What a response changes, held against what it was asked to change: nothing else may, and what was good before and is no more
 * stands on the CRL (RFC 6487 5, RFC 5280 3.3).
 */
import { equalBytes } from '../lib/bytes.ts';
import type { JsonObject } from '../lib/json-reader.ts';
import type { Faults } from '../rpki/fault.ts';
import { byKey } from './documents.ts';
import { readCertInfo, readRevocations } from './objects.ts';

/** A clock may be that much before the signer's, who takes off its CRL what has ended. */
const TOLERANCE_MS = 5 * 60_000;

export interface Change {
  /** The objects before it. */
  before: JsonObject;
  /** What is published now, by key. */
  issued: ReadonlyMap<string, { der: Uint8Array; serial: bigint }>;
  /** Serial numbers on the CRL. */
  revoked: ReadonlySet<bigint>;
  /** Keys whose wishes were fulfilled. */
  fulfilled: ReadonlySet<string>;
  /** Its number is the next one: nothing was signed between the two. */
  next: boolean;
}

/** Throws JsonError when the objects before it cannot be read. */
export function judgeChange(change: Change, at: Date, faults: Faults): void {
  const { before, issued, revoked, fulfilled, next } = change;
  const ends = at.getTime() + TOLERANCE_MS;
  const lasting = (expires: string): boolean => Date.parse(expires) > ends;
  for (const [key, old] of byKey(before.get('issued'), 'the last objects.issued', readCertInfo)) {
    const now = issued.get(key);
    if (now !== undefined && equalBytes(now.der, old.der)) continue;
    // One that ended may be taken away.
    if (!lasting(old.notAfter)) continue;
    // A response that was never taken here may have done it, but not without a number of its own.
    faults.check(
      fulfilled.has(key) || !next,
      now === undefined
        ? `${key}: its certificate is gone, and nobody asked for that`
        : `${key}: it has another certificate, and nobody asked for that`,
      'RFC 6492 3.4.2',
    );
    faults.check(revoked.has(old.serial), `${key}: the certificate it had is not on the CRL`, 'RFC 6487 5');
  }
  const past = readRevocations(before.get('revocations'), 'the last objects.revocations');
  for (const { serial, expires } of past)
    faults.check(
      revoked.has(serial) || !lasting(expires),
      `serial number ${serial}: it was revoked before and is not on the CRL`,
      'RFC 5280 3.3',
    );
}
