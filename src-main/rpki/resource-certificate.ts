/**
 * A certificate held against the RPKI profile (RFC 6487, 3779, 7935): every field, whatever its issuer. Chains, names of
 * issuers and resources of parents are judge.ts.
 */
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { children, exactly, readWhole, TAG } from '../x509/der-reader.ts';
import type { Extension } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { keyId } from '../x509/public-key.ts';
import { type Access, checkPointers, checkPolicies, type Role } from './certificate-pointers.ts';
import { checkAlgorithms, checkKey, checkName, checkTimes, hex } from './certificate-fields.ts';
import type { Faults } from './fault.ts';
import { readOnce } from './read-once.ts';
import { type Resources, readAsIds, readIpBlocks } from './resource-der.ts';
import { X509Error } from '../x509/x509-error.ts';

export interface ResourceCertificate {
  certificate: Certificate;
  /** Upper-case hex. */
  subjectKeyId: string | null;
  authorityKeyId: string | null;
  resources: { asn: Resources | null; ipv4: Resources | null; ipv6: Resources | null };
  /** It is one of an authority: what else is wrong with it or not. */
  mayIssue: boolean;
  /** Of the CRL distribution point. */
  crlUris: string[];
  sia: Access[];
}

const KEY_USAGE: Record<Role, string> = { anchor: '03020106', authority: '03020106', object: '03020780' };
const CA_TRUE = '30030101ff';

/** Which extensions there are, whether they are critical, and which part of RFC 6487 says so. */
const EXTENSIONS: Record<string, readonly [critical: boolean, clause: string]> = {
  [EXTENSION.basicConstraints]: [true, '4.8.1'],
  [EXTENSION.subjectKeyIdentifier]: [false, '4.8.2'],
  [EXTENSION.authorityKeyIdentifier]: [false, '4.8.3'],
  [EXTENSION.keyUsage]: [true, '4.8.4'],
  [EXTENSION.crlDistributionPoints]: [false, '4.8.6'],
  [EXTENSION.authorityInfoAccess]: [false, '4.8.7'],
  [EXTENSION.subjectInfoAccess]: [false, '4.8.8'],
  [EXTENSION.certificatePolicies]: [true, '4.8.9'],
  [EXTENSION.ipAddressBlocks]: [true, '4.8.10'],
  [EXTENSION.asIdentifiers]: [true, '4.8.11'],
};

function keyIdentifier(faults: Faults, extension: Extension | undefined): string | null {
  if (extension === undefined) return null;
  return faults.read('RFC 6487 4.8.3', () => {
    const what = 'the authority key identifier';
    const [key] = exactly(readWhole(extension.valueDer, TAG.sequence, what), what, 0x80);
    if (key.content.length !== 20)
      throw new X509Error('the authority key identifier is not one key identifier of 20 octets');
    return hex(key.content).toUpperCase();
  });
}

function byOid(faults: Faults, certificate: Certificate): Map<string, Extension> {
  const found = new Map<string, Extension>();
  for (const extension of certificate.extensions) {
    faults.check(!found.has(extension.oid), `the extension ${extension.oid} stands twice`, 'RFC 5280 4.2');
    const known = EXTENSIONS[extension.oid];
    // One that is not critical may be ignored (RFC 6487 4.8), and validators do.
    if (known === undefined)
      faults.check(
        !extension.critical,
        `the critical extension ${extension.oid} is not known here`,
        'RFC 6487 4.8',
      );
    else
      faults.check(
        extension.critical === known[0],
        `the extension ${extension.oid} ${known[0] ? 'is not' : 'is'} critical`,
        `RFC 6487 ${known[1]}`,
      );
    found.set(extension.oid, extension);
  }
  return found;
}

function isAuthority(extensions: ReadonlyMap<string, Extension>): boolean {
  const [basic, usage] = [EXTENSION.basicConstraints, EXTENSION.keyUsage].map((oid) => extensions.get(oid));
  return (
    basic !== undefined &&
    usage !== undefined &&
    hex(basic.valueDer) === CA_TRUE &&
    hex(usage.valueDer) === KEY_USAGE.authority
  );
}

function checkUsage(faults: Faults, extensions: Map<string, Extension>, role: Role): void {
  const basic = extensions.get(EXTENSION.basicConstraints);
  faults.check(
    role === 'object' ? basic === undefined : basic !== undefined && hex(basic.valueDer) === CA_TRUE,
    role === 'object'
      ? 'an end entity has basic constraints'
      : 'the basic constraints are not CA:TRUE without a path length',
    'RFC 6487 4.8.1',
  );
  const usage = extensions.get(EXTENSION.keyUsage);
  faults.check(
    usage !== undefined && hex(usage.valueDer) === KEY_USAGE[role],
    `the key usage is not ${role === 'object' ? 'digitalSignature' : 'keyCertSign and cRLSign'} alone`,
    'RFC 6487 4.8.4',
  );
  faults.check(
    !extensions.has(EXTENSION.extendedKeyUsage),
    'there is an extended key usage',
    'RFC 6487 4.8.5',
  );
}

function readResources(
  faults: Faults,
  extensions: Map<string, Extension>,
  role: Role,
): ResourceCertificate['resources'] {
  const ip = extensions.get(EXTENSION.ipAddressBlocks);
  const as = extensions.get(EXTENSION.asIdentifiers);
  const blocks = ip === undefined ? null : faults.read('RFC 6487 4.8.10', () => readIpBlocks(ip.valueDer));
  const asn = as === undefined ? null : faults.read('RFC 6487 4.8.11', () => readAsIds(as.valueDer));
  faults.check(ip !== undefined || as !== undefined, 'there are no resources', 'RFC 6487 4.8.10');
  const resources = { asn, ipv4: blocks?.ipv4 ?? null, ipv6: blocks?.ipv6 ?? null };
  if (role === 'anchor')
    faults.check(
      !Object.values(resources).includes('inherit'),
      'a trust anchor inherits resources',
      'RFC 8630 2.3',
    );
  return resources;
}

function read(der: Uint8Array, role: Role, faults: Faults): ResourceCertificate {
  const certificate = parseCertificate(der);
  const fields = children(readWhole(certificate.tbsDer, TAG.sequence, 'the signed part'));
  faults.check(
    !fields.some(({ tag }) => (tag & 0xdf) === 0x81 || (tag & 0xdf) === 0x82),
    'there are unique identifiers',
    'RFC 6487 4',
  );
  faults.check(certificate.version === 3, 'the version is not 3', 'RFC 6487 4.1');
  faults.check(
    certificate.serialNumber > 0n && certificate.serialNumber < 1n << 159n,
    'the serial number is not positive or has more than 159 bits',
    'RFC 6487 4.2',
  );
  checkAlgorithms(faults, certificate, '');
  faults.read('RFC 6487 4.4', () => checkName(faults, certificate.issuer, 'issuer'));
  faults.read('RFC 6487 4.5', () => checkName(faults, certificate.subject, 'subject'));
  checkTimes(faults, certificate);
  faults.read('RFC 7935 3', () => checkKey(faults, certificate.spkiDer));
  const extensions = byOid(faults, certificate);
  checkUsage(faults, extensions, role);
  const ski = extensions.get(EXTENSION.subjectKeyIdentifier);
  const own = keyId(certificate.spkiDer);
  faults.check(
    ski !== undefined && hex(ski.valueDer).toUpperCase() === `0414${own}`,
    'the subject key identifier is not the SHA-1 of the key',
    'RFC 6487 4.8.2',
  );
  const authorityKeyId = keyIdentifier(faults, extensions.get(EXTENSION.authorityKeyIdentifier));
  if (role === 'anchor')
    faults.check(
      !extensions.has(EXTENSION.authorityKeyIdentifier) || authorityKeyId === own,
      'the authority key identifier of a trust anchor is not its own',
      'RFC 6487 4.8.3',
    );
  else
    faults.check(
      extensions.has(EXTENSION.authorityKeyIdentifier),
      'there is no authority key identifier',
      'RFC 6487 4.8.3',
    );
  const policies = extensions.get(EXTENSION.certificatePolicies);
  if (faults.check(policies !== undefined, 'there is no policy', 'RFC 6487 4.8.9') && policies !== undefined)
    faults.read('RFC 6487 4.8.9', () => checkPolicies(policies));
  return {
    certificate,
    subjectKeyId: own,
    authorityKeyId,
    resources: readResources(faults, extensions, role),
    mayIssue: isAuthority(extensions),
    ...checkPointers(faults, extensions, role),
  };
}

const READERS = {
  anchor: readOnce((der, faults) => read(der, 'anchor', faults)),
  authority: readOnce((der, faults) => read(der, 'authority', faults)),
  object: readOnce((der, faults) => read(der, 'object', faults)),
};

/** Reads the certificate and notes what its profile does not allow. Throws X509Error when it is no certificate. */
export const resourceCertificate = (der: Uint8Array, role: Role, faults: Faults): ResourceCertificate =>
  READERS[role](der, faults);
