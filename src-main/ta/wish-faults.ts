/** What must hold of a wish for a certificate: the proxy refuses it alone, where the signer would refuse the whole request. */
import { Faults } from '../rpki/fault.ts';
import { plainForm } from '../rpki/plain-name.ts';
import { contains } from '../rpki/ranges.ts';
import type { ResourceSet } from '../rpki/resource-set.ts';
import type { ChildCsr } from './child-csr.ts';

const FAMILIES = ['asn', 'ipv4', 'ipv6'] as const;

/** Whether files in `folder` lie where the trust anchor's own do, or would need a folder with the name of one of them. */
function isTrustAnchors(folder: string, base: string): boolean {
  if (base.startsWith(folder)) return true;
  const [first = ''] = folder.startsWith(base) ? folder.slice(base.length).split('/') : [];
  return /\.(?:cer|crl|mft)$/i.test(first);
}

/** `ta`: where the trust anchor publishes, and its key. */
export function judgePlace(csr: ChildCsr, ta: { baseUri: string; taKeyId: string }, faults: Faults): void {
  const places = [ta.baseUri, csr.caRepository, csr.rpkiManifest].map(plainForm);
  const [base = '', folder = '', manifest = ''] = places;
  faults.check(
    [csr.caRepository, csr.rpkiManifest].every((uri) => !/[%@\\]/.test(uri)),
    'its place holds a % or @ or \\: it could be another one than it looks like',
    'RFC 3986 6.2.2',
  );
  faults.check(
    !isTrustAnchors(folder.endsWith('/') ? folder : `${folder}/`, base) &&
      !manifest.startsWith(`${base}${ta.taKeyId}`),
    'it would publish where the trust anchor does',
    'RFC 6487 4.8.8.1',
  );
}

/** Of one family: a hundred times what certificates in use have, and a size that every relying party takes. */
const MOST_RANGES = 20_000;

export function judgeLimit(resources: ResourceSet, limit: Partial<ResourceSet>, faults: Faults): void {
  faults.check(
    FAMILIES.some((family) => (limit[family] ?? resources[family]).length > 0),
    'no resources would be certified',
    'RFC 6487 4.8.10',
  );
  faults.check(
    FAMILIES.every((family) => (limit[family] ?? resources[family]).length <= MOST_RANGES),
    `it asks for more than ${MOST_RANGES} separate ranges of one kind: fewer and wider ones make a certificate that can be used`,
    'docs/rpki-profile.md',
  );
  faults.check(
    FAMILIES.every((family) => contains(resources[family], limit[family] ?? [])),
    'it asks for resources the child does not have',
    'RFC 6492 3.4.1',
  );
}

export function holds(judge: (faults: Faults) => void): boolean {
  const faults = new Faults();
  judge(faults);
  return faults.found.length === 0;
}
