/**
 * A certificate that came from the parent, before the child relies on it: it must be for our key, hold under the issuer that came
 * with it, and say what was asked. Answers faults and never throws for what it is given.
 */
import { equalBytes } from '../../lib/bytes.ts';
import { Faults } from '../../rpki/fault.ts';
import { judgeObject } from '../../rpki/judge.ts';
import { isPlainUri } from '../../rpki/plain-name.ts';
import type { ResourceClass } from '../../rpki/provisioning-message.ts';
import { type ResourceSet, sameResources } from '../../rpki/resource-set.ts';
import { resourceCertificate, type ResourceCertificate } from '../../rpki/resource-certificate.ts';
import { readChildCsr } from '../child-csr.ts';
import type { CertInfo } from '../objects.ts';
import type { ChildKey } from './local-child.ts';

const CLAUSE = 'RFC 6492 3.4.2';

type Offered = ResourceClass['certificates'][number];

/** The certificate of that key among those of the class. */
export function certificateFor(key: Pick<ChildKey, 'spkiDer'>, given: ResourceClass): Offered | undefined {
  return given.certificates.find(({ der }) => {
    const faults = new Faults();
    const read = faults.read(CLAUSE, () => resourceCertificate(der, 'authority', faults));
    return read !== null && equalBytes(read.certificate.spkiDer, key.spkiDer);
  });
}

function explicit(resources: ResourceCertificate['resources']): ResourceSet | null {
  const { asn, ipv4, ipv6 } = resources;
  if (asn === 'inherit' || ipv4 === 'inherit' || ipv6 === 'inherit') return null;
  return { asn: asn ?? [], ipv4: ipv4 ?? [], ipv6: ipv6 ?? [] };
}

const SIA = {
  repository: '1.3.6.1.5.5.7.48.5',
  manifest: '1.3.6.1.5.5.7.48.10',
  notify: '1.3.6.1.5.5.7.48.13',
} as const;

function locationsIn({
  sia,
}: ResourceCertificate): Pick<CertInfo, 'caRepository' | 'rpkiManifest' | 'rpkiNotify'> {
  const at = (method: string): string | undefined => sia.find((one) => one.method === method)?.location;
  return {
    caRepository: at(SIA.repository) ?? '',
    rpkiManifest: at(SIA.manifest) ?? '',
    rpkiNotify: at(SIA.notify) ?? null,
  };
}

/** Takes it, or says why not. */
export function takeCertificate(
  key: Pick<ChildKey, 'spkiDer' | 'csrDer'>,
  given: ResourceClass,
  at: Date,
): { info: CertInfo } | { fault: string } {
  const offered = certificateFor(key, given);
  if (offered === undefined) return { fault: 'there is no certificate for this key in the answer' };
  const faults = new Faults();
  faults.found.push(
    ...judgeObject(given.issuerDer, { issuerDer: null, anchor: false, at }).faults,
    ...judgeObject(offered.der, { issuerDer: given.issuerDer, anchor: false, at }).faults,
  );
  const csr = key.csrDer === null ? null : readChildCsr(key.csrDer, new Faults());
  const read = resourceCertificate(offered.der, 'authority', new Faults());
  const { certificate } = read;
  const [own, resources] = [locationsIn(read), explicit(read.resources)];
  faults.check(
    csr !== null &&
      own.caRepository === csr.caRepository &&
      own.rpkiManifest === csr.rpkiManifest &&
      own.rpkiNotify === csr.rpkiNotify,
    'it names other places than were asked for',
    CLAUSE,
  );
  faults.check(
    resources !== null && sameResources(resources, given.resources),
    'it holds other resources than the parent says',
    CLAUSE,
  );
  const uri = offered.urls.find((one) => isPlainUri(one, 'rsync'));
  faults.check(uri !== undefined, 'it is not said where it is published by rsync', 'RFC 6492 3.3.2');
  const [fault] = faults.found;
  if (fault !== undefined) return { fault: `${fault.text} (${fault.clause})` };
  if (resources === null || uri === undefined) return { fault: 'it cannot be read' };
  return {
    info: {
      uri,
      resources,
      limit: offered.limit,
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
      serial: certificate.serialNumber,
      ...own,
      spkiDer: certificate.spkiDer,
      subjectDer: certificate.subject.raw,
      der: offered.der,
    },
  };
}
