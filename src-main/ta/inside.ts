/**
 * What a certificate itself says, held against what is written beside it: Krill's JSON repeats key, serial number, validity,
 * resources and places, and nothing but the certificate is signed.
 */
import { equalBytes } from '../lib/bytes.ts';
import { JsonError } from '../lib/json-reader.ts';
import { Faults } from '../rpki/fault.ts';
import { equalRanges } from '../rpki/ranges.ts';
import { type ResourceSet, sameResources } from '../rpki/resource-set.ts';
import type { Role } from '../rpki/certificate-pointers.ts';
import { type ResourceCertificate, resourceCertificate } from '../rpki/resource-certificate.ts';
import { X509Error } from '../x509/x509-error.ts';
import type { CertInfo } from './objects.ts';

type Places = Pick<CertInfo, 'caRepository' | 'rpkiManifest' | 'rpkiNotify'>;

const SIA = {
  repository: '1.3.6.1.5.5.7.48.5',
  manifest: '1.3.6.1.5.5.7.48.10',
  notify: '1.3.6.1.5.5.7.48.13',
} as const;

/** Manifests, CRLs and certificates count whole seconds; Krill's JSON has nine more digits. */
export function second(instant: string | Date): number {
  return Math.floor(new Date(instant).getTime() / 1000);
}

/** Whether it is good no more at `at`: nobody can use it, and nothing has to be revoked of it. */
export function hasEnded({ notAfter }: Pick<CertInfo, 'notAfter'>, at: Date): boolean {
  return at.getTime() > second(notAfter) * 1000;
}

/** The last instant of a certificate that has ended, else `at`: what it is is judged, not that it ended. */
export function whileItLasts(info: Pick<CertInfo, 'notAfter'>, at: Date): Date {
  return hasEnded(info, at) ? new Date(second(info.notAfter) * 1000) : at;
}

/** `at`, or the last instant of CRL and manifest where they have ended: what they are is judged, not that they ended. */
export function whileTheyLast({ nextUpdate }: { nextUpdate: string }, at: Date): Date {
  return new Date(Math.min(at.getTime(), second(nextUpdate) * 1000));
}

/** null: something is inherited. */
export function resourcesIn({ resources }: ResourceCertificate): ResourceSet | null {
  const { asn, ipv4, ipv6 } = resources;
  if (asn === 'inherit' || ipv4 === 'inherit' || ipv6 === 'inherit') return null;
  return { asn: asn ?? [], ipv4: ipv4 ?? [], ipv6: ipv6 ?? [] };
}

export function holdsResources(read: ResourceCertificate, set: ResourceSet): boolean {
  const own = resourcesIn(read);
  return own !== null && sameResources(own, set);
}

const FAMILIES = ['asn', 'ipv4', 'ipv6'] as const;

/** A family that is missing in a limit asks for everything, which is not the same as all there is. */
export function sameLimit(a: Partial<ResourceSet>, b: Partial<ResourceSet>): boolean {
  return FAMILIES.every((family) => {
    const [one, other] = [a[family], b[family]];
    return one === undefined || other === undefined ? one === other : equalRanges(one, other);
  });
}

/** Whether it publishes there, and nowhere else besides. */
export function publishesAt({ sia }: ResourceCertificate, places: Places): boolean {
  const wanted = [
    `${SIA.repository} ${places.caRepository}`,
    `${SIA.manifest} ${places.rpkiManifest}`,
    ...(places.rpkiNotify === null ? [] : [`${SIA.notify} ${places.rpkiNotify}`]),
  ].toSorted();
  return (
    sia
      .map(({ method, location }) => `${method} ${location}`)
      .toSorted()
      .join('\n') === wanted.join('\n')
  );
}

/** The first thing beside the certificate that is not what it says, or null. Throws X509Error when it is none. */
function differing(info: CertInfo, role: Role): string | null {
  const read = resourceCertificate(info.der, role, new Faults());
  const { certificate } = read;
  if (!equalBytes(certificate.spkiDer, info.spkiDer)) return 'key';
  if (!equalBytes(certificate.subject.raw, info.subjectDer)) return 'subject';
  if (certificate.serialNumber !== info.serial) return 'serial number';
  if (second(certificate.notBefore) !== second(info.notBefore)) return 'begin';
  if (second(certificate.notAfter) !== second(info.notAfter)) return 'end';
  if (!holdsResources(read, info.resources)) return 'resources';
  return publishesAt(read, info) ? null : 'place where it publishes';
}

/** Throws JsonError when what stands beside the certificate is not what it says. */
export function requireSaidInside(info: CertInfo, role: Role, path: string): void {
  try {
    const what = differing(info, role);
    if (what !== null)
      throw new JsonError(`what stands beside the certificate is not what it says: its ${what}`, path);
  } catch (error) {
    if (error instanceof X509Error) throw new JsonError(error.message, path);
    throw error;
  }
}
