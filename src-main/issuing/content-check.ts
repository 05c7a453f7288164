/**
 * A finished certificate, read back, held against what was ordered, field by field and byte by byte. The reader shares no code
 * with the writer, so that a mistake there is caught before anybody gets the certificate.
 */
import { toHex } from '../lib/bytes.ts';
import { type Certificate, serialHex } from '../x509/certificate.ts';
import { unsignedInteger } from '../x509/der-writer.ts';
import { readTlv } from '../x509/der-reader.ts';
import type { SignatureVerdict } from '../x509/verify-signature.ts';
import type { CertificateContent } from './certificate-content.ts';

const same = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;

/** Names of the fields that differ; empty when it is exactly what was ordered and the signature holds. */
export function contentDifferences(
  made: Certificate,
  content: CertificateContent,
  signature: SignatureVerdict,
): string[] {
  const checks: [string, boolean][] = [
    ['version', made.version === 3],
    ['serial number', made.serial === serialHex(readTlv(unsignedInteger(content.serial)))],
    ['issuer', same(made.issuer.raw, content.issuerDer)],
    ['subject', same(made.subject.raw, content.subjectDer)],
    ['notBefore', made.notBefore.getTime() === content.notBefore.getTime()],
    ['notAfter', made.notAfter.getTime() === content.notAfter.getTime()],
    ['public key', same(made.spkiDer, content.spkiDer)],
    ['extensions', made.extensions.length === content.extensions.length],
    ...content.extensions.map((wanted, index): [string, boolean] => {
      const found = made.extensions[index];
      return [
        `extension ${wanted.oid}`,
        found !== undefined &&
          found.oid === wanted.oid &&
          found.critical === wanted.critical &&
          toHex(found.valueDer) === toHex(wanted.valueDer),
      ];
    }),
    ['signature', signature === 'holds'],
  ];
  return checks.filter(([, holds]) => !holds).map(([name]) => name);
}
