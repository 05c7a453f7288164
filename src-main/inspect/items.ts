/** What was recognised in a file, object by object: how it looks, and what keeping it would keep. It stores nothing. */
import type { ObjectView } from '#shared/contract/certificate-view.ts';
import type { Finding } from '#shared/contract/channel.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { certificateView } from '../x509/certificate-view.ts';
import { crlView } from '../x509/crl.ts';
import { bySeverity } from '../x509/lint.ts';
import { keyFindings } from '../x509/lint-algorithms.ts';
import { toPem } from '../x509/pem.ts';
import { openPrivateKey, type PrivateKeyFile } from '../x509/private-key.ts';
import { keyView } from '../x509/public-key.ts';
import type { FoundObject } from '../x509/recognise.ts';
import { requestView } from '../x509/request.ts';
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

async function keyItem(file: PrivateKeyFile, passphrase: string | null): Promise<Item> {
  const { format, encrypted } = file;
  if (encrypted && passphrase === null)
    return {
      view: { kind: 'privateKey', format, encrypted, key: null, findings: [] },
      keep: null,
      keyFile: sourceBytes(file),
    };
  const { pkcs8Der, spkiDer } = await openPrivateKey(file, passphrase);
  const keyFile = Buffer.from(toPem('PRIVATE KEY', pkcs8Der));
  wipe(pkcs8Der);
  return {
    view: { kind: 'privateKey', format, encrypted, key: keyView(spkiDer), findings: keyFindings(spkiDer) },
    keep: null,
    keyFile,
  };
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
    case 'request':
      return [{ view: requestView(object.der), keep: { kind: 'request', der: object.der }, keyFile: null }];
    case 'crl':
      return [{ view: crlView(object.der, { now }), keep: { kind: 'crl', der: object.der }, keyFile: null }];
    case 'privateKey':
      return [await keyItem(object.file, passphrase)];
    case 'publicKey':
    case 'pkcs12':
      return [];
  }
}

/** Objects that have no view of their own are told about in a note. */
export function notesOf(objects: readonly FoundObject[]): Finding[] {
  return objects.flatMap((object): Finding[] => {
    if (object.kind !== 'publicKey') return [];
    const key = keyView(object.der);
    return [
      {
        code: 'PUBLIC_KEY',
        severity: 'note',
        text: `A public key (${key.text}, key identifier ${key.keyId}).`,
        where: 'file',
        clause: '',
      },
    ];
  });
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
