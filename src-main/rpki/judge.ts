/**
 * One RPKI object judged: its profile, its signature, its issuer, its time, each fault with its clause. It shares nothing
 * with what makes objects but the DER layer, so that it catches the maker's mistakes.
 */
import { readBer } from '../x509/ber.ts';
import { children, oidText, readTlv, TAG } from '../x509/der-reader.ts';
import { longForms } from '../x509/shortest-form.ts';
import { verifySignature } from '../x509/verify-signature.ts';
import { X509Error } from '../x509/x509-error.ts';
import { type Fault, Faults } from './fault.ts';
import { ASPA_OID, readAspa } from './aspa.ts';
import { GHOSTBUSTERS_OID, readGhostbusters } from './ghostbusters.ts';
import { MANIFEST_OID, readManifest } from './manifest.ts';
import { contains, rangesOf } from './ranges.ts';
import { resourceCertificate, type ResourceCertificate } from './resource-certificate.ts';
import { resourceCrl } from './resource-crl.ts';
import type { Resources } from './resource-der.ts';
import { readRoa, ROA_OID } from './roa.ts';
import { readSignedObject } from './signed-object.ts';

export type ObjectKind = 'certificate' | 'crl' | 'signed object';

export interface Context {
  /** DER of the issuer's certificate; null: profile and own signature alone. */
  issuerDer: Uint8Array | null;
  /** It is a trust anchor, and signs itself. */
  anchor: boolean;
  /** null: times are not judged. */
  at: Date | null;
}

export interface Judgement {
  kind: ObjectKind | null;
  /** Empty: nothing is wrong. */
  faults: Fault[];
}

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const OWN_CLAUSE = 'RFC 6487 7.2';

/** Old signed objects have indefinite lengths; validators read them, and so does this. */
function plain(der: Uint8Array): Uint8Array {
  return der[1] === 0x80 ? readBer(der).der : der;
}

/** What `der` is by its structure. Throws X509Error when it is none of them. */
function kindOf(der: Uint8Array): ObjectKind {
  const [first] = children(readTlv(der));
  if (first?.tag === TAG.oid && oidText(first) === SIGNED_DATA) return 'signed object';
  if (first?.tag !== TAG.sequence) throw new X509Error('it is no certificate, CRL or signed object');
  const fields = children(first);
  // A certificate has its version in [0]; a CRL has a time as its fourth or third field.
  if (fields[0]?.tag === 0xa0) return 'certificate';
  const isCrl = fields.slice(2, 4).some(({ tag }) => tag === TAG.utcTime || tag === TAG.generalizedTime);
  return isCrl ? 'crl' : 'certificate';
}

function inTime(faults: Faults, at: Date | null, from: Date, to: Date, clause: string): void {
  if (at === null) return;
  faults.check(at.getTime() >= from.getTime(), `it is not valid before ${from.toISOString()}`, clause);
  faults.check(at.getTime() <= to.getTime(), `it ended at ${to.toISOString()}`, clause);
}

interface Issuer {
  der: Uint8Array;
  read: ResourceCertificate;
}

function issuerOf({ issuerDer }: Context): Issuer | null {
  if (issuerDer === null) return null;
  // Its own faults are its own judgement's.
  return { der: issuerDer, read: resourceCertificate(issuerDer, 'authority', new Faults()) };
}

/** What the issuer of a certificate must be. */
function checkIssuer(
  faults: Faults,
  own: ResourceCertificate,
  issuer: Issuer | null,
  isObject = false,
): void {
  if (issuer === null) return;
  const { certificate } = own;
  const above = issuer.read.certificate;
  faults.check(
    Buffer.compare(certificate.issuer.raw, above.subject.raw) === 0,
    'the issuer is not the subject of the issuing certificate',
    OWN_CLAUSE,
  );
  faults.check(
    own.authorityKeyId === issuer.read.subjectKeyId,
    'the authority key identifier is not the key of the issuing certificate',
    'RFC 6487 4.8.3',
  );
  faults.check(
    verifySignature(certificate, above.spkiDer) === 'holds',
    'the signature does not hold under the issuer’s key',
    OWN_CLAUSE,
  );
  for (const family of ['asn', 'ipv4', 'ipv6'] as const) {
    const [mine, theirs] = [own.resources[family], issuer.read.resources[family]];
    if (mine === null || mine === 'inherit' || theirs === 'inherit') {
      faults.check(
        // What signs one object inherits all families, as validators want it; nothing of one that the issuer lacks.
        isObject || mine !== 'inherit' || theirs !== null,
        `it inherits ${family} the issuer does not have`,
        OWN_CLAUSE,
      );
      continue;
    }
    faults.check(
      contains(theirs ?? [], mine),
      `it claims ${family} resources the issuer does not have`,
      OWN_CLAUSE,
    );
  }
}

function judgeCertificate(der: Uint8Array, context: Context, faults: Faults): void {
  const own = resourceCertificate(der, context.anchor || isSelfIssued(der) ? 'anchor' : 'authority', faults);
  const { certificate } = own;
  inTime(faults, context.at, certificate.notBefore, certificate.notAfter, 'RFC 5280 6.1.3');
  if (context.anchor || isSelfIssued(der))
    faults.check(
      verifySignature(certificate, certificate.spkiDer) === 'holds',
      'its own signature does not hold',
      'RFC 8630 2.3',
    );
  checkIssuer(faults, own, issuerOf(context));
}

/** Subject and issuer are one: a trust anchor, whoever hands it over. */
function isSelfIssued(der: Uint8Array): boolean {
  const [tbs] = children(readTlv(der));
  const fields = tbs === undefined ? [] : children(tbs).filter(({ tag }) => tag === TAG.sequence);
  const [, issuer, , subject] = fields;
  return issuer !== undefined && subject !== undefined && Buffer.compare(issuer.raw, subject.raw) === 0;
}

function judgeCrl(der: Uint8Array, context: Context, faults: Faults): void {
  const { crl, authorityKeyId } = resourceCrl(der, faults);
  inTime(faults, context.at, crl.thisUpdate, crl.nextUpdate ?? crl.thisUpdate, 'RFC 6487 5');
  const issuer = issuerOf(context);
  if (issuer === null) return;
  const { certificate, subjectKeyId } = issuer.read;
  faults.check(
    Buffer.compare(crl.issuer.raw, certificate.subject.raw) === 0,
    'the issuer is not the subject of the issuing certificate',
    'RFC 6487 5',
  );
  faults.check(
    authorityKeyId === subjectKeyId,
    'the authority key identifier is not the issuer’s',
    'RFC 6487 5',
  );
  faults.check(
    verifySignature(crl, certificate.spkiDer) === 'holds',
    'the signature does not hold under the issuer’s key',
    'RFC 6487 5',
  );
}

function judgeManifest(content: Uint8Array, own: ResourceCertificate, at: Date | null, faults: Faults): void {
  const manifest = readManifest(content, faults);
  inTime(faults, at, manifest.thisUpdate, manifest.nextUpdate, 'RFC 9286 6.3');
  faults.check(
    Object.values(own.resources).every((resources) => resources === null || resources === 'inherit'),
    'the certificate of a manifest does not inherit its resources',
    'RFC 9286 5.1',
  );
  const names = own.crlUris.map((uri) => uri.slice(uri.lastIndexOf('/') + 1));
  faults.check(
    [...manifest.files.keys()].some((name) => names.includes(name)),
    'it does not list the CRL its own certificate names',
    'RFC 9286 6.3',
  );
}

function judgeRoa(content: Uint8Array, own: ResourceCertificate, faults: Faults): void {
  const { prefixes } = readRoa(content, faults);
  const { asn, ipv4, ipv6 } = own.resources;
  faults.check(asn === null, 'the certificate of a ROA has AS numbers', 'RFC 9582 5');
  for (const [family, resources] of [
    ['ipv4', ipv4],
    ['ipv6', ipv6],
  ] as const) {
    faults.check(resources !== 'inherit', 'the certificate of a ROA inherits resources', 'RFC 9582 5');
    const listed: Exclude<Resources, 'inherit'> =
      resources === 'inherit' || resources === null ? [] : resources;
    const wanted = rangesOf(prefixes.filter((one) => one.family === family).map(({ range }) => range));
    if (resources !== 'inherit')
      faults.check(
        contains(listed, wanted),
        `a prefix is not in the ${family} resources of its certificate`,
        'RFC 9582 5',
      );
  }
}

function judgeAspa(content: Uint8Array, own: ResourceCertificate, faults: Faults): void {
  const { customer } = readAspa(content, faults);
  const { asn, ipv4, ipv6 } = own.resources;
  const clause = 'sidrops-aspa-profile 4';
  faults.check(ipv4 === null && ipv6 === null, 'the certificate of an ASPA has addresses', clause);
  faults.check(
    asn !== null && asn !== 'inherit' && contains(asn, [{ min: customer, max: customer }]),
    'the customer is not in the AS numbers of its certificate',
    clause,
  );
}

function judgeGhostbusters(content: Uint8Array, own: ResourceCertificate, faults: Faults): void {
  readGhostbusters(content, faults);
  faults.check(
    Object.values(own.resources).every((resources) => resources === null || resources === 'inherit'),
    'the certificate of a Ghostbusters record does not inherit its resources',
    'RFC 6493 4',
  );
}

function judgeSigned(der: Uint8Array, context: Context, faults: Faults): void {
  const { der: inDer, end } = readBer(der);
  faults.check(end === der.length, `${der.length - end} bytes follow after its end`, 'RFC 6488 3');
  const object = readSignedObject(inDer, faults);
  faults.check(object.crls.length === 0, 'there is a CRL in it', 'RFC 6488 2.1.5');
  const own = resourceCertificate(object.certificateDer, 'object', faults);
  const { certificate } = own;
  faults.check(
    object.signerKeyId === own.subjectKeyId,
    'the signer is not the key of its certificate',
    'RFC 6488 3',
  );
  faults.check(object.holds(certificate.spkiDer), 'digest or signature do not hold', 'RFC 6488 3');
  inTime(faults, context.at, certificate.notBefore, certificate.notAfter, 'RFC 5280 6.1.3');
  checkIssuer(faults, own, issuerOf(context), true);
  const { contentType, content } = object;
  if (contentType !== GHOSTBUSTERS_OID) faults.read('X.690 10', () => checkShortest(faults, content));
  if (contentType === MANIFEST_OID)
    faults.read('RFC 9286 4', () => judgeManifest(content, own, context.at, faults));
  if (contentType === ASPA_OID) faults.read('sidrops-aspa-profile 3', () => judgeAspa(content, own, faults));
  if (contentType === GHOSTBUSTERS_OID) judgeGhostbusters(content, own, faults);
  if (contentType === ROA_OID) faults.read('RFC 9582 4', () => judgeRoa(content, own, faults));
}

/** RFC 6487 and RFC 6488 ask for DER; the readers below would take a number with zeros in front. */
function checkShortest(faults: Faults, der: Uint8Array): void {
  const [first] = longForms(der);
  faults.check(
    first === undefined,
    `a ${first?.what ?? ''} is not in its shortest form (${first?.hex ?? ''})`,
    first?.what === 'number' ? 'X.690 8.3.2' : 'X.690 8.19.2',
  );
}

/** Judges one object. Never throws for what it is given. */
export function judgeObject(der: Uint8Array, context: Context): Judgement {
  const faults = new Faults();
  const kind = faults.read('RFC 6488 3', () => kindOf(plain(der)));
  const judge = { certificate: judgeCertificate, crl: judgeCrl, 'signed object': judgeSigned };
  if (kind !== null) faults.read('X.690 10', () => judge[kind](der, context, faults));
  if (kind !== null) faults.read('X.690 10', () => checkShortest(faults, plain(der)));
  return { kind, faults: faults.found };
}
