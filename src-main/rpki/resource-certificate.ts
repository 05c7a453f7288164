/**
 * A certificate held against the RPKI profile (RFC 6487, 3779, 7935): every field, whatever its issuer. Chains, names of
 * issuers and resources of parents are judge.ts.
 */
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { children, oidText, readWhole, TAG } from '../x509/der-reader.ts';
import { type Extension, readAccess } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { keyId } from '../x509/public-key.ts';
import { checkKey, checkName, checkTimes, hex, SHA256_WITH_RSA } from './certificate-fields.ts';
import type { Faults } from './fault.ts';
import { readOnce } from './read-once.ts';
import { type Resources, readAsIds, readIpBlocks } from './resource-der.ts';
import { X509Error } from '../x509/x509-error.ts';

export type Role = 'anchor' | 'authority' | 'object';

export interface ResourceCertificate {
  certificate: Certificate;
  /** Upper-case hex. */
  subjectKeyId: string | null;
  authorityKeyId: string | null;
  resources: { asn: Resources | null; ipv4: Resources | null; ipv6: Resources | null };
  /** Of the CRL distribution point. */
  crlUris: string[];
  sia: { method: string; location: string }[];
}

const KEY_USAGE: Record<Role, string> = { anchor: '03020106', authority: '03020106', object: '03020780' };
const CA_TRUE = '30030101ff';
const POLICY = '1.3.6.1.5.5.7.14.2';
const CPS = '1.3.6.1.5.5.7.2.1';
const SIA = {
  repository: '1.3.6.1.5.5.7.48.5',
  manifest: '1.3.6.1.5.5.7.48.10',
  signedObject: '1.3.6.1.5.5.7.48.11',
  notify: '1.3.6.1.5.5.7.48.13',
} as const;
const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';

const isRsync = (uri: string): boolean => /^rsync:\/\/[^/\s]+\/[^/\s]+\/\S*$/i.test(uri) && plainUri(uri);

/** RFC 3986 in ASCII, bounded, without elements that lead out of a folder. */
function plainUri(uri: string): boolean {
  return /^[\u0021-\u007e]{1,2048}$/.test(uri) && !/\/\.\.?(?:\/|$)/.test(uri.replace(/^[a-z]+:\/\//i, ''));
}

/** Which extensions there are, and whether they are critical. */
const CRITICAL: Record<string, boolean> = {
  [EXTENSION.basicConstraints]: true,
  [EXTENSION.keyUsage]: true,
  [EXTENSION.certificatePolicies]: true,
  [EXTENSION.ipAddressBlocks]: true,
  [EXTENSION.asIdentifiers]: true,
  [EXTENSION.subjectKeyIdentifier]: false,
  [EXTENSION.authorityKeyIdentifier]: false,
  [EXTENSION.crlDistributionPoints]: false,
  [EXTENSION.authorityInfoAccess]: false,
  [EXTENSION.subjectInfoAccess]: false,
};

function keyIdentifier(faults: Faults, extension: Extension | undefined): string | null {
  if (extension === undefined) return null;
  return faults.read('RFC 6487 4.8.3', () => {
    const fields = children(readWhole(extension.valueDer, TAG.sequence, 'the authority key identifier'));
    const [key] = fields;
    if (fields.length !== 1 || key?.tag !== 0x80 || key.content.length !== 20)
      throw new X509Error('the authority key identifier is not one key identifier of 20 octets');
    return hex(key.content).toUpperCase();
  });
}

function crlUris(extension: Extension): string[] {
  const points = children(readWhole(extension.valueDer, TAG.sequence, 'the distribution points'));
  const fields = points[0] === undefined ? [] : children(points[0]);
  const fullName = fields[0]?.tag === 0xa0 ? children(fields[0])[0] : undefined;
  if (points.length !== 1 || fields.length !== 1 || fullName?.tag !== 0xa0)
    throw new X509Error('there is not one distribution point with a full name and nothing else');
  return children(fullName).map((name) => {
    if (name.tag !== 0x86) throw new X509Error('a distribution point is no URI');
    return Buffer.from(name.content).toString('latin1');
  });
}

function checkPolicies(extension: Extension): void {
  const policies = children(readWhole(extension.valueDer, TAG.sequence, 'the policies'));
  const [policy, qualifiers, ...more] = policies[0] === undefined ? [] : children(policies[0]);
  if (policies.length !== 1 || policy === undefined || oidText(policy) !== POLICY || more.length > 0)
    throw new X509Error('the policy is not id-cp-ipAddr-asNumber alone');
  const list = qualifiers === undefined ? [] : children(qualifiers);
  if (qualifiers !== undefined && list.length !== 1) throw new X509Error('there is not one policy qualifier');
  for (const qualifier of list) {
    const [type, value] = children(qualifier);
    if (type === undefined || oidText(type) !== CPS || value?.tag !== TAG.ia5String)
      throw new X509Error('a policy qualifier is no CPS pointer');
  }
}

function checkSia(faults: Faults, sia: { method: string; location: string }[], role: Role): void {
  const of = (method: string): string[] =>
    sia.filter((one) => one.method === method).map(({ location }) => location);
  if (role === 'object') {
    const clause = 'RFC 6487 4.8.8.2';
    faults.check(of(SIA.signedObject).some(isRsync), 'there is no rsync URI of the signed object', clause);
    faults.check(
      sia.every(({ method }) => method === SIA.signedObject || method === SIA.notify),
      'there is another access method than the signed object',
      clause,
    );
    return;
  }
  const clause = 'RFC 6487 4.8.8.1';
  const folder = of(SIA.repository).find(isRsync);
  faults.check(folder?.endsWith('/') === true, 'there is no rsync URI of the repository, a folder', clause);
  const manifest = of(SIA.manifest).find(isRsync);
  faults.check(
    manifest?.endsWith('.mft') === true,
    'there is no rsync URI of the manifest, ending in .mft',
    clause,
  );
  if (folder !== undefined && manifest !== undefined)
    faults.check(
      manifest.startsWith(folder) && !manifest.slice(folder.length).includes('/'),
      'the manifest does not lie in the repository itself',
      'RFC 9286 4',
    );
  const notify = of(SIA.notify);
  faults.check(
    notify.length <= 1 && notify.every((uri) => /^https:\/\/[^/\s]+\/\S*$/i.test(uri) && plainUri(uri)),
    'the notification is not one https URI',
    'RFC 8182 3.2',
  );
}

function byOid(faults: Faults, certificate: Certificate): Map<string, Extension> {
  const found = new Map<string, Extension>();
  for (const extension of certificate.extensions) {
    faults.check(!found.has(extension.oid), `the extension ${extension.oid} stands twice`, 'RFC 5280 4.2');
    const critical = CRITICAL[extension.oid];
    if (critical === undefined)
      faults.check(
        !extension.critical,
        `the critical extension ${extension.oid} is not known here`,
        'RFC 6487 4.8',
      );
    else
      faults.check(
        extension.critical === critical,
        `the extension ${extension.oid} ${critical ? 'is not' : 'is'} critical`,
        'RFC 6487 4.8',
      );
    found.set(extension.oid, extension);
  }
  return found;
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

function checkPointers(
  faults: Faults,
  extensions: Map<string, Extension>,
  role: Role,
): Pick<ResourceCertificate, 'crlUris' | 'sia'> {
  const points = extensions.get(EXTENSION.crlDistributionPoints);
  const access = extensions.get(EXTENSION.authorityInfoAccess);
  const uris = (points === undefined ? null : faults.read('RFC 6487 4.8.6', () => crlUris(points))) ?? [];
  if (role === 'anchor') {
    faults.check(points === undefined, 'a trust anchor has a CRL distribution point', 'RFC 6487 4.8.6');
    faults.check(access === undefined, 'a trust anchor has authority information access', 'RFC 6487 4.8.7');
  } else {
    faults.check(uris.some(isRsync), 'there is no rsync URI of the CRL', 'RFC 6487 4.8.6');
    const entries =
      (access === undefined ? null : faults.read('RFC 6487 4.8.7', () => readAccess(access.valueDer))) ?? [];
    faults.check(
      entries.some(({ method, location }) => method === CA_ISSUERS && isRsync(location)) &&
        entries.every(({ method }) => method === CA_ISSUERS),
      'there is no rsync URI of the issuer’s certificate, or another access method',
      'RFC 6487 4.8.7',
    );
  }
  const own = extensions.get(EXTENSION.subjectInfoAccess);
  const sia =
    (own === undefined ? null : faults.read('RFC 6487 4.8.8', () => readAccess(own.valueDer))) ?? [];
  checkSia(faults, sia, role);
  return { crlUris: uris, sia };
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
  const serial = fields[1]?.content ?? new Uint8Array();
  faults.check(
    serial.length < 2 || serial[0] !== 0 || ((serial[1] ?? 0) & 0x80) !== 0,
    'the serial number is not in its shortest form',
    'X.690 8.3.2',
  );
  faults.check(certificate.version === 3, 'the version is not 3', 'RFC 6487 4.1');
  faults.check(
    certificate.serialNumber > 0n && certificate.serialNumber < 1n << 159n,
    'the serial number is not positive or has more than 159 bits',
    'RFC 6487 4.2',
  );
  faults.check(
    hex(certificate.signatureAlgorithm.raw) === SHA256_WITH_RSA &&
      hex(certificate.innerAlgorithm.raw) === SHA256_WITH_RSA,
    'the signature algorithm is not sha256WithRSAEncryption with NULL, twice the same',
    'RFC 7935 2',
  );
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
