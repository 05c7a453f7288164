/** Certificates as files: PEM, DER, full chain, PKCS#12, private key. Public ones for everybody, keys for the owner only. */
import type { Parsed } from '#shared/contract/index.ts';
import { recordedFile } from '../audit/recorded-file.ts';
import { AppError } from '../lib/app-error.ts';
import { wipe } from '../lib/bytes.ts';
import type { TicketPaths } from '../lib/domain.ts';
import { type Exported, exportFile } from '../lib/export-file.ts';
import { fullChain } from '../issuing/full-chain.ts';
import type { Clock, Random } from '../ports.ts';
import type { SoftwareSigner } from '../signers/software/software-signer.ts';
import { routedKey } from '../signers/stored-key.ts';
import type { StoredCertificate } from '../store/columns.ts';
import type { Session } from '../store/store-contract.ts';
import { toPem } from '../x509/pem.ts';
import { pkcs12Der } from '../x509/pkcs12-writer.ts';
import { privateKeyPem } from '../x509/private-key.ts';

type Format = Parsed<'ca.export'>['format'];

export interface ExportDeps {
  clock: Clock;
  random: Random;
  session(): Session;
  tickets: TicketPaths;
  software: SoftwareSigner;
}

const SUFFIXES: Record<Format, string> = {
  pem: '.crt',
  der: '.der',
  chain: '-fullchain.pem',
  pkcs12: '.p12',
  key: '.key',
};

/** File systems allow 255; the ending and the time of a backup come on top. */
const MOST_OCTETS = 200;

/** As many whole characters as fit into `octets` of UTF-8. */
function cutTo(octets: number, text: string): string {
  let length = 0;
  return Array.from(text)
    .filter((character) => (length += Buffer.byteLength(character)) <= octets)
    .join('');
}

/** A file name that no shell or file system stumbles over; never empty, never hidden, never a device of Windows. */
export function fileNameOf(name: string): string {
  const safe = name
    .normalize('NFKC')
    .replaceAll('*', 'wildcard')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, 80);
  const fitting = cutTo(MOST_OCTETS, safe);
  return fitting === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(fitting)
    ? `certificate-${fitting}`.replace(/-$/, '')
    : fitting;
}

export function suggestedName(row: StoredCertificate, format: Format): string {
  return `${fileNameOf(row.name)}${SUFFIXES[format]}`;
}

/** Runs `use` with the opened key of a certificate. Throws AppError POLICY_REFUSED when it is not here or cannot leave. */
async function withKey<T>(
  deps: ExportDeps,
  row: StoredCertificate,
  use: (pkcs8Der: Uint8Array) => T | Promise<T>,
): Promise<T> {
  if (row.keyId === null)
    throw new AppError(
      'POLICY_REFUSED',
      'Its private key is not in this workspace: export the certificate alone.',
    );
  const key = await deps.session().store.run('keys.get', { id: row.keyId });
  if (key.signer !== 'software')
    throw new AppError('POLICY_REFUSED', 'Its private key lies on a device and cannot leave it.');
  return deps.software.withPrivateKey(routedKey(key), use);
}

async function bytesOf(
  deps: ExportDeps,
  row: StoredCertificate,
  format: Format,
  passphrase: string | null,
): Promise<Uint8Array> {
  const { store } = deps.session();
  const der = await store.run('certificates.der', { id: row.id });
  switch (format) {
    case 'pem':
      return Buffer.from(toPem('CERTIFICATE', der));
    case 'der':
      return der;
    case 'chain':
      return Buffer.from(
        (await fullChain(store, row, deps.clock.now())).map((link) => toPem('CERTIFICATE', link)).join(''),
      );
    case 'key':
      return withKey(deps, row, async (pkcs8Der) =>
        Buffer.from(await privateKeyPem(pkcs8Der, passphrase, (length) => deps.random.bytes(length))),
      );
    case 'pkcs12': {
      if (passphrase === null)
        throw new AppError('PASSPHRASE_NEEDED', 'A PKCS#12 file needs a passphrase. Type one.');
      const [, ...chainDer] = await fullChain(store, row, deps.clock.now());
      return withKey(deps, row, (keyDer) =>
        pkcs12Der(
          { keyDer, certificateDer: der, chainDer, friendlyName: row.name },
          { passphrase, random: (length) => deps.random.bytes(length) },
        ),
      );
    }
  }
}

const WORDS: Record<Format, string> = {
  pem: 'The certificate',
  der: 'The certificate (DER)',
  chain: 'The chain of',
  pkcs12: 'Certificate and private key (PKCS#12) of',
  key: 'The private key of',
};

export async function exportCertificate(deps: ExportDeps, asked: Parsed<'ca.export'>): Promise<Exported> {
  const { store } = deps.session();
  const row = await store.run('certificates.get', { id: asked.id });
  const holdsKey = asked.format === 'pkcs12' || asked.format === 'key';
  const path = deps.tickets.path(asked.target, holdsKey ? 'privateKey' : 'export');
  const bytes = await bytesOf(deps, row, asked.format, asked.passphrase);
  try {
    const { overwrite } = asked;
    const exported = await recordedFile(store, {
      ...{ path, overwrite, action: 'ca.export' },
      what: `${WORDS[asked.format]} "${row.name}"`,
      how: !holdsKey ? '' : asked.passphrase === null ? ' UNENCRYPTED' : ' encrypted',
      subjects: [{ type: 'certificate', id: row.id, sha256: row.sha256 }],
      write: () =>
        exportFile({
          ...{ path, content: bytes, overwrite },
          mode: holdsKey ? 0o600 : 0o644,
          now: deps.clock.now(),
        }),
    });
    deps.tickets.end(asked.target);
    return exported;
  } finally {
    if (holdsKey) wipe(bytes);
  }
}
