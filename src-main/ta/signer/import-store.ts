/** Takes over a signer of krillta, as a job: replayed, judged, its two keys sealed, stored at once with every exchange. */
import { stopped } from '../../lib/sentence.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex, wipe } from '../../lib/bytes.ts';
import { newId } from '../../lib/ids.ts';
import { JsonError } from '../../lib/json-reader.ts';
import type { JobContext } from '../../lib/jobs.ts';
import type { Random } from '../../ports.ts';
import type { SignerRouter } from '../../signers/router.ts';
import type { SoftwareSigner } from '../../signers/software/software-signer.ts';
import { newKeyRow } from '../../signers/stored-key.ts';
import type { NewKey } from '../../store/columns.ts';
import type { NewExchange } from '../../store/commands/ta.ts';
import type { Session } from '../../store/store-contract.ts';
import { readPrivateKey } from '../../x509/private-key.ts';
import { exchangeContent, factsOf, messageTime } from '../review/history.ts';
import { type KrillStore, readKrillStore, type StoredExchange } from './krill-store.ts';
import { timesOf } from './import-times.ts';
import { CONF, readKrillFolder } from './krill-folder.ts';
import { keepMove } from './moves.ts';
import { anchorFaults } from './set-up.ts';
import { storeEntry } from './store-events.ts';
import { trustAnchorText } from './trust-anchor.ts';

export interface ImportDeps {
  random: Random;
  software: SoftwareSigner;
  router: SignerRouter;
  session(): Session;
  now(): Date;
}

function readStore(files: Map<string, Uint8Array>): KrillStore {
  try {
    return readKrillStore(files);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const place = error.path === '' ? '' : `${error.path}: `;
    throw new AppError('INVALID_INPUT', `${place}${stopped(error.message)} Nothing was imported.`);
  }
}

interface WantedKey {
  keyId: string;
  spkiDer: Uint8Array;
  label: string;
}

const USES = ['certificate', 'crl'] as const;

/** A key in the clear, sealed for this workspace. Throws AppError INVALID_INPUT when it is another. */
function sealedKey(deps: ImportDeps, der: Uint8Array, wanted: WantedKey): NewKey {
  const { pkcs8Der, spkiDer } = readPrivateKey({ format: 'PKCS#1', encrypted: false, source: { der } }, null);
  try {
    if (Buffer.compare(spkiDer, wanted.spkiDer) !== 0)
      throw new AppError('INVALID_INPUT', `keys/${wanted.keyId} holds another key than its name says.`);
    const id = newId('key', deps.random);
    const request = { id, algorithm: 'rsa-2048' as const, uses: USES, spkiDer, pkcs8Der };
    return newKeyRow({ ...deps.software.adopt(request), signer: 'software' }, wanted.label, 'imported');
  } finally {
    wipe(pkcs8Der);
  }
}

/**
 * The key wherever krillta had it: in a file, or on a device that is a signer here too and holds it still. Throws AppError
 * INVALID_INPUT that says which signer is missing, SIGNER_UNAVAILABLE while one cannot be reached.
 */
async function takenKey(
  deps: ImportDeps,
  store: KrillStore,
  wanted: WantedKey,
  signal: AbortSignal,
): Promise<NewKey> {
  const der = store.keys.get(wanted.keyId);
  if (der !== undefined) return sealedKey(deps, der, wanted);
  const place = store.places.get(wanted.keyId);
  if (place === undefined)
    throw new AppError(
      'INVALID_INPUT',
      `The key of the ${wanted.label.replace('Trust', 'trust')}, ${wanted.keyId}, is neither among the files of keys/ nor known to one of its signers: copy the whole data directory.`,
    );
  const { kind, handle, signerName, signerInfo } = place;
  const reference = {
    id: newId('key', deps.random),
    algorithm: 'rsa-2048' as const,
    spkiDer: wanted.spkiDer,
    uses: USES,
    handle,
  };
  const signer = await deps.router.holderOf(kind, reference, signal);
  if (signer === null)
    throw new AppError(
      'INVALID_INPUT',
      `The ${wanted.label} ${wanted.keyId} lies on "${signerName}" (${signerInfo}), and no signer here has it: set that device up under Signers and import again.`.slice(
        0,
        500,
      ),
    );
  return newKeyRow({ ...reference, signer }, wanted.label, 'imported');
}

function exchangeRow(stored: StoredExchange, id: string): NewExchange {
  const { request, objects } = exchangeContent(stored);
  const requestAt = messageTime('request', stored.request);
  return {
    id,
    nonce: stored.nonce,
    at: new Date(stored.at).toISOString(),
    number: String(objects.number),
    facts: JSON.stringify({
      ...factsOf(request, objects.nextUpdate),
      at: stored.at,
      ...(requestAt === null ? {} : { requestAt }),
      how: 'signed by krillta, and taken over here',
    }),
    requestSha256: sha256Hex(stored.request),
    responseSha256: sha256Hex(stored.response),
    request: stored.request,
    response: stored.response,
  };
}

/** Throws AppError INVALID_INPUT when certificate, CRL or manifest do not hold. */
function requireHolding(anchor: KrillStore['anchor']): void {
  // At the time its manifest was current: krillta may have rested since. A certificate made anew is younger than it.
  const objects = new Date(Date.parse(anchor.objects.thisUpdate) + 300_000);
  const certificate = new Date(Math.max(objects.getTime(), Date.parse(anchor.certificate.notBefore)));
  const [fault] = anchorFaults(anchor, { certificate, objects });
  if (fault !== undefined)
    throw new AppError(
      'INVALID_INPUT',
      `The trust anchor in this folder does not hold: ${fault.text} (${fault.clause}). Nothing was imported.`,
    );
}

export async function importStore(deps: ImportDeps, folder: string, job: JobContext): Promise<string[]> {
  job.report(0.1, 'Reading the folder');
  const files = await readKrillFolder(folder);
  const store = readStore(files);
  try {
    const { exchanges, events } = store;
    const times = timesOf(store, files.get(CONF) ?? null);
    const anchor = { ...store.anchor, timing: times.timing };
    job.report(0.5, 'Validating what is there');
    requireHolding(anchor);
    const identity = await takenKey(
      deps,
      store,
      { ...anchor.identity, label: 'TA signer identity' },
      job.signal,
    );
    const ta = await takenKey(
      deps,
      store,
      {
        keyId: anchor.objects.keyId,
        spkiDer: anchor.certificate.spkiDer,
        label: 'Trust anchor',
      },
      job.signal,
    );
    job.commit();
    const { keyId } = anchor.objects;
    const rows = exchanges.map((exchange) => exchangeRow(exchange, newId('exchange', deps.random)));
    // krillta lets a number be chosen downwards: relying parties remember the highest there ever was.
    const number = rows
      .map((row) => BigInt(row.number))
      .reduce((highest, one) => (one > highest ? one : highest), anchor.objects.number);
    await deps.session().store.run('ta.begin', {
      half: 'signer',
      state: trustAnchorText(anchor),
      newKeys: [identity, ta],
      identityKey: identity.id,
      anchorKey: ta.id,
      number: { keyId, number },
      exchanges: rows,
      earlier: events.map(storeEntry),
      draft: null,
      audit: {
        action: 'ta.importStore',
        outcome: 'done',
        summary:
          `Imported the trust anchor signer ${keyId} with ${exchanges.length} exchanges from ${folder}`.slice(
            0,
            300,
          ),
        subjects: [
          { type: 'ta-certificate', id: keyId, sha256: sha256Hex(anchor.certificate.der) },
          { type: 'signer-id', id: anchor.identity.keyId, sha256: sha256Hex(anchor.identity.certificateDer) },
        ],
      },
    });
    const { issued, revocations } = anchor.objects;
    await keepMove(deps.session(), 'imported', {
      at: deps.now().toISOString(),
      folder,
      exchanges: exchanges.length,
      number: String(anchor.objects.number),
      certificates: issued.size,
      revoked: revocations.length,
      clearKeys: store.keys.size,
      timing: times.timing,
      timesFrom: times.from,
    });
    return ['signer'];
  } finally {
    wipe(...store.keys.values());
    for (const [path, bytes] of files) if (path.startsWith('keys/')) wipe(bytes);
  }
}
