/** The `keys.*` channels: list, make, import, export, destroy. Key material stays with its signer. */
import type { Topic } from '#shared/bridge.ts';
import type { KeyAlgorithm, KeyRow } from '#shared/contract/keys.ts';
import type { SignerState } from '#shared/contract/signers.ts';
import { jobRefusal } from '../audit/job-refusal.ts';
import { recordedFile } from '../audit/recorded-file.ts';
import { AppError } from '../lib/app-error.ts';
import { wipe } from '../lib/bytes.ts';
import type { Domain, TicketPaths } from '../lib/domain.ts';
import { exportFile } from '../lib/export-file.ts';
import { newId } from '../lib/ids.ts';
import type { JobContext, Jobs } from '../lib/jobs.ts';
import type { Clock, Random } from '../ports.ts';
import type { RoutedKey, SignerRouter } from '../signers/router.ts';
import type { KeyReference, SignerFacts } from '../signers/signer.ts';
import type { SoftwareSigner } from '../signers/software/software-signer.ts';
import { ALL_USES, newKeyRow, routedKey } from '../signers/stored-key.ts';
import type { ListedKey, NewKey, StoredKey } from '../store/columns.ts';
import type { Session } from '../store/store-contract.ts';
import { privateKeyPem } from '../x509/private-key.ts';
import { keyView } from '../x509/public-key.ts';
import { readKeyFile } from './key-import.ts';

export interface KeysDeps {
  clock: Clock;
  random: Random;
  jobs: Jobs;
  blobs: { take(id: string): { name: string; bytes: Buffer } };
  tickets: TicketPaths;
  session(): Session;
  router: SignerRouter;
  software: SoftwareSigner;
  changed(topic: Topic, ids: string[]): void;
}

const NAMES: Record<KeyAlgorithm, string> = {
  'rsa-2048': 'RSA 2048',
  'rsa-3072': 'RSA 3072',
  'rsa-4096': 'RSA 4096',
  'p-256': 'P-256',
  'p-384': 'P-384',
  'p-521': 'P-521',
  ed25519: 'Ed25519',
};

/** States in which a signer could sign, as far as is known: one that was not asked yet may (H-019). */
const REACHABLE: ReadonlySet<SignerState> = new Set(['announced', 'probing', 'ready', 'login-needed']);

function shown(key: ListedKey, signers: readonly SignerFacts[]): KeyRow {
  const signer = signers.find(({ id }) => id === key.signer);
  return {
    id: key.id,
    label: key.label,
    key: keyView(key.spkiDer),
    signer: key.signer,
    signerName: signer?.name ?? 'a signer that is not configured',
    reachable: signer !== undefined && REACHABLE.has(signer.state),
    owner: key.owner,
    ownerId: key.ownerId,
    trustAnchor: key.trustAnchor,
    child: key.child,
    kept: key.kept,
    uses: key.uses,
    source: key.source,
    createdAt: key.createdAt,
    exportable: key.signer === 'software',
    mayLeave: key.mayLeave,
    certificates: key.certificates,
  };
}

export function createKeys(deps: KeysDeps): Domain<'keys'> {
  const { random, jobs, session, router, software, changed } = deps;

  const subjects = (key: { id: string; spkiSha256: string }) => [
    { type: 'key', id: key.id, sha256: key.spkiSha256 },
  ];

  const refusedEntry = (action: string, title: string) => jobRefusal(deps, action, title);

  /** Stores a key that was just made or taken in. Past this it exists, or its signer has lost it again. */
  async function keep(
    job: JobContext,
    made: RoutedKey,
    label: string,
    source: NewKey['source'],
    record: { action: string; summary: string },
  ): Promise<string[]> {
    let kept = false;
    try {
      job.commit();
      const key = newKeyRow(made, label, source);
      await session().store.run('keys.add', {
        key,
        audit: { ...record, outcome: 'done', subjects: subjects(key) },
      });
      kept = true;
    } finally {
      // Port of the signers: what was made and is thrown away must not stay behind in a token.
      if (!kept) await router.discard(made);
    }
    changed('keys', [made.id]);
    return [made.id];
  }

  /** What is destroyed in the workspace alone would stay on its device for ever: the device has to be there. */
  async function requireThere(key: StoredKey): Promise<void> {
    try {
      await router.publicKey(routedKey(key));
    } catch (error) {
      const gone =
        error instanceof AppError && error.code === 'NOT_FOUND' && error.details?.ids?.includes(key.id);
      if (gone !== true) throw error;
    }
  }

  /** H-029 */
  async function requireSoftware(key: StoredKey): Promise<void> {
    if (key.signer === 'software') return;
    const name = (await router.describe()).find(({ id }) => id === key.signer)?.name ?? 'its signer';
    throw new AppError('POLICY_REFUSED', `This key lies in ${name} and cannot leave it.`, {
      ids: [key.id],
    });
  }

  return {
    async list(request) {
      const [page, signers] = await Promise.all([
        session().store.run('keys.list', request),
        router.describe(),
      ]);
      return { ...page, rows: page.rows.map((key) => shown(key, signers)) };
    },
    async get({ id }) {
      return shown(await session().store.run('keys.get', { id }), await router.describe());
    },
    create({ algorithm, label, signer }) {
      const title = `New ${NAMES[algorithm]} key "${label}"`;
      return {
        job: jobs.start({
          kind: 'keys.create',
          title,
          async run(job) {
            job.report(null, 'Making the key');
            const request = { id: newId('key', random), algorithm, label, uses: ALL_USES };
            const made = await router.create(signer ?? router.defaultSigner(), request, job.signal);
            return keep(job, made, label, 'generated', {
              action: 'keys.create',
              summary: `${title} was made`,
            });
          },
          refused: refusedEntry('keys.create', title),
        }),
      };
    },
    import({ blob, passphrase, label }) {
      const { name, bytes } = deps.blobs.take(blob);
      const title = `Import of ${name}`;
      return {
        job: jobs.start({
          kind: 'keys.import',
          title,
          async run(job) {
            try {
              job.report(null, 'Reading the key');
              const { algorithm, spkiDer, pkcs8Der } = await readKeyFile(bytes, passphrase);
              const id = newId('key', random);
              let adopted: KeyReference;
              try {
                adopted = software.adopt({ id, algorithm, uses: ALL_USES, spkiDer, pkcs8Der });
              } finally {
                wipe(pkcs8Der);
              }
              const ids = await keep(job, { ...adopted, signer: 'software' }, label, 'imported', {
                action: 'keys.import',
                summary: `The ${NAMES[algorithm]} key "${label}" was imported from ${name}`,
              });
              changed('certificates', []);
              changed('authorities', []);
              return ids;
            } finally {
              wipe(bytes);
            }
          },
          refused: refusedEntry('keys.import', title),
        }),
      };
    },
    async rename({ id, label }) {
      const { store } = session();
      const key = await store.run('keys.get', { id });
      await store.run('keys.rename', {
        id,
        label,
        audit: {
          action: 'keys.rename',
          outcome: 'done',
          summary: `The key "${key.label}" is now called "${label}"`,
          subjects: subjects(key),
        },
      });
      changed('keys', [id]);
      return {};
    },
    async export({ id, target, passphrase, overwrite }) {
      const { store } = session();
      const key = await store.run('keys.get', { id });
      await requireSoftware(key);
      const pem = await software.withPrivateKey(routedKey(key), async (pkcs8Der) =>
        Buffer.from(await privateKeyPem(pkcs8Der, passphrase, (length) => random.bytes(length))),
      );
      try {
        const path = deps.tickets.path(target, 'privateKey');
        await recordedFile(store, {
          ...{ path, overwrite, action: 'keys.export', subjects: subjects(key) },
          what: `The private key "${key.label}"`,
          how: passphrase === null ? ' UNENCRYPTED' : ' encrypted',
          write: () => exportFile({ path, content: pem, mode: 0o600, overwrite, now: deps.clock.now() }),
        });
        deps.tickets.end(target);
        return { path };
      } finally {
        wipe(pem);
      }
    },
    async destroy({ id, confirm }) {
      const { store } = session();
      const key = await store.run('keys.get', { id });
      if (confirm.replaceAll(/[\s:]/g, '').toUpperCase() !== key.keyIdentifier.slice(-8))
        throw new AppError(
          'INVALID_INPUT',
          'The digits do not match: type the last 8 of the key identifier.',
          {
            fields: [{ path: 'confirm', message: 'Type the last 8 digits of the key identifier' }],
          },
        );
      await store.run('keys.requireDestroyable', { id, at: deps.clock.now().getTime() });
      if (key.signer !== 'software') await requireThere(key);
      // The device first: what is said to be destroyed is destroyed, and what could not be can be tried again.
      await router.destroy(routedKey(key));
      await store.run('keys.destroy', {
        id,
        audit: {
          action: 'keys.destroy',
          outcome: 'done',
          summary: `The private key "${key.label}" was destroyed`,
          subjects: subjects(key),
        },
      });
      changed('keys', [id]);
      changed('certificates', []);
      changed('authorities', []);
      return {};
    },
  };
}
