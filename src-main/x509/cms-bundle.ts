/**
 * PKCS#7 and CMS SignedData (RFC 5652 5.1) as a carrier of certificates and CRLs: a bundle without signatures (certs-only),
 * or a signed message, whose certificates are taken out and whose content and signatures nobody looks at here.
 */
import type { Finding } from '#shared/contract/channel.ts';
import { parseCertificate } from './certificate.ts';
import { parseCrl } from './crl.ts';
import { children, expectTag, listElements, oidText, readTlv, TAG, type Tlv } from './der-reader.ts';
import { X509Error } from './x509-error.ts';

const SIGNED_DATA = '1.2.840.113549.1.7.2';

/** RFC 5652, RFC 5083: what else a ContentInfo may hold. */
const OTHER_CONTENTS: Record<string, string> = {
  '1.2.840.113549.1.7.1': 'plain data in a CMS wrapper',
  '1.2.840.113549.1.7.3': 'an encrypted message (CMS enveloped data)',
  '1.2.840.113549.1.7.5': 'a digest (CMS digested data)',
  '1.2.840.113549.1.7.6': 'encrypted data (CMS)',
  '1.2.840.113549.1.9.16.1.2': 'an authenticated message (CMS)',
  '1.2.840.113549.1.9.16.1.9': 'a compressed message (CMS)',
  '1.2.840.113549.1.9.16.1.23': 'an encrypted message (CMS authenticated enveloped data)',
};

/** eContentType: what was signed. */
const SIGNED_CONTENTS: Record<string, string> = {
  '1.2.840.113549.1.7.1': 'signed message',
  '1.2.840.113549.1.9.16.1.4': 'time stamp',
  '1.2.840.113549.1.9.16.1.24': 'RPKI ROA',
  '1.2.840.113549.1.9.16.1.26': 'RPKI manifest',
  '1.2.840.113549.1.9.16.1.28': 'RPKI message',
  '1.2.840.113549.1.9.16.1.35': 'RPKI Ghostbusters record',
  '1.2.840.113549.1.9.16.1.49': 'RPKI ASPA',
};

export interface CmsBundle {
  /** "PKCS#7 bundle", "signed message (CMS)". */
  what: string;
  /** Leaf first where the certificates make a chain; a SET has no order of its own (X.690 11.6). */
  certificates: Uint8Array[];
  crls: Uint8Array[];
  notes: Finding[];
}

function note(code: string, severity: Finding['severity'], text: string): Finding {
  return { code, severity, text, where: 'file', clause: 'RFC 5652 5.1' };
}

/** Those that signed none of the others come first, and their issuers behind them, by name. */
function leafFirst(ders: readonly Uint8Array[]): Uint8Array[] {
  const rest = ders.map(parseCertificate);
  const named = (name: Tlv): string => Buffer.from(name.raw).toString('hex');
  const issuing = new Set(
    rest.filter(({ subject, issuer }) => named(subject) !== named(issuer)).map(({ issuer }) => named(issuer)),
  );
  const bySubject = new Map(rest.map((one) => [named(one.subject), one]));
  const ordered = new Set<Uint8Array>();
  for (const leaf of rest.filter(({ subject }) => !issuing.has(named(subject))))
    for (
      let next: typeof leaf | undefined = leaf;
      next !== undefined && !ordered.has(next.der);
      next = bySubject.get(named(next.issuer))
    )
      ordered.add(next.der);
  // Circles, and others of a name.
  for (const { der } of rest) ordered.add(der);
  return [...ordered];
}

function readable(parts: readonly Tlv[], parse: (der: Uint8Array) => unknown): Uint8Array[] {
  return parts.flatMap(({ raw }) => {
    try {
      parse(raw);
      return [raw];
    } catch (error) {
      if (error instanceof X509Error) return [];
      throw error;
    }
  });
}

/** What a ContentInfo holds, or null when `der` is none. Throws X509Error with a sentence for a content that carries no certificates. */
export function readCms(der: Uint8Array): CmsBundle | null {
  const [type, wrapped] = children(readTlv(der));
  if (type?.tag !== TAG.oid) return null;
  const dotted = oidText(type);
  if (dotted !== SIGNED_DATA) {
    const what = OTHER_CONTENTS[dotted];
    if (what === undefined) return null;
    throw new X509Error(`This is ${what}; there is no certificate to look at. Open it with a mail program.`);
  }
  const signedData = wrapped === undefined ? undefined : children(wrapped)[0];
  const parts = children(expectTag(signedData, TAG.sequence, 'the signed data'));
  const content = children(expectTag(parts[2], TAG.sequence, 'the signed content'));
  const inside = (tag: number): Tlv[] => parts.filter((part) => part.tag === tag).flatMap(listElements);
  // Behind the digest algorithms, which are a SET as well.
  const signers = parts
    .slice(3)
    .filter((part) => part.tag === TAG.set)
    .flatMap(listElements).length;
  const [allCertificates, allCrls] = [inside(0xa0), inside(0xa1)];
  const certificates = leafFirst(readable(allCertificates, parseCertificate));
  const crls = readable(allCrls, parseCrl);
  const notes: Finding[] = [];
  const unread = allCertificates.length + allCrls.length - certificates.length - crls.length;
  if (unread > 0)
    notes.push(
      note(
        'CMS_UNREAD',
        'careful',
        `${unread} ${unread === 1 ? 'certificate or CRL in it is' : 'certificates or CRLs in it are'} of a kind that Baleen does not read, or damaged.`,
      ),
    );
  const message = content.length > 1 || signers > 0;
  const signed = SIGNED_CONTENTS[content[0] === undefined ? '' : oidText(content[0])] ?? 'signed message';
  const what = message ? `${signed} (CMS)` : 'PKCS#7 bundle';
  if (certificates.length + crls.length === 0)
    throw new X509Error(
      message
        ? `This is a ${what} without certificates; its content is not looked at here.`
        : 'This is a PKCS#7 bundle without a certificate or CRL that can be read.',
    );
  if (message)
    notes.push(
      note(
        'CMS_SIGNED',
        'careful',
        `This is a ${what}: only the certificates in it are shown, its content and ${signers === 1 ? 'its signature were' : 'its signatures were'} not checked.`,
      ),
    );
  return { what, certificates, crls, notes };
}
