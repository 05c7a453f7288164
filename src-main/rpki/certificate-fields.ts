/** The fields of a resource certificate outside its extensions: names, key, times (RFC 6487 4.4 to 4.7, RFC 7935). */
import type { Certificate } from '../x509/certificate.ts';
import { bitString, children, oidText, readTlv, readWhole, TAG, type Tlv } from '../x509/der-reader.ts';
import type { Faults } from './fault.ts';

const RSA = '300d06092a864886f70d0101010500';

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function checkName(faults: Faults, name: Tlv, what: string): void {
  const clause = what === 'issuer' ? 'RFC 6487 4.4' : 'RFC 6487 4.5';
  const attributes = children(name).flatMap((rdn) => children(rdn).map((attribute) => children(attribute)));
  const types = attributes.map(([type]) => (type === undefined ? '' : oidText(type)));
  const names = types.filter((type) => type === '2.5.4.3').length;
  const serials = types.filter((type) => type === '2.5.4.5').length;
  faults.check(
    names === 1 && serials <= 1 && names + serials === types.length,
    `the ${what} is not one common name with at most one serial number`,
    clause,
  );
  for (const [, value] of attributes)
    faults.check(
      value?.tag === TAG.printableString &&
        /^[A-Za-z0-9 '()+,\-./:=?]+$/.test(Buffer.from(value.content).toString('latin1')),
      `the ${what} is no PrintableString`,
      clause,
    );
}

export function checkKey(faults: Faults, spkiDer: Uint8Array): void {
  const [algorithm, key] = children(readTlv(spkiDer));
  if (
    algorithm === undefined ||
    key === undefined ||
    !faults.check(hex(algorithm.raw) === RSA, 'the key is not RSA with NULL parameters', 'RFC 7935 3.1')
  )
    return;
  const [modulus, exponent] = children(readWhole(bitString(key, 'the key').bytes, TAG.sequence, 'the key'));
  const bits = modulus === undefined ? 0 : BigInt(`0x${hex(modulus.content) || '0'}`).toString(2).length;
  faults.check(bits === 2048, `the key has ${bits} bits instead of 2048`, 'RFC 7935 3');
  faults.check(
    exponent !== undefined && hex(exponent.content) === '010001',
    'the public exponent is not 65537',
    'RFC 7935 3',
  );
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

/** The AlgorithmIdentifier of sha256WithRSAEncryption with NULL, in hex (RFC 7935 2). */
export const SHA256_WITH_RSA = '300d06092a864886f70d01010b0500';
