/**
 * The CRL and manifest of each of a child's keys: made with the certificate, remade when less than half of their time is left.
 * It issues nothing below it, so that is all it publishes.
 */
import { AppError } from '../../lib/app-error.ts';
import { judgeObject } from '../../rpki/judge.ts';
import type { TaObjects } from '../objects.ts';
import { publish, weeksLater } from '../signer/publish.ts';
import { type ChildDeps, type HeldChild, signingOf } from './held-child.ts';
import { type ChildKey, type LocalChild, withKey } from './local-child.ts';

/** As long as a trust anchor's own by default: this machine may be shut for weeks. */
const NEXT_UPDATE_WEEKS = 12;

export interface NumberTaken {
  keyId: string;
  number: bigint;
}

/** From when they are to be remade; null: not before the certificate is another one. */
export function remakeFrom({ certificate, objects }: ChildKey): Date | null {
  if (certificate === null || objects === null) return null;
  const [from, to] = [Date.parse(objects.thisUpdate), Date.parse(objects.nextUpdate)];
  // They last as long as the certificate: later ones would not last longer.
  return to >= Date.parse(certificate.notAfter) ? null : new Date((from + to) / 2);
}

/**
 * Whether they have to be made now: the first ones, those that are due while the certificate lasts (one of the future has not
 * begun), and those of a restored workspace, whose number is below the `highest` this key ever signed.
 */
export function isStale(key: ChildKey, highest: bigint, now: Date): boolean {
  const { certificate, objects } = key;
  if (certificate === null || Date.parse(certificate.notAfter) <= now.getTime()) return false;
  if (Date.parse(certificate.notBefore) > now.getTime()) return false;
  if (objects === null || objects.number < highest) return true;
  const from = remakeFrom(key);
  return from !== null && from.getTime() < now.getTime();
}

/** Own objects under the same judgement as everybody's. Throws AppError INTERNAL. */
function requireValid(objects: TaObjects, issuerDer: Uint8Array, at: Date): void {
  const [fault] = [objects.crl.der, objects.manifest.der].flatMap(
    (der) => judgeObject(der, { issuerDer, anchor: false, at }).faults,
  );
  if (fault !== undefined)
    throw new AppError(
      'INTERNAL',
      `What was made does not hold before the validator (${fault.text}, ${fault.clause}); it was thrown away.`,
    );
}

async function remade(deps: ChildDeps, held: HeldChild, key: ChildKey, now: Date): Promise<TaObjects> {
  const { certificate, keyId } = key;
  if (certificate === null) throw new Error('a key without a certificate publishes nothing');
  const before = key.objects?.number ?? 0n;
  const highest = held.highest.get(keyId) ?? 0n;
  const end = new Date(certificate.notAfter);
  const wanted = weeksLater(now, NEXT_UPDATE_WEEKS);
  const { issuer, signing } = signingOf(deps, held, keyId);
  const objects = await publish(
    {
      number: (highest > before ? highest : before) + 1n,
      now,
      nextUpdate: wanted < end ? wanted : end,
      keyId,
      baseUri: certificate.caRepository,
      certificateUri: certificate.uri,
      issued: new Map(),
      revocations: [],
    },
    issuer,
    signing,
  );
  requireValid(objects, certificate.der, now);
  return objects;
}

/** `child` with fresh objects for each key that needs them; `held` lends the keys. Nothing is stored. */
export async function withFreshObjects(
  deps: ChildDeps,
  held: HeldChild,
  child: LocalChild,
  now: Date,
): Promise<{ child: LocalChild; numbers: NumberTaken[] }> {
  let next = child;
  const numbers: NumberTaken[] = [];
  for (const key of child.keys.filter((one) => isStale(one, held.highest.get(one.keyId) ?? 0n, now))) {
    const objects = await remade(deps, held, key, now);
    next = withKey(next, key.keyId, { objects });
    numbers.push({ keyId: key.keyId, number: objects.number });
  }
  return { child: next, numbers };
}

/** Everything the child wants to be published, where; what it published before and is not here is to be withdrawn. */
export function publication(child: LocalChild): { uri: string; der: Uint8Array }[] {
  return child.keys.flatMap(({ objects }) =>
    objects === null
      ? []
      : [objects.crl, objects.manifest].map(({ name, der }) => ({ uri: `${objects.baseUri}${name}`, der })),
  );
}
