/**
 * One RPKI object judged: its profile, its signature, its issuer, its time, each fault with its clause. It shares nothing
 * with what makes objects but the DER layer, so that it catches the maker's mistakes.
 */
import { children, oidText, readTlv, TAG } from '../x509/der-reader.ts';
import { verifySignature } from '../x509/verify-signature.ts';
import { X509Error } from '../x509/x509-error.ts';
import { checkCanonical } from './canonical-der.ts';
import { sameName } from './certificate-fields.ts';
import { type Fault, Faults } from './fault.ts';
import { inTime } from './in-time.ts';
import { judgeContent } from './judge-content.ts';
import { contains } from './ranges.ts';
import { resourceCertificate, type ResourceCertificate } from './resource-certificate.ts';
import { resourceCrl } from './resource-crl.ts';
import { readSignedObject } from './signed-object.ts';
import { derForm } from './streamed-object.ts';

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

interface Issuer {
  der: Uint8Array;
  read: ResourceCertificate;
}

function issuerOf({ issuerDer }: Context, faults: Faults): Issuer | null {
  if (issuerDer === null) return null;
  // Its own faults are its own judgement's, but for the one that it may issue nothing.
  const read = resourceCertificate(issuerDer, 'authority', new Faults());
  faults.check(read.mayIssue, 'the issuer is no authority', 'RFC 5280 6.1.4');
  return { der: issuerDer, read };
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
    sameName(certificate.issuer, above.subject),
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
  if (context.anchor)
    faults.check(
      sameName(certificate.issuer, certificate.subject),
      'the issuer of a trust anchor is not its subject',
      'RFC 8630 2.3',
    );
  if (context.anchor || isSelfIssued(der))
    faults.check(
      verifySignature(certificate, certificate.spkiDer) === 'holds',
      'its own signature does not hold',
      'RFC 8630 2.3',
    );
  checkIssuer(faults, own, issuerOf(context, faults));
}

/** Subject and issuer are one: a trust anchor, whoever hands it over. */
function isSelfIssued(der: Uint8Array): boolean {
  const [tbs] = children(readTlv(der));
  const fields = tbs === undefined ? [] : children(tbs).filter(({ tag }) => tag === TAG.sequence);
  const [, issuer, , subject] = fields;
  return issuer !== undefined && subject !== undefined && sameName(issuer, subject);
}

function judgeCrl(der: Uint8Array, context: Context, faults: Faults): void {
  const { crl, authorityKeyId } = resourceCrl(der, faults);
  inTime(faults, context.at, crl.thisUpdate, crl.nextUpdate ?? crl.thisUpdate, 'RFC 6487 5');
  const issuer = issuerOf(context, faults);
  if (issuer === null) return;
  const { certificate, subjectKeyId } = issuer.read;
  faults.check(
    sameName(crl.issuer, certificate.subject),
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

function judgeSigned(der: Uint8Array, context: Context, faults: Faults): void {
  const object = readSignedObject(der, faults);
  faults.check(object.crls === null, 'there is a place for CRLs in it', 'RFC 6488 2.1.5');
  const own = resourceCertificate(object.certificateDer, 'object', faults);
  const { certificate } = own;
  faults.check(
    object.signerKeyId === own.subjectKeyId,
    'the signer is not the key of its certificate',
    'RFC 6488 3',
  );
  faults.check(object.holds(certificate.spkiDer), 'digest or signature do not hold', 'RFC 6488 3');
  faults.check(
    !sameName(certificate.issuer, certificate.subject),
    'the certificate in it names itself as its issuer',
    'RFC 6487 4.5',
  );
  inTime(faults, context.at, certificate.notBefore, certificate.notAfter, 'RFC 5280 6.1.3');
  checkIssuer(faults, own, issuerOf(context, faults), true);
  judgeContent(object, own, context.at, faults);
}

const STRUCTURE: Record<ObjectKind, string> = {
  certificate: 'RFC 5280 4.1',
  crl: 'RFC 5280 5.1',
  'signed object': 'RFC 5652 5.1',
};

/** Judges one object. Never throws for what it is given. */
export function judgeObject(der: Uint8Array, context: Context): Judgement {
  const faults = new Faults();
  const form = faults.read('RFC 6488 3', () => derForm(der));
  const kind = form && faults.read('RFC 6488 3', () => kindOf(form));
  if (form === null || kind === null) return { kind, faults: faults.found };
  const judge = { certificate: judgeCertificate, crl: judgeCrl, 'signed object': judgeSigned };
  faults.read(STRUCTURE[kind], () => judge[kind](form, context, faults));
  faults.read('X.690 10', () => checkCanonical(faults, form));
  return { kind, faults: faults.found };
}
