/**
 * A certificate read a second time, by @peculiar/x509, which shares no code with our reader and writer. Where two readers of the
 * same octets see different things, a third program may as well: that is worth a word before anybody relies on it.
 */
import type * as PeculiarX509 from '@peculiar/x509';
import { toHex } from '../lib/bytes.ts';
import type { Certificate } from './certificate.ts';

/** Loaded when first asked: the library takes a tenth of a second that no start should pay. */
async function library(): Promise<typeof PeculiarX509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

const hex = (bytes: ArrayBuffer | Uint8Array): string => toHex(new Uint8Array(bytes));

/** Leading zeros say nothing. */
const plainSerial = (serial: string): string => serial.toUpperCase().replace(/^(?:00)+(?=..)/, '');

/**
 * Names of the fields in which the second reader sees something else (RFC 5280 4.1); `certificate` alone when it cannot read it at
 * all. Empty when both agree.
 */
export async function otherReading(certificate: Certificate): Promise<string[]> {
  const { X509Certificate } = await library();
  let other: PeculiarX509.X509Certificate;
  try {
    other = new X509Certificate(Buffer.from(certificate.der));
    const checks: [string, boolean][] = [
      ['serial number', plainSerial(other.serialNumber) === plainSerial(certificate.serial)],
      ['issuer', hex(other.issuerName.toArrayBuffer()) === toHex(certificate.issuer.raw)],
      ['subject', hex(other.subjectName.toArrayBuffer()) === toHex(certificate.subject.raw)],
      ['notBefore', other.notBefore.getTime() === certificate.notBefore.getTime()],
      ['notAfter', other.notAfter.getTime() === certificate.notAfter.getTime()],
      ['public key', hex(other.publicKey.rawData) === toHex(certificate.spkiDer)],
      ['extensions', other.extensions.length === certificate.extensions.length],
      ...certificate.extensions.map(({ oid, critical, valueDer }, at): [string, boolean] => {
        const found = other.extensions[at];
        return [
          `extension ${oid}`,
          found?.type === oid && found.critical === critical && hex(found.value) === toHex(valueDer),
        ];
      }),
      ['signature', hex(other.signature) === toHex(certificate.signature)],
    ];
    return checks.filter(([, agrees]) => !agrees).map(([name]) => name);
  } catch {
    return ['certificate'];
  }
}
