import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createJobs, type Jobs } from '../lib/jobs.ts';
import { type RoutedKey, type SignerRouter } from '../signers/router.ts';
import { createSoftwareSigner } from '../signers/software/software-signer.ts';
import { softwareOnly, testLog, testRandom } from '../testing/test-ports.ts';
import { testVault } from '../testing/test-workspace.ts';
import { createKeys } from './keys.ts';
import { routerOf } from '../testing/test-router.ts';

let made: ReturnType<typeof testVault>;
beforeEach(async () => {
  made = testVault();
  await made.create();
});
afterEach(() => made.remove());

/** The keys domain over a signer that notes which references were thrown away. */
function setUp(afterCreate: (jobs: Jobs) => void = () => undefined) {
  const session = () => made.vault.session();
  const software = createSoftwareSigner({ sealer: session });
  const router = routerOf({ software });
  const destroyed: RoutedKey[] = [];
  const changed = (): void => undefined;
  const jobs = createJobs({
    around: softwareOnly,
    clock: made.clock,
    random: testRandom,
    log: testLog().log,
    changed,
  });
  const watched: SignerRouter = {
    ...router,
    async create(signer, request) {
      const key = await router.create(signer, request);
      afterCreate(jobs);
      return key;
    },
    async discard(key) {
      destroyed.push(key);
      await router.discard(key);
    },
  };
  const uploads = new Map<string, Buffer>();
  const tickets = { path: (ticket: string) => ticket, end: () => undefined };
  const keys = createKeys({
    clock: made.clock,
    random: testRandom,
    jobs,
    blobs: { take: (id: string) => ({ name: id, bytes: Buffer.from(uploads.get(id) ?? []) }) },
    tickets,
    session,
    router: watched,
    software,
    changed,
  });
  async function ended(started: { job: string } | Promise<{ job: string }>): Promise<string> {
    const { job } = await started;
    while (jobs.get(job).state === 'running') await new Promise(setImmediate);
    return jobs.get(job).state;
  }
  return { keys, jobs, uploads, destroyed, ended };
}

test('a key whose making was cancelled is taken from its signer again', async () => {
  const { keys, destroyed, ended } = setUp((jobs) => {
    for (const { id } of jobs.list()) jobs.cancel(id);
  });
  expect(await ended(keys.create({ algorithm: 'p-256', label: 'late', signer: null }))).toBe('cancelled');
  expect(destroyed).toHaveLength(1);
  expect((await keys.list({ query: '', cursor: null, limit: 10 })).total).toBe(0);
});

test('a key that cannot be stored is taken from its signer again', async () => {
  const { keys, destroyed, ended } = setUp(() => {
    // The worker ends between the making and the storing.
    void made.vault.session().store.close();
  });
  expect(await ended(keys.create({ algorithm: 'p-256', label: 'lost', signer: null }))).toBe('failed');
  expect(destroyed).toHaveLength(1);
});

test('a key file that is imported twice leaves one key, and the second reference is destroyed', async () => {
  const { keys, uploads, destroyed, ended } = setUp();
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
    publicKeyEncoding: { format: 'pem', type: 'spki' },
  });
  uploads.set('a.key', Buffer.from(privateKey));
  const take = () => keys.import({ blob: 'a.key', passphrase: null, label: 'a' });
  expect(await ended(take())).toBe('done');
  expect(destroyed).toEqual([]);
  expect(await ended(take())).toBe('failed');
  expect(destroyed).toHaveLength(1);
  const { rows } = await keys.list({ query: '', cursor: null, limit: 10 });
  expect(rows).toHaveLength(1);
  // The first is not touched by the end of the second.
  expect(rows.map(({ id }) => id)).not.toContain(destroyed[0]?.id);
});
