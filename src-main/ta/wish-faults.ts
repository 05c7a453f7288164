/** What must hold of a wish for a certificate: the proxy refuses it alone, where the signer would refuse the whole request. */
import { Faults } from '../rpki/fault.ts';
import { plainForm } from '../rpki/plain-name.ts';
import { contains } from '../rpki/ranges.ts';
import type { ResourceSet } from '../rpki/resource-set.ts';
import type { ChildCsr } from './child-csr.ts';

const FAMILIES = ['asn', 'ipv4', 'ipv6'] as const;

/** `ta`: where the trust anchor publishes, and its key. */
export function judgePlace(csr: ChildCsr, ta: { baseUri: string; taKeyId: string }, faults: Faults): void {
  const [base, folder, manifest] = [ta.baseUri, csr.caRepository, csr.rpkiManifest].map(plainForm);
  faults.check(
    folder !== base && manifest?.startsWith(`${base}${ta.taKeyId}`) !== true,
    'it would publish where the trust anchor does',
    'RFC 6487 4.8.8.1',
  );
}

export function judgeLimit(resources: ResourceSet, limit: Partial<ResourceSet>, faults: Faults): void {
  faults.check(
    FAMILIES.some((family) => (limit[family] ?? resources[family]).length > 0),
    'no resources would be certified',
    'RFC 6487 4.8.10',
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
