import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { draftOf, issueDraftOf, wizard } from '../testing/test-wizard.ts';

let app: TestApp;
let by: ReturnType<typeof wizard>;
let root = '';
let intermediate = '';
let leaf = '';
beforeAll(async () => {
  app = await testApp();
  await app.create();
  by = wizard(app);
  ({ root, intermediate, leaf } = await by.chain());
});
afterAll(() => app.remove());

/** The draft that `ca.startReplace` begins for the leaf. */
async function renewalOfLeaf(action: 'renew' | 'rekey' = 'rekey'): Promise<IssueDraft> {
  const { draft } = await app.call('ca.startReplace', { id: leaf, action });
  return issueDraftOf(await app.call('drafts.get', { id: draft })).data;
}

async function refusal(data: IssueDraft): Promise<string[]> {
  const { problems, digest } = await by.reviewOf(data);
  expect(digest).toBe('');
  return problems.map(({ message }) => message);
}

test('a leaf does not replace an authority, nor a client certificate one of a server', async () => {
  const names = { dns: 'a.internal', ip: '', uri: '', email: '' };
  const lifetimeSeconds = 3600;
  const over = (certificate: string): IssueDraft['replaces'] => ({ certificate, action: 'rekey' });
  for (const id of [root, intermediate]) {
    const messages = await refusal(
      draftOf('server', 'a', { issuer: intermediate, names, lifetimeSeconds, replaces: over(id) }),
    );
    expect(messages).toEqual([expect.stringContaining('keeps its purpose')]);
    expect((await app.call('ca.certificate', { id })).row.state).toBe('good');
  }
  expect(await refusal({ ...(await renewalOfLeaf()), purpose: 'client' })).toEqual([
    expect.stringContaining('keeps its purpose'),
  ]);
});

test('a certificate of one authority is not replaced by one of another', async () => {
  expect(await refusal({ ...(await renewalOfLeaf()), issuer: root })).toEqual([
    expect.stringMatching(/^It was signed by "kldload Internal CA Intermediate CA"/),
  ]);
});

test('what cannot be renewed by its own button is not replaced by a draft either', async () => {
  const foreign = execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null', '-subj', '/CN=foreign'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const { id } = await app.call('inspect.text', { text: foreign });
  const { added } = await app.call('inspect.keep', { id, items: [0] });
  const data = await renewalOfLeaf();
  expect(await refusal({ ...data, replaces: { certificate: added[0] ?? '', action: 'rekey' } })).toEqual([
    'foreign cannot be replaced. It was not issued here.',
  ]);
});

test('an authority that was renewed meanwhile signs the successor of what it signed before', async () => {
  const server = await by.signed(
    draftOf('server', 'b', {
      issuer: intermediate,
      lifetimeSeconds: 3600,
      names: { dns: 'b.internal', ip: '', uri: '', email: '' },
    }),
  );
  const renewal = await app.call('ca.startReplace', { id: intermediate, action: 'renew' });
  const { digest } = await app.call('ca.review', { draft: renewal.draft, revision: 1 });
  const renewed = await app.result(await app.call('ca.sign', { draft: renewal.draft, revision: 1, digest }));
  const { draft } = await app.call('ca.startReplace', { id: server, action: 'rekey' });
  expect(issueDraftOf(await app.call('drafts.get', { id: draft })).data.issuer).toBe(renewed);
  expect((await app.call('ca.review', { draft, revision: 1 })).problems).toEqual([]);
});
