/** The certificate of a child's key (krill-ta.md 6.5): what it says is decided by the caller. */
import { keyIdName, makeAuthority } from '../../rpki/make-certificate.ts';
import type { CertInfo } from '../objects.ts';
import { backdated, serialOf, weeksLater } from './publish.ts';
import type { Signing } from './signing.ts';
import type { TrustAnchor } from './trust-anchor.ts';

export type Certified = Pick<
  CertInfo,
  'resources' | 'limit' | 'caRepository' | 'rpkiManifest' | 'rpkiNotify' | 'spkiDer'
> & { keyId: string };

/** Good from five minutes before `now`, for as many weeks as the trust anchor's times say. */
export async function certify(
  { anchor, now }: { anchor: TrustAnchor; now: Date },
  wanted: Certified,
  signing: Pick<Signing, 'serial' | 'ta'>,
): Promise<CertInfo> {
  const { objects, timing } = anchor;
  const { keyId, resources, limit, caRepository, rpkiManifest, rpkiNotify, spkiDer } = wanted;
  const validity = {
    notBefore: backdated(now),
    notAfter: weeksLater(now, timing.issuedCertificateValidityWeeks),
  };
  const serial = signing.serial();
  const der = await makeAuthority(
    { serial, issuerKeyId: objects.keyId, keyId, spkiDer, validity },
    { repository: caRepository, manifest: rpkiManifest, notify: rpkiNotify },
    { crlUri: `${objects.baseUri}${objects.keyId}.crl`, certificateUri: anchor.tal.rsync },
    resources,
    signing.ta.certificate,
  );
  return {
    uri: `${objects.baseUri}${keyId}.cer`,
    resources,
    limit,
    notBefore: validity.notBefore.toISOString(),
    notAfter: validity.notAfter.toISOString(),
    serial: serialOf(serial),
    caRepository,
    rpkiManifest,
    rpkiNotify,
    spkiDer,
    subjectDer: keyIdName(keyId),
    der,
  };
}
