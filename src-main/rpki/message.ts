/**
 * The signed message of a trust anchor exchange and of RFC 6492 and 8181: CMS with one end entity's certificate and one
 * CRL, both of an identity key (krill-ta.md 5). What it carries is for others to read.
 */
import { parseCertificate } from '../x509/certificate.ts';
import { type CertificateList, parseCrl } from '../x509/crl.ts';
import { type Extension, readAuthorityKeyId } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { keyId } from '../x509/public-key.ts';
import { publicKeyOf, verifySignature } from '../x509/verify-signature.ts';
import { checkCanonical } from './canonical-der.ts';
import { checkAlgorithms, hex } from './certificate-fields.ts';
import { type Fault, Faults } from './fault.ts';
import { readSignedObject } from './signed-object.ts';

/** id-ct-xml, whatever is inside. */
const CONTENT = '1.2.840.113549.1.9.16.1.28';
/** Clocks may differ by that much, as Krill has it (krill-ta.md 5.2). */
const TOLERANCE_MS = 5 * 60_000;

export interface Message {
  content: Uint8Array;
  signingTime: Date | null;
  /** Until when it may be used. */
  notAfter: Date;
  /** The wanted identity signed it, whatever else is wrong with it. */
  genuine: boolean;
  /** It does not hold, and nothing in it says that another identity made it: another copy may be whole. */
  altered: boolean;
  /** Another identity than the wanted one made it, and it holds as that one's. */
  foreign: boolean;
  /** Those of its faults that another time, or another clock, would take away. */
  untimely: { early: readonly Fault[]; late: readonly Fault[] };
}

interface Untimely {
  early: Faults;
  late: Faults;
}

/** RSA of 2048 bits or more: identities and one-off keys of other implementations may be longer. */
function isStrong(spkiDer: Uint8Array): boolean {
  const key = publicKeyOf(spkiDer);
  return key?.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
}

/** Extensions that Krill does not know it passes over, critical ones too: implementations differ in what they write. */
function checkOnce(faults: Faults, extensions: readonly Extension[], whose: string): void {
  const oids = extensions.map(({ oid }) => oid);
  faults.check(
    new Set(oids).size === oids.length,
    `an extension of its ${whose} stands twice`,
    'RFC 5280 4.2',
  );
}

/** A message is signed while its certificate is valid, and not after it is read. */
function checkSigningTime(
  faults: Faults,
  { signingTime }: Pick<Message, 'signingTime'>,
  { notBefore, notAfter }: { notBefore: Date; notAfter: Date },
  at: Date,
  { early }: Untimely,
): void {
  if (signingTime === null) return;
  faults.check(
    signingTime >= notBefore && signingTime <= notAfter,
    'it was signed at a time at which its certificate is not valid',
    'RFC 6492 3.1.1',
  );
  early.check(
    signingTime.getTime() <= at.getTime() + TOLERANCE_MS,
    `it is signed at ${signingTime.toISOString()}, which is still to come: check the clocks of both machines`,
    'RFC 6492 3.1.1',
  );
}

function checkCrl(
  faults: Faults,
  crl: CertificateList,
  identity: { spkiDer: Uint8Array; keyId: string },
  at: Date,
  { early, late }: Untimely,
): void {
  const clause = 'RFC 6492 3.1';
  faults.check(
    verifySignature(crl, identity.spkiDer) === 'holds',
    'its CRL is not signed by the enrolled identity',
    clause,
  );
  checkAlgorithms(faults, crl, ' of its CRL');
  faults.check(
    crl.version === 2 && crl.extensions.length > 0,
    'its CRL is not of version 2, with extensions',
    clause,
  );
  checkOnce(faults, crl.extensions, 'CRL');
  early.check(crl.thisUpdate.getTime() <= at.getTime(), 'its CRL is from the future', clause);
  const { nextUpdate } = crl;
  faults.check(nextUpdate !== null, 'its CRL does not say when it ends', clause);
  late.check(nextUpdate === null || nextUpdate.getTime() >= at.getTime(), 'its CRL is out of date', clause);
  const aki = crl.extensions.find(({ oid }) => oid === EXTENSION.authorityKeyIdentifier);
  faults.check(
    aki === undefined || readAuthorityKeyId(aki.valueDer) === identity.keyId,
    'its CRL names another key',
    clause,
  );
}

/** The key that the CRL inside names as its own; null: none. */
function crlIssuer(crls: readonly Uint8Array[] | null): string | null {
  const [crl] = crls ?? [];
  const named =
    crl === undefined
      ? undefined
      : parseCrl(crl).extensions.find(({ oid }) => oid === EXTENSION.authorityKeyIdentifier);
  return named === undefined ? null : readAuthorityKeyId(named.valueDer);
}

/** Opens a message that `identitySpki` must have signed, judged at `at`. null when it is none; faults say what is wrong. */
export function openMessage(
  der: Uint8Array,
  identitySpki: Uint8Array,
  at: Date,
  faults: Faults,
): Message | null {
  return faults.read('RFC 6488 3', () => {
    const object = readSignedObject(der, faults);
    checkCanonical(faults, der);
    faults.check(object.contentType === CONTENT, 'the content type is not id-ct-xml', 'RFC 6492 3.1');
    const identity = { spkiDer: identitySpki, keyId: keyId(identitySpki) };
    const end = parseCertificate(object.certificateDer);
    const own = keyId(end.spkiDer);
    const clause = 'RFC 6492 3.1.1';
    const value = (oid: string): Uint8Array | undefined =>
      end.extensions.find((extension) => extension.oid === oid)?.valueDer;
    const ski = value(EXTENSION.subjectKeyIdentifier);
    faults.check(
      object.signerKeyId === own && ski !== undefined && hex(ski).toUpperCase() === `0414${own}`,
      'the signer is not the key of the certificate in it',
      clause,
    );
    const holds = faults.check(
      object.holds(end.spkiDer),
      'the signature does not hold: it was altered',
      clause,
    );
    const aki = value(EXTENSION.authorityKeyIdentifier);
    const issuer = aki === undefined ? null : readAuthorityKeyId(aki);
    const foreign =
      holds && issuer !== identity.keyId && issuer !== null && issuer === crlIssuer(object.crls);
    const enrolled = faults.check(
      verifySignature(end, identitySpki) === 'holds',
      foreign
        ? 'it was signed by another identity than the enrolled one'
        : 'its certificate is not as the enrolled identity signed it: it was damaged or altered',
      clause,
    );
    faults.check(aki === undefined || issuer === identity.keyId, 'its certificate names another key', clause);
    faults.check(
      value(EXTENSION.basicConstraints) === undefined,
      'its certificate is one of an authority',
      clause,
    );
    checkAlgorithms(faults, end, ' of its certificate');
    faults.check(end.version === 3, 'its certificate is not of version 3', clause);
    faults.check(
      end.serialNumber > 0n && end.serialNumber < 1n << 159n,
      'the serial number of its certificate is not positive or has more than 159 bits',
      'RFC 5280 4.1.2.2',
    );
    checkOnce(faults, end.extensions, 'certificate');
    faults.check(isStrong(end.spkiDer), 'its key is not RSA of 2048 bits or more', 'RFC 7935 3');
    const untimely = { early: new Faults(), late: new Faults() };
    untimely.early.check(
      end.notBefore.getTime() <= at.getTime(),
      `it is not valid before ${end.notBefore.toISOString()}: check the clocks of both machines`,
      clause,
    );
    untimely.late.check(
      end.notAfter.getTime() >= at.getTime(),
      `it ended at ${end.notAfter.toISOString()}`,
      clause,
    );
    checkSigningTime(faults, object, end, at, untimely);
    const crls = object.crls ?? [];
    const [crl] = crls;
    if (
      faults.check(crls.length === 1, `there are ${crls.length} CRLs in it instead of one`, clause) &&
      crl
    ) {
      const list = parseCrl(crl);
      checkCrl(faults, list, identity, at, untimely);
      faults.check(
        !list.entries.some(({ serial }) => serial === end.serial),
        'its certificate was revoked',
        clause,
      );
    }
    const [early, late] = [untimely.early.found, untimely.late.found];
    faults.found.push(...early, ...late);
    return {
      content: object.content,
      signingTime: object.signingTime,
      notAfter: end.notAfter,
      genuine: holds && enrolled,
      altered: !holds || (!enrolled && !foreign),
      foreign: !enrolled && foreign,
      untimely: { early, late },
    };
  });
}
