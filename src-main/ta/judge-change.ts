/**
 * What a response changes, held against what it was asked to change: nothing else may, and what was good before and is no more
 * stands on the CRL (RFC 6487 5, RFC 5280 3.3).
 */
import { equalBytes } from '../lib/bytes.ts';
import type { Faults } from '../rpki/fault.ts';
import { sameLimit, second } from './inside.ts';
import type { Revocation, TaObjects } from './objects.ts';

/** A clock may be that much before the signer's, who takes off its CRL what has ended. */
const TOLERANCE_MS = 5 * 60_000;

export interface Change {
  before: Pick<TaObjects, 'issued' | 'revocations'>;
  after: Pick<TaObjects, 'issued' | 'revocations' | 'thisUpdate'>;
  /** Serial numbers on the CRL. */
  revoked: ReadonlySet<bigint>;
  /** Keys whose wishes were fulfilled. */
  fulfilled: ReadonlySet<string>;
  /** Its number is the next one: nothing was signed between the two. */
  next: boolean;
}

/** What stands beside a revocation decides when it leaves the CRL: it must be the end of the certificate itself. */
function judgeRevocations({ before, after, next }: Change, faults: Faults): void {
  const past = new Map(before.revocations.map((one) => [one.serial, one]));
  const ends = new Map([...before.issued.values()].map(({ serial, notAfter }) => [serial, notAfter]));
  const check = ({ serial, revokedAt, expires }: Revocation): void => {
    const [old, end] = [past.get(serial), ends.get(serial)];
    if (old !== undefined)
      faults.check(
        second(old.expires) === second(expires) && second(old.revokedAt) === second(revokedAt),
        `serial number ${serial}: it was revoked at another time before, or its certificate ended at another`,
        'RFC 5280 5.1.2.6',
      );
    else if (end !== undefined)
      faults.check(
        second(end) === second(expires),
        `serial number ${serial}: its certificate ends at another time than stands beside the revocation`,
        'RFC 5280 3.3',
      );
    else {
      faults.check(
        !next,
        `serial number ${serial}: it is revoked, and no certificate here had it`,
        'RFC 6487 5',
      );
      // One that has ended is not put on a CRL.
      faults.check(
        second(expires) >= second(after.thisUpdate),
        `serial number ${serial}: its revocation is said to have ended before this response`,
        'RFC 5280 3.3',
      );
    }
  };
  after.revocations.forEach(check);
}

export function judgeChange(change: Change, at: Date, faults: Faults): void {
  const { before, after, revoked, fulfilled, next } = change;
  const ends = at.getTime() + TOLERANCE_MS;
  const lasting = (expires: string): boolean => Date.parse(expires) > ends;
  for (const [key, old] of before.issued) {
    const now = after.issued.get(key);
    if (now !== undefined && equalBytes(now.der, old.der)) {
      faults.check(
        sameLimit(now.limit, old.limit),
        `${key}: another limit than before stands beside its certificate`,
        'RFC 6492 3.4.2',
      );
      continue;
    }
    // One that ended may be taken away.
    if (now === undefined && !lasting(old.notAfter)) continue;
    // A response that was never taken here may have done it, but not without a number of its own.
    faults.check(
      fulfilled.has(key) || !next,
      now === undefined
        ? `${key}: its certificate is gone, and nobody asked for that`
        : `${key}: it has another certificate, and nobody asked for that`,
      'RFC 6492 3.4.2',
    );
    faults.check(
      revoked.has(old.serial) || !lasting(old.notAfter),
      `${key}: the certificate it had is not on the CRL`,
      'RFC 6487 5',
    );
  }
  for (const key of after.issued.keys())
    faults.check(
      before.issued.has(key) || fulfilled.has(key) || !next,
      `${key}: it has a certificate, and nobody asked for that`,
      'RFC 6492 3.4.2',
    );
  for (const { serial, expires } of before.revocations)
    faults.check(
      revoked.has(serial) || !lasting(expires),
      `serial number ${serial}: it was revoked before and is not on the CRL`,
      'RFC 5280 3.3',
    );
  judgeRevocations(change, faults);
}
