/** What a child has to ask of its parent now, and from when on a renewal makes sense (T-016, C-41). Pure: it asks nobody. */
import type { ResourceClass } from '../../rpki/provisioning-message.ts';
import { sameResources } from '../../rpki/resource-set.ts';
import type { CertInfo } from '../objects.ts';
import type { ParentTiming } from './parent.ts';
import { type ChildKey, type LocalChild } from './local-child.ts';
import { shortKey } from '../short-key.ts';
import { certificateFor } from './take-certificate.ts';

const WEEK_MS = 7 * 86_400_000;
/** A new certificate has to last more than a tenth longer than what is left (krill, `wants_update`). */
const WORTH = 1.1;

export interface Wish {
  what: 'issue' | 'revoke';
  keyId: string;
  why: 'first' | 'gone' | 'resources' | 'renewal' | 'asked' | 'rolled';
}

const WANTS: Record<Exclude<Wish['why'], 'asked'>, (key: string) => string> = {
  first: (key) => `a certificate for key ${key}`,
  gone: (key) => `a certificate for key ${key} again`,
  resources: (key) => `a certificate for other resources than key ${key} has`,
  renewal: (key) => `the certificate of key ${key} renewed`,
  rolled: (key) => `its old key ${key} revoked`,
};

/** From when on a renewal of this certificate is asked for. */
export function renewFrom({ notAfter }: Pick<CertInfo, 'notAfter'>, timing: ParentTiming): Date {
  const end = Date.parse(notAfter);
  const threshold = end - timing.issuedCertificateReissueWeeksBefore * WEEK_MS;
  const worthwhile = end - (timing.issuedCertificateValidityWeeks * WEEK_MS) / WORTH;
  return new Date(Math.max(threshold, worthwhile));
}

/** What the parent offers, and the keys it lists a certificate for. */
export interface Offer {
  offered: ResourceClass;
  listed: ReadonlySet<string>;
}

function renewalIsDue(
  certificate: CertInfo,
  offered: ResourceClass,
  timing: ParentTiming,
  now: Date,
): boolean {
  const left = Date.parse(certificate.notAfter) - now.getTime();
  if (left > timing.issuedCertificateReissueWeeksBefore * WEEK_MS) return false;
  return offered.notAfter.getTime() - now.getTime() > left * WORTH;
}

function wishOf(
  key: ChildKey,
  { offered, listed }: Offer,
  timing: ParentTiming,
  now: Date,
): Wish['why'] | null {
  if (key.certificate === null) return 'first';
  // Asked once, it is asked until the answer is fetched.
  if (key.askedAt !== null) return 'asked';
  // What the parent does not list any more it has revoked: the child was removed and added again.
  if (!listed.has(key.keyId)) return 'gone';
  if (!sameResources(key.certificate.resources, offered.resources)) return 'resources';
  return renewalIsDue(key.certificate, offered, timing, now) ? 'renewal' : null;
}

/** An unchanged offer leaves nothing to ask. */
export function wishesOf(child: LocalChild, offer: Offer, timing: ParentTiming, now: Date): Wish[] {
  return child.keys.flatMap((key): Wish[] => {
    if (key.state === 'old') return [{ what: 'revoke', keyId: key.keyId, why: 'rolled' }];
    const why = wishOf(key, offer, timing, now);
    return why === null || key.csrDer === null ? [] : [{ what: 'issue', keyId: key.keyId, why }];
  });
}

/** What it would ask for besides what it has asked already, in a sentence each. `offered`: what its parent would list now. */
export function wantsOf(
  child: LocalChild,
  offered: ResourceClass,
  timing: ParentTiming,
  now: Date,
): string[] {
  const listed = new Set(
    child.keys.filter((key) => certificateFor(key, offered) !== undefined).map(({ keyId }) => keyId),
  );
  const open = new Set(child.keys.filter(({ askedAt }) => askedAt === null).map(({ keyId }) => keyId));
  return wishesOf(child, { offered, listed }, timing, now).flatMap(({ keyId, why }) =>
    why === 'asked' || !open.has(keyId) ? [] : [`${child.handle} wants ${WANTS[why](shortKey(keyId))}`],
  );
}
