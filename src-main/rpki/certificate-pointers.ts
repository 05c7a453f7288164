/**
 * Where a resource certificate points: the issuer's CRL and certificate, its own publication point or object, its policy
 * (RFC 6487 4.8.6 to 4.8.9, RFC 7318, RFC 8182).
 */
import { children, exactly, oidText, optional, readWhole, TAG } from '../x509/der-reader.ts';
import { type Extension, readAccess } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { X509Error } from '../x509/x509-error.ts';
import type { Faults } from './fault.ts';
import { isFileUri, isFolderUri, isManifestIn } from './plain-name.ts';

export type Role = 'anchor' | 'authority' | 'object';

/** Where the subject publishes, or where the object lies: the location of each access method. */
export type Access = { method: string; location: string };

export const SIA = {
  repository: '1.3.6.1.5.5.7.48.5',
  manifest: '1.3.6.1.5.5.7.48.10',
  signedObject: '1.3.6.1.5.5.7.48.11',
  notify: '1.3.6.1.5.5.7.48.13',
} as const;
const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';
const POLICY = '1.3.6.1.5.5.7.14.2';
const CPS = '1.3.6.1.5.5.7.2.1';
/** RFC 6481 2.2: how the file of a CRL ends. */
const CRL_FILE = /\/[^/]+\.crl$/;

function crlUris(extension: Extension): string[] {
  const [point] = exactly(
    readWhole(extension.valueDer, TAG.sequence, 'the distribution points'),
    'the list of distribution points',
    TAG.sequence,
  );
  // Reasons [1] and CRL issuer [2] have no place here.
  const [name] = exactly(point, 'the distribution point', 0xa0);
  const [fullName] = exactly(name, 'the name of the distribution point', 0xa0);
  return children(fullName).map((one) => {
    if (one.tag !== 0x86) throw new X509Error('a distribution point is no URI');
    return Buffer.from(one.content).toString('latin1');
  });
}

/** Throws X509Error when the policy is not the one of RFC 6484, with at most one pointer to a statement. */
export function checkPolicies(extension: Extension): void {
  const [information] = exactly(
    readWhole(extension.valueDer, TAG.sequence, 'the policies'),
    'the list of policies',
    TAG.sequence,
  );
  const [policy, qualifiers] = exactly(information, 'the policy', TAG.oid, optional(TAG.sequence));
  if (oidText(policy) !== POLICY) throw new X509Error('the policy is not id-cp-ipAddr-asNumber');
  if (qualifiers === undefined) return;
  const [qualifier] = exactly(qualifiers, 'the list of policy qualifiers', TAG.sequence);
  const [type] = exactly(qualifier, 'the policy qualifier', TAG.oid, TAG.ia5String);
  if (oidText(type) !== CPS) throw new X509Error('a policy qualifier is no CPS pointer');
}

/** The access descriptions, each a URI. Throws X509Error. */
export function readUris(valueDer: Uint8Array): Access[] {
  const found = readAccess(valueDer);
  if (found.length === 0) throw new X509Error('the list of access descriptions is empty');
  return found.map(({ method, uri }) => {
    if (uri === null) throw new X509Error('an access location is no URI');
    return { method, location: uri };
  });
}

const isAt = (uri: string, scheme: 'rsync' | 'https'): boolean => uri.toLowerCase().startsWith(`${scheme}:`);

/** Alternates are for other schemes: two of one are two places (RFC 6487 4.8.7, 4.8.8). */
function checkOneRsync(faults: Faults, found: readonly Access[], clause: string): void {
  const methods = found.filter(({ location }) => isAt(location, 'rsync')).map(({ method }) => method);
  faults.check(
    new Set(methods).size === methods.length,
    'there are several rsync URIs of one access method',
    clause,
  );
}

function checkObject(faults: Faults, sia: readonly Access[]): void {
  const clause = 'RFC 6487 4.8.8.2';
  checkOneRsync(faults, sia, clause);
  const places = sia.filter(({ method }) => method === SIA.signedObject);
  faults.check(
    places.some(({ location }) => isFileUri(location, 'rsync')),
    'there is no rsync URI of the signed object, a file',
    clause,
  );
  faults.check(
    sia.every(({ method }) => method === SIA.signedObject || method === SIA.notify),
    'there is another access method than the signed object',
    clause,
  );
}

/** The rsync folder, the manifest in it and at most one notification of an authority. */
export function checkPlaces(faults: Faults, sia: readonly Access[]): void {
  const of = (method: string): string[] =>
    sia.filter((one) => one.method === method).map(({ location }) => location);
  const clause = 'RFC 6487 4.8.8.1';
  checkOneRsync(faults, sia, clause);
  const folder = of(SIA.repository).find((uri) => isAt(uri, 'rsync'));
  faults.check(
    folder !== undefined && isFolderUri(folder),
    'there is no rsync URI of the repository, a folder',
    clause,
  );
  const manifest = of(SIA.manifest).find((uri) => isAt(uri, 'rsync'));
  faults.check(
    manifest !== undefined && isFileUri(manifest, 'rsync') && manifest.endsWith('.mft'),
    'there is no rsync URI of the manifest, ending in .mft',
    clause,
  );
  if (folder !== undefined && manifest !== undefined)
    faults.check(
      isManifestIn(manifest, folder),
      'the manifest does not lie in the repository itself, or its file name is not allowed',
      'RFC 9286 4.2.2',
    );
  const notify = of(SIA.notify);
  faults.check(
    notify.length <= 1 && notify.every((uri) => isFileUri(uri, 'https')),
    'the notification is not one https URI',
    'RFC 8182 3.2',
  );
  const known: readonly string[] = [SIA.repository, SIA.manifest, SIA.notify];
  faults.check(
    sia.every(({ method }) => known.includes(method)),
    'there is another access method than repository, manifest and notification',
    clause,
  );
}

function readIssuerAccess(faults: Faults, extension: Extension | undefined): Access[] {
  return (extension && faults.read('RFC 6487 4.8.7', () => readUris(extension.valueDer))) ?? [];
}

/** Checks them all, and answers the URIs of the CRL and what the subject information access says. */
export function checkPointers(
  faults: Faults,
  extensions: ReadonlyMap<string, Extension>,
  role: Role,
): { crlUris: string[]; sia: Access[] } {
  const points = extensions.get(EXTENSION.crlDistributionPoints);
  const access = extensions.get(EXTENSION.authorityInfoAccess);
  const uris = (points && faults.read('RFC 6487 4.8.6', () => crlUris(points))) ?? [];
  if (role === 'anchor') {
    faults.check(points === undefined, 'a trust anchor has a CRL distribution point', 'RFC 6487 4.8.6');
    faults.check(access === undefined, 'a trust anchor has authority information access', 'RFC 6487 4.8.7');
  } else {
    const crl = uris.find((uri) => isAt(uri, 'rsync'));
    faults.check(
      crl !== undefined && isFileUri(crl, 'rsync') && CRL_FILE.test(crl),
      'there is no rsync URI of the CRL, ending in .crl',
      'RFC 6487 4.8.6',
    );
    const entries = readIssuerAccess(faults, access);
    checkOneRsync(faults, entries, 'RFC 6487 4.8.7');
    faults.check(
      entries.some(({ method, location }) => method === CA_ISSUERS && isFileUri(location, 'rsync')) &&
        entries.every(({ method }) => method === CA_ISSUERS),
      'there is no rsync URI of the issuer’s certificate, or another access method',
      'RFC 6487 4.8.7',
    );
  }
  const own = extensions.get(EXTENSION.subjectInfoAccess);
  const sia = (own && faults.read('RFC 6487 4.8.8', () => readUris(own.valueDer))) ?? [];
  if (role === 'object') checkObject(faults, sia);
  else checkPlaces(faults, sia);
  return { crlUris: uris, sia };
}
