/**
 * A new trust anchor, and a new certificate for one that is there (krill-ta.md 6.1, 6.3, 6.4): decided by the caller, made
 * here. Nothing is stored.
 */
import { keyIdName, makeAnchor, makeIdentity } from '../../rpki/make-certificate.ts';
import { rangesOf } from '../../rpki/ranges.ts';
import { keyId as keyIdOf } from '../../x509/public-key.ts';
import type { ResourceSet } from '../../rpki/resource-set.ts';
import type { CertInfo } from '../objects.ts';
import { backdated, publish, serialOf, weeksLater } from './publish.ts';
import type { Signing } from './signing.ts';
import { type Identity, identityOf, type Timing, type TrustAnchor } from './trust-anchor.ts';

/** Everything there is: what a trust anchor holds. */
export const ALL_RESOURCES: ResourceSet = {
  asn: rangesOf([{ min: 0n, max: 0xffff_ffffn }]),
  ipv4: rangesOf([{ min: 0n, max: 0xffff_ffffn }]),
  ipv6: rangesOf([{ min: 0n, max: 2n ** 128n - 1n }]),
};

const IDENTITY_YEARS = 15;

/** The same day `years` later; 29 February becomes the 28th. */
export function yearsLater(now: Date, years: number): Date {
  const later = new Date(now);
  later.setUTCFullYear(now.getUTCFullYear() + years);
  if (later.getUTCMonth() !== now.getUTCMonth()) later.setUTCDate(0);
  return later;
}

export interface AnchorOrder {
  now: Date;
  years: number;
  spkiDer: Uint8Array;
  /** `sia_base` and `rrdp_notification_uri` of proxy-repo.json. */
  repository: { base: string; notify: string | null };
  tal: { https: string[]; rsync: string };
}

/** The self-signed TA certificate. */
export async function makeAnchorCertificate(order: AnchorOrder, signing: Signing): Promise<CertInfo> {
  const { now, spkiDer, repository } = order;
  const keyId = keyIdOf(spkiDer);
  const validity = { notBefore: backdated(now), notAfter: yearsLater(now, order.years) };
  const serial = signing.serial();
  const rpkiManifest = `${repository.base}${keyId}.mft`;
  const der = await makeAnchor(
    { serial, keyId, spkiDer, validity },
    { repository: repository.base, manifest: rpkiManifest, notify: repository.notify },
    ALL_RESOURCES,
    signing.ta.certificate,
  );
  return {
    uri: order.tal.rsync,
    resources: ALL_RESOURCES,
    limit: {},
    notBefore: validity.notBefore.toISOString(),
    notAfter: validity.notAfter.toISOString(),
    serial: serialOf(serial),
    caRepository: repository.base,
    rpkiManifest,
    rpkiNotify: repository.notify,
    spkiDer,
    subjectDer: keyIdName(keyId),
    der,
  };
}

/** The self-signed identity certificate of a key (krill-ta.md 5.5). */
export async function makeIdentityOf(
  spkiDer: Uint8Array,
  now: Date,
  sign: Signing['identity']['certificate'],
): Promise<Identity> {
  const certificateDer = await makeIdentity(
    {
      keyId: keyIdOf(spkiDer),
      spkiDer,
      validity: { notBefore: backdated(now), notAfter: yearsLater(now, IDENTITY_YEARS) },
    },
    sign,
  );
  return identityOf(spkiDer, certificateDer);
}

/** A trust anchor with its first CRL and manifest. */
export async function makeTrustAnchor(
  order: Omit<AnchorOrder, 'years'> & {
    identitySpki: Uint8Array;
    proxy: Identity;
    timing: Timing;
    number: bigint;
  },
  signing: Signing,
): Promise<TrustAnchor> {
  const { now, timing } = order;
  const identity = await makeIdentityOf(order.identitySpki, now, signing.identity.certificate);
  const certificate = await makeAnchorCertificate(
    { ...order, years: timing.certificateValidityYears },
    signing,
  );
  const objects = await publish(
    {
      number: order.number,
      now,
      nextUpdate: weeksLater(now, timing.mftNextUpdateWeeks),
      keyId: keyIdOf(order.spkiDer),
      baseUri: order.repository.base,
      certificateUri: order.tal.rsync,
      issued: new Map(),
      revocations: [],
    },
    signing.ta,
    signing,
  );
  return { identity, proxy: order.proxy, certificate, tal: order.tal, objects, timing };
}
