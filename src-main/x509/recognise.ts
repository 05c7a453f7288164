/**
 * What a file is, by its content and never by its name, and the objects in it. Encrypted things are recognised here
 * and opened elsewhere; nothing is judged beyond what the file itself shows.
 */
import type { Finding } from '#shared/contract/channel.ts';
import { parseCertificate, parseDamagedCertificate } from './certificate.ts';
import { parseCrl } from './crl.ts';
import { berToDer } from './ber.ts';
import { readCms } from './cms-bundle.ts';
import { children, readTlv, TAG } from './der-reader.ts';
import { looksLikePem, type PemBlock, readPem } from './pem.ts';
import { type PrivateKeyFile, privateKeyFormat, privateKeyOfPem } from './private-key.ts';
import { parseRequest } from './request.ts';
import { X509Error } from './x509-error.ts';

export type FoundObject =
  /** `damagedCertificate`: one whose signature is no signature; it is shown and never taken for a certificate. */
  | { kind: 'certificate' | 'damagedCertificate' | 'request' | 'crl' | 'publicKey'; der: Uint8Array }
  /** `sealed`: what it lay in was encrypted, whatever it is itself. */
  | { kind: 'privateKey'; file: PrivateKeyFile; sealed?: boolean }
  | { kind: 'pkcs12'; der: Uint8Array };

export interface Recognised {
  /** "PEM, 3 certificates", "DER certificate", "PKCS#12". */
  recognised: string;
  objects: FoundObject[];
  notes: Finding[];
}

interface RecognisedDer extends Recognised {
  /** What carries the objects, when they are not the file itself. */
  carrier?: string;
}

const WORDS: Record<FoundObject['kind'], [string, string]> = {
  certificate: ['certificate', 'certificates'],
  damagedCertificate: ['certificate with a damaged signature', 'certificates with a damaged signature'],
  request: ['certificate request', 'certificate requests'],
  crl: ['CRL', 'CRLs'],
  publicKey: ['public key', 'public keys'],
  privateKey: ['private key', 'private keys'],
  pkcs12: ['PKCS#12 file', 'PKCS#12 files'],
};

function counted(objects: FoundObject[]): string {
  const counts = new Map<FoundObject['kind'], number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${WORDS[kind][count === 1 ? 0 : 1]}`).join(', ');
}

function note(code: string, severity: Finding['severity'], text: string, clause = 'X.690 8.1'): Finding {
  return { code, severity, text, where: 'file', clause };
}

function succeeds(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (error instanceof X509Error) return false;
    throw error;
  }
}

/** The objects of one DER structure that is no CMS; empty when it is none of ours. */
function objectsOfDer(der: Uint8Array): FoundObject[] {
  const format = privateKeyFormat(der);
  if (format !== null)
    return [
      { kind: 'privateKey', file: { format, encrypted: format === 'PKCS#8 encrypted', source: { der } } },
    ];
  if (succeeds(() => parseCertificate(der))) return [{ kind: 'certificate', der }];
  if (succeeds(() => parseDamagedCertificate(der))) return [{ kind: 'damagedCertificate', der }];
  if (succeeds(() => parseRequest(der))) return [{ kind: 'request', der }];
  if (succeeds(() => parseCrl(der))) return [{ kind: 'crl', der }];
  const outer = readTlv(der);
  const [first, second] = children(outer);
  if (first?.tag === TAG.integer && first.content[0] === 3 && second?.tag === TAG.sequence)
    return [{ kind: 'pkcs12', der }];
  if (first?.tag === TAG.sequence && second?.tag === TAG.bitString && children(outer).length === 2)
    return [{ kind: 'publicKey', der }];
  return [];
}

/** A bundle or a signed message; null when it is neither. */
function recogniseCms(der: Uint8Array): RecognisedDer | null {
  const cms = readCms(der);
  if (cms === null) return null;
  const objects: FoundObject[] = [
    ...cms.certificates.map((one) => ({ kind: 'certificate' as const, der: one })),
    ...cms.crls.map((one) => ({ kind: 'crl' as const, der: one })),
  ];
  return { recognised: `${cms.what}, ${counted(objects)}`, objects, notes: cms.notes, carrier: cms.what };
}

/** BER with an indefinite length: programs that sign while they read write CMS so. */
function looksLikeBerCms(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && bytes[1] === 0x80 && bytes[2] === 0x06;
}

/** BER with an indefinite length: some PKCS#12 writers do that. */
function looksLikeBerPkcs12(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x30 && bytes[1] === 0x80 && bytes[2] === 0x02 && bytes[3] === 0x01 && bytes[4] === 0x03
  );
}

function recogniseDer(bytes: Uint8Array): RecognisedDer {
  if (looksLikeBerPkcs12(bytes))
    return { recognised: 'PKCS#12 (BER)', objects: [{ kind: 'pkcs12', der: bytes }], notes: [] };
  if (looksLikeBerCms(bytes)) {
    const found = recogniseCms(berToDer(bytes));
    if (found !== null) return found;
  }
  const { raw } = readTlv(bytes);
  const extra = bytes.length - raw.length;
  const cms = recogniseCms(raw);
  const objects = cms?.objects ?? objectsOfDer(raw);
  if (objects.length === 0)
    throw new X509Error(
      'This is not a certificate, request, CRL, key or PKCS#12 file: its structure is another one.',
    );
  const what = cms === null ? WORDS[objects[0]?.kind ?? 'certificate'][0] : 'CMS structure';
  const kind = objects[0]?.kind === 'pkcs12' ? 'PKCS#12' : `DER ${what}`;
  const trailing =
    extra > 0
      ? [
          note(
            'DER_TRAILING',
            'careful',
            `${extra} extra ${extra === 1 ? 'byte' : 'bytes'} after the ${what}.`,
          ),
        ]
      : [];
  return {
    ...(cms ?? { recognised: kind, objects }),
    notes: [...(cms?.notes ?? []), ...trailing],
  };
}

/** `carriers`: what of the blocks was a bundle or a message. */
function objectsOfBlock(block: PemBlock, notes: Finding[], carriers: string[]): FoundObject[] {
  const key = privateKeyOfPem(block.label, block.headers, block.text);
  if (key !== null) return [{ kind: 'privateKey', file: key }];
  if (block.label === 'EC PARAMETERS') {
    notes.push(
      note(
        'EC_PARAMETERS',
        'careful',
        'It contains EC PARAMETERS in front of the key; agents of Muti Metroo reject this file.',
        'RFC 5915 4',
      ),
    );
    return [];
  }
  if (block.label === 'DH PARAMETERS' || block.label === 'X9.42 DH PARAMETERS') {
    notes.push(
      note(
        'DH_PARAMETERS',
        'note',
        'It contains Diffie-Hellman parameters: numbers that a server agrees keys with, neither a key nor a certificate.',
        'RFC 7468 2',
      ),
    );
    return [];
  }
  if (block.label === 'OPENSSH PRIVATE KEY') {
    notes.push(
      note(
        'OPENSSH_KEY',
        'careful',
        'There is an OpenSSH private key in it. Baleen does not read that format; convert it with: ssh-keygen -p -m PKCS8 -f FILE',
        'openssh-key-v1',
      ),
    );
    return [];
  }
  try {
    const { objects, notes: inner, carrier } = recogniseDer(block.der);
    notes.push(...inner);
    if (carrier !== undefined) carriers.push(carrier);
    return objects;
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    notes.push(
      note(
        'PEM_BLOCK_UNREADABLE',
        'bad',
        `A block labelled ${block.label} cannot be read: ${error.message}`,
        'RFC 7468 2',
      ),
    );
    return [];
  }
}

/** Notes that are the answer when there is nothing else in the file. */
const SAYS_WHAT_IT_IS = new Set(['DH_PARAMETERS', 'OPENSSH_KEY', 'PEM_BLOCK_UNREADABLE']);

function recognisePem(text: string): Recognised {
  const { blocks, notes } = readPem(text);
  const carriers: string[] = [];
  const objects = blocks.flatMap((block) => objectsOfBlock(block, notes, carriers));
  if (objects.length === 0)
    throw new X509Error(
      notes.find(({ code }) => SAYS_WHAT_IT_IS.has(code))?.text ??
        `There is no object in it that Baleen reads: ${blocks.map(({ label }) => label).join(', ')}.`,
    );
  return { recognised: ['PEM', ...new Set(carriers), counted(objects)].join(', '), objects, notes };
}

/** One sentence for what is plainly something else. */
function otherThing(bytes: Uint8Array, text: string): string {
  const start = text.trimStart().slice(0, 200).toLowerCase();
  if (bytes.length === 0 || start === '') return 'The file is empty.';
  if (start.startsWith('<!doctype html') || start.startsWith('<html') || start.includes('<head'))
    return 'This is a web page (HTML), not a certificate.';
  if (start.startsWith('<?xml') || start.startsWith('<'))
    return 'This is an XML document, not a certificate.';
  if (start.startsWith('{') || start.startsWith('[')) return 'This is a JSON document, not a certificate.';
  if (/^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-)/.test(start))
    return 'This is an OpenSSH public key, not a certificate.';
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (magic === 'feedfeed' || magic === 'cececece')
    return 'This is a Java keystore (JKS). Convert it with: keytool -importkeystore -deststoretype pkcs12';
  if (/^-----END /m.test(text)) return 'The text is cut off: its "-----BEGIN" line is missing.';
  return 'This is not a certificate, request, CRL, key or PKCS#12 file.';
}

const BARE_BASE64 = /^[A-Za-z0-9+/=\s_-]{64,}$/;

/**
 * Recognises the content of a file or pasted text. Throws X509Error with one sentence when nothing of ours is in it.
 */
export function recognise(bytes: Uint8Array): Recognised {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  if (looksLikePem(text)) return recognisePem(text);
  if (buffer[0] === 0x30 && buffer.length > 8) {
    try {
      return recogniseDer(bytes);
    } catch (error) {
      if (error instanceof X509Error && /cut off/.test(error.message))
        throw new X509Error('The file is cut off: it ends in the middle of an object.');
      throw error;
    }
  }
  if (BARE_BASE64.test(text.trim())) {
    const der = Buffer.from(text.trim().replaceAll(/\s/g, ''), 'base64');
    if (der[0] === 0x30) {
      const inner = recogniseDer(new Uint8Array(der));
      return {
        objects: inner.objects,
        recognised: `base64 without armour, ${inner.recognised}`,
        notes: [
          ...inner.notes,
          note(
            'NO_ARMOUR',
            'note',
            'The text has no BEGIN and END lines; most programs cannot read it.',
            'RFC 7468 2',
          ),
        ],
      };
    }
  }
  throw new X509Error(otherThing(bytes, text));
}
