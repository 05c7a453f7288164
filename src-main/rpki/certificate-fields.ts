/** The fields of a resource certificate outside its extensions: names, key, times (RFC 6487 4.4 to 4.7, RFC 7935). */
import type { Certificate } from '../x509/certificate.ts';
import {
  ANY,
  bigInteger,
  children,
  exactly,
  expectTag,
  oidText,
  readTlv,
  readWhole,
  stringValue,
  TAG,
  type Tlv,
  wholeOctets,
} from '../x509/der-reader.ts';
import { X509Error } from '../x509/x509-error.ts';
import type { Faults } from './fault.ts';

/** The AlgorithmIdentifier of rsaEncryption with NULL, in hex. */
export const RSA = '300d06092a864886f70d0101010500';

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const COMMON_NAME = '2.5.4.3';
const SERIAL_NUMBER = '2.5.4.5';
/** RFC 5280 A.1: ub-common-name and ub-serial-number. */
const LONGEST_NAME = 64;

/** One attribute of a name. Throws X509Error. */
function attribute(tlv: Tlv): { type: string; value: Tlv } {
  const what = 'an attribute of a name';
  const [type, value] = exactly(expectTag(tlv, TAG.sequence, what), what, TAG.oid, ANY);
  return { type: oidText(type), value };
}

export function checkName(faults: Faults, name: Tlv, what: string): void {
  const clause = what === 'issuer' ? 'RFC 6487 4.4' : 'RFC 6487 4.5';
  const attributes = children(name).flatMap((rdn) =>
    children(expectTag(rdn, TAG.set, 'a relative name')).map(attribute),
  );
  const types = attributes.map(({ type }) => type);
  const names = types.filter((type) => type === COMMON_NAME).length;
  const serials = types.filter((type) => type === SERIAL_NUMBER).length;
  faults.check(
    names === 1 && serials <= 1 && names + serials === types.length,
    `the ${what} is not one common name with at most one serial number`,
    clause,
  );
  for (const { value } of attributes) {
    faults.check(
      value.tag === TAG.printableString &&
        /^[A-Za-z0-9 '()+,\-./:=?]+$/.test(Buffer.from(value.content).toString('latin1')),
      `the ${what} is no PrintableString`,
      clause,
    );
    faults.check(
      value.content.length <= LONGEST_NAME,
      `the ${what} has more than ${LONGEST_NAME} characters`,
      'RFC 5280 A.1',
    );
  }
}

/** The parts of a name as they are compared: letters in one case, blanks at the ends and double ones left out. */
function comparable(name: Tlv): string {
  const text = (value: Tlv): string => stringValue(value).toLowerCase().trim().replaceAll(/ +/g, ' ');
  return JSON.stringify(
    children(name).map((rdn) =>
      children(rdn)
        .map(attribute)
        .map(({ type, value }) => `${type} ${text(value)}`)
        .toSorted(),
    ),
  );
}

/** Whether two names are one (RFC 5280 7.1). What is no name is none but itself. */
export function sameName(a: Tlv, b: Tlv): boolean {
  if (Buffer.compare(a.raw, b.raw) === 0) return true;
  try {
    return comparable(a) === comparable(b);
  } catch (error) {
    if (error instanceof X509Error) return false;
    throw error;
  }
}

/** RSA, 2048 bits, 65537, and nothing else in it. Throws X509Error when it is no key. */
export function checkKey(faults: Faults, spkiDer: Uint8Array): void {
  const [algorithm, key] = exactly(readTlv(spkiDer), 'the public key', TAG.sequence, TAG.bitString);
  if (!faults.check(hex(algorithm.raw) === RSA, 'the key is not RSA with NULL parameters', 'RFC 7935 3.1'))
    return;
  const [modulus, exponent] = exactly(
    readWhole(wholeOctets(key, 'the key'), TAG.sequence, 'the key'),
    'the RSA key',
    TAG.integer,
    TAG.integer,
  );
  const value = bigInteger(modulus, 'the modulus');
  const bits = value > 0n ? value.toString(2).length : 0;
  faults.check(bits === 2048, `the key has ${bits} bits instead of 2048`, 'RFC 7935 3');
  faults.check(hex(exponent.content) === '010001', 'the public exponent is not 65537', 'RFC 7935 3');
}

export function checkTimes(faults: Faults, certificate: Certificate): void {
  for (const [what, at, tag] of [
    ['notBefore', certificate.notBefore, certificate.notBeforeTag],
    ['notAfter', certificate.notAfter, certificate.notAfterTag],
  ] as const)
    faults.check(
      (tag === TAG.utcTime) === at.getUTCFullYear() < 2050,
      `${what} has the wrong type: UTCTime through 2049, GeneralizedTime from 2050`,
      'RFC 5280 4.1.2.5',
    );
  faults.check(
    certificate.notBefore.getTime() <= certificate.notAfter.getTime(),
    'it ends before it begins',
    'RFC 6487 4.6',
  );
}

const SHA256_WITH_RSA = ['300d06092a864886f70d01010b0500', '300b06092a864886f70d01010b'];

/** sha256WithRSAEncryption with NULL; a writer may not leave the NULL out, and a reader must take that (RFC 7935 2, RFC 4055 5). */
export const isSha256WithRsa = (algorithm: Tlv): boolean => SHA256_WITH_RSA.includes(hex(algorithm.raw));

/** Notes a certificate or CRL that does not name it twice, in the same octets (RFC 5280 4.1.1.2). */
export function checkAlgorithms(
  faults: Faults,
  { signatureAlgorithm, innerAlgorithm }: { signatureAlgorithm: Tlv; innerAlgorithm: Tlv },
  whose: string,
): void {
  faults.check(
    isSha256WithRsa(signatureAlgorithm) && hex(signatureAlgorithm.raw) === hex(innerAlgorithm.raw),
    `the signature algorithm${whose} is not sha256WithRSAEncryption, twice the same`,
    'RFC 7935 2',
  );
}
