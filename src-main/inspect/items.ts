/** What was recognised in a file, object by object: how it looks, and what keeping it would keep. It stores nothing. */
import type { ObjectView, RequestView } from '#shared/contract/certificate-view.ts';
import type { Finding } from '#shared/contract/channel.ts';
import { askedBeyond } from '../issuing/asked-beyond.ts';
import { PROFILES } from '../issuing/profiles/index.ts';
import { keyAlgorithmOf } from '../signers/stored-key.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { certificateView, damagedCertificateView } from '../x509/certificate-view.ts';
import { crlView } from '../x509/crl.ts';
import { bySeverity } from '../x509/lint.ts';
import { keyFindings } from '../x509/lint-algorithms.ts';
import { toPem } from '../x509/pem.ts';
import { openPrivateKey, type PrivateKeyFile } from '../x509/private-key.ts';
import { keyView } from '../x509/public-key.ts';
import type { FoundObject } from '../x509/recognise.ts';
import { parseRequest, requestView } from '../x509/request.ts';
import { otherReading } from '../x509/second-reader.ts';
import { wipe } from '../lib/bytes.ts';

/** One object with its view. `keyFile`: a private key as a file that `keys.import` reads, wiped with the inspection. */
export interface Item {
  view: ObjectView;
  keep: { kind: 'certificate' | 'request' | 'crl'; der: Uint8Array } | null;
  keyFile: Buffer | null;
}

function sourceBytes({ source }: PrivateKeyFile): Buffer {
  return 'pem' in source ? Buffer.from(source.pem) : Buffer.from(source.der);
}

const IN_CLEAR: Finding = {
  code: 'KEY_IN_CLEAR',
  severity: 'careful',
  text: 'The key is not encrypted: whoever can read this file has it. Import it, then delete the file.',
  where: 'file',
  clause: 'RFC 5958 3',
};

function notUsable(spkiDer: Uint8Array): Finding {
  return {
    code: 'KEY_NOT_USABLE',
    severity: 'careful',
    text: `Baleen has no use for this type of key (${keyView(spkiDer).text}); it takes RSA 2048, 3072 and 4096, P-256, P-384, P-521 and Ed25519.`,
    where: 'subjectPublicKeyInfo',
    clause: '',
  };
}

function publicKeyItem(spkiDer: Uint8Array): Item {
  const findings = [
    ...keyFindings(spkiDer),
    ...(keyAlgorithmOf(spkiDer) === null ? [notUsable(spkiDer)] : []),
  ];
  return {
    view: {
      kind: 'publicKey',
      key: keyView(spkiDer),
      findings: bySeverity(findings),
      pem: toPem('PUBLIC KEY', spkiDer),
    },
    keep: null,
    keyFile: null,
  };
}

/** `sealed`: what the key lay in is encrypted. */
async function keyItem(file: PrivateKeyFile, sealed: boolean, passphrase: string | null): Promise<Item> {
  const { format } = file;
  const encrypted = file.encrypted || sealed;
  if (file.encrypted && passphrase === null)
    return {
      view: { kind: 'privateKey', format, encrypted, key: null, importable: true, findings: [] },
      keep: null,
      keyFile: sourceBytes(file),
    };
  const { pkcs8Der, spkiDer } = await openPrivateKey(file, passphrase);
  const keyFile = Buffer.from(toPem('PRIVATE KEY', pkcs8Der));
  wipe(pkcs8Der);
  const importable = keyAlgorithmOf(spkiDer) !== null;
  return {
    view: {
      kind: 'privateKey',
      format,
      encrypted,
      key: keyView(spkiDer),
      importable,
      findings: bySeverity([
        ...keyFindings(spkiDer),
        ...(importable ? [] : [notUsable(spkiDer)]),
        ...(encrypted ? [] : [IN_CLEAR]),
      ]),
    },
    keep: null,
    keyFile,
  };
}

/** A request with what no certificate made here would grant: Baleen signs requests of servers and clients. */
export function askedView(der: Uint8Array): RequestView {
  const view = requestView(der);
  const beyond = askedBeyond(parseRequest(der).extensions, PROFILES['step-server-client']).map(
    (line): Finding => ({
      code: 'CSR_NOT_GRANTED',
      severity: 'careful',
      text: `It asks for ${line}; that will not be granted.`,
      where: 'extensionRequest',
      clause: 'RFC 5280 4.2',
    }),
  );
  return { ...view, findings: bySeverity([...view.findings, ...beyond]) };
}

/** Throws PrivateKeyError and X509Error of the readers. */
export async function itemOf(object: FoundObject, passphrase: string | null, now: Date): Promise<Item[]> {
  switch (object.kind) {
    case 'certificate':
      return [
        {
          view: certificateView(object.der, { now }),
          keep: { kind: 'certificate', der: object.der },
          keyFile: null,
        },
      ];
    case 'damagedCertificate':
      // SECURITY: nothing is kept of it, and it stands in no chain: what nobody can verify is no issuer.
      return [{ view: damagedCertificateView(object.der, { now }), keep: null, keyFile: null }];
    case 'request':
      return [{ view: askedView(object.der), keep: { kind: 'request', der: object.der }, keyFile: null }];
    case 'crl':
      return [{ view: crlView(object.der, { now }), keep: { kind: 'crl', der: object.der }, keyFile: null }];
    case 'privateKey':
      return [await keyItem(object.file, object.sealed ?? false, passphrase)];
    case 'publicKey':
      return [publicKeyItem(object.der)];
    case 'pkcs12':
      return [];
  }
}

/** Of a bundle so many: a thousand would take as long as reading them the first time. */
const MOST_READ_TWICE = 100;

/** Certificates in which an independent reader sees something else get a finding; answers what is to be said of the file. */
export async function readTwice(items: readonly Item[], turn: () => Promise<void>): Promise<Finding[]> {
  const certificates = items.filter(({ keep }) => keep?.kind === 'certificate');
  for (const { view, keep } of certificates.slice(0, MOST_READ_TWICE)) {
    await turn();
    const fields = keep === null ? [] : await otherReading(parseCertificate(keep.der));
    if (fields.length > 0)
      view.findings = bySeverity([
        {
          code: 'READERS_DIFFER',
          severity: 'careful',
          text: `An independent reader sees something else here: ${fields.join(', ')}. Programs may take it for different certificates; ask its maker before you rely on it.`,
          where: 'certificate',
          clause: 'RFC 5280 4.1',
        },
        ...view.findings,
      ]);
  }
  if (certificates.length <= MOST_READ_TWICE) return [];
  return [
    {
      code: 'NOT_READ_TWICE',
      severity: 'note',
      text: `The first ${MOST_READ_TWICE} certificates of the file were read by a second reader as well, the others were not.`,
      where: 'file',
      clause: '',
    },
  ];
}
