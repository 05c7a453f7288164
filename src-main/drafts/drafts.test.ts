import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Session, Store } from '../store/store-contract.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { testCertificate } from '../testing/test-certificate.ts';
import { testRandom } from '../testing/test-ports.ts';
import { testVault } from '../testing/test-workspace.ts';
import { draftOf, wizard } from '../testing/test-wizard.ts';
import { createDrafts } from './drafts.ts';

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create();
});
afterEach(() => app.remove());

const fresh = () => app.call('drafts.create', { kind: 'ca.issue' });

test('each step is stored and goes on after lock and unlock', async () => {
  const { id, revision } = await fresh();
  const data = draftOf('root', 'Kept Root');
  await app.call('drafts.save', { kind: 'ca.issue', id, revision, step: 'validity', data });
  await app.call('workspace.lock', {});
  await app.call('workspace.unlock', { passphrase: 'tundra-Okapi 7 vesper lantern' });
  expect(await app.call('drafts.get', { id })).toMatchObject({
    step: 'validity',
    data,
    title: 'Root CA "Kept Root"',
  });
});

test('a wizard that was opened and never touched waits for nobody, and is gone a day later', async () => {
  const { id, revision } = await fresh();
  expect((await app.call('drafts.list', {})).drafts).toEqual([]);
  expect((await app.call('overview.get', {})).attention.map(({ text }) => text)).not.toContain(
    'is not signed yet',
  );
  const typed = {
    ...draftOf('server', ''),
    names: { dns: 'a.example, b.example', ip: '', uri: '', email: '' },
  };
  await app.call('drafts.save', { kind: 'ca.issue', id, revision, step: 'names', data: typed });
  expect((await app.call('drafts.list', {})).drafts).toMatchObject([
    { id, title: 'Server certificate "a.example"' },
  ]);
  expect((await app.call('overview.get', {})).attention).toEqual(
    expect.arrayContaining([expect.objectContaining({ subject: 'Server certificate "a.example"' })]),
  );
  const untouched = await fresh();
  app.clock.advance(86_400_000 + 1000);
  await app.call('workspace.unlock', { passphrase: 'tundra-Okapi 7 vesper lantern' });
  await fresh();
  await expect(app.call('drafts.get', { id: untouched.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await app.call('drafts.get', { id })).toMatchObject({ step: 'names' });
});

test('a second writer is refused, and what the first stored stays', async () => {
  const { id, revision } = await fresh();
  const first = draftOf('root', 'First');
  await app.call('drafts.save', { kind: 'ca.issue', id, revision, step: 'key', data: first });
  await expect(
    app.call('drafts.save', {
      kind: 'ca.issue',
      id,
      revision,
      step: 'names',
      data: draftOf('root', 'Second'),
    }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await app.call('drafts.get', { id })).toMatchObject({ step: 'key', data: first });
});

test('cancel leaves nothing but its entry; after the signature it is refused', async () => {
  const { id } = await fresh();
  await app.call('drafts.cancel', { id });
  expect(await app.call('drafts.list', {})).toEqual({ drafts: [] });
  await expect(app.call('drafts.get', { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { draft } = await wizard(app).saved(draftOf('root', 'Signed Root'));
  const { revision } = await app.call('drafts.get', { id: draft });
  const { digest } = await app.call('ca.review', { draft, revision });
  await app.result(await app.call('ca.sign', { draft, revision, digest }));
  await expect(app.call('drafts.cancel', { id: draft })).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  const { revision: after } = await app.call('drafts.get', { id: draft });
  await expect(
    app.call('drafts.save', {
      kind: 'ca.issue',
      id: draft,
      revision: after,
      step: 'names',
      data: draftOf('root', 'Other'),
    }),
  ).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
});

test('two signatures of one draft at once: one is made, one is refused', async () => {
  const saved = await wizard(app).saved(draftOf('root', 'Once'));
  const { digest } = await app.call('ca.review', saved);
  const jobs = await Promise.all([1, 2].map(() => app.call('ca.sign', { ...saved, digest })));
  const ended = await Promise.all(jobs.map(({ job }) => app.ended(job)));
  expect(ended.map(({ state }) => state).toSorted()).toEqual(['done', 'failed']);
  const { total } = await app.call('ca.certificates', {});
  expect(total).toBe(1);
  // The key of the refused one is not left behind.
  expect((await app.call('keys.list', {})).total).toBe(1);
});

test('what was signed is no draft any more: not listed, and gone a day later', async () => {
  const made = testVault();
  await made.create();
  const { store } = made.vault.session();
  const begin = (id: string) =>
    store.run('drafts.create', { id, kind: 'ca.issue', schemaVersion: 1, step: 'purpose', data: '{}' });
  const sign = (id: string, at: number) =>
    store.run('certificates.issue', {
      certificate: testCertificate(at),
      key: null,
      issuer: null,
      serialScope: 'one key',
      replaces: null,
      draft: { id, revision: 1 },
      audit: { action: 'ca.sign', outcome: 'done', summary: 'test', subjects: [] },
    });
  for (const id of ['draft-one', 'draft-two', 'draft-open']) await begin(id);
  await sign('draft-one', 1);
  expect((await store.run('drafts.list', {})).map(({ id }) => id).toSorted()).toEqual([
    'draft-open',
    'draft-two',
  ]);
  // A reload of its last step still finds it.
  expect(await store.run('drafts.get', { id: 'draft-one' })).toMatchObject({ signed: true, result: 'crt-1' });
  // Without letting timers run: the workspace stays unlocked.
  made.clock.set('2026-11-25T12:00:01.000Z');
  await sign('draft-two', 2);
  await expect(store.run('drafts.get', { id: 'draft-one' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await store.run('drafts.get', { id: 'draft-two' })).toMatchObject({ signed: true });
  expect(await store.run('drafts.get', { id: 'draft-open' })).toMatchObject({ signed: false });
  await made.remove();
});

const notAsked = (): never => {
  throw new Error('no draft of a signer is begun here');
};

test('a draft of another version is dropped, and the operator hears of it', async () => {
  const made = testVault();
  await made.create();
  const store: Store = made.vault.session().store;
  const notices: string[] = [];
  const session = (): Session => ({
    ...made.vault.session(),
    notice: (_severity, text) => void notices.push(text),
  });
  const drafts = createDrafts({
    random: testRandom,
    session,
    presets: { 'ca.issue': () => draftOf('root', 'New'), 'ta.signer': notAsked },
    changed: () => undefined,
  });
  const old = { kind: 'ca.issue', step: 'purpose', data: '{"from":"long ago"}' };
  await store.run('drafts.create', { ...old, id: 'draft-older', schemaVersion: 0 });
  await store.run('drafts.create', { ...old, id: 'draft-broken', schemaVersion: 1 });
  expect(await drafts.domain.list({})).toEqual({ drafts: [] });
  expect(notices).toHaveLength(2);
  expect(await store.run('drafts.list', {})).toEqual([]);
  await made.remove();
});
