/** ta.cer and the TAL: what nobody serves is said until it is seen or said to be out, and again after a change. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { nodeNet } from '../../testing/test-net.ts';
import {
  associateWith,
  initProxy,
  proxyFileOf,
  proxyOf,
  signerFor,
  TAL,
} from '../../testing/test-proxy-app.ts';
import { signerDraft } from '../../testing/test-signer.ts';

let proxy: TestApp;
let signer: TestApp;
/** What lies at the https URI of the TAL. */
let served: Buffer | null;
beforeEach(async () => {
  served = null;
  proxy = await testApp({
    live: true,
    net: {
      ...nodeNet,
      request: async ({ url }) => ({
        status: url === TAL.https && served !== null ? 200 : 404,
        headers: {},
        body: served ?? new Uint8Array(),
        peer: null,
      }),
    },
  });
  signer = await testApp({ live: true });
  await proxy.create('online', 'Proxy');
  await signer.create('offline', 'Signer');
  mkdirSync(join(proxy.folder, 'published'));
});
afterEach(async () => {
  await proxy.remove();
  await signer.remove();
});

const told = async (): Promise<string[]> =>
  (await proxy.call('overview.get', {})).attention
    .filter(({ subject }) => subject === 'Trust anchor proxy')
    .map(({ text }) => text);
const look = async () => proxy.result(await proxy.call('ta.checkPublic', {}));
const lastAudit = async () => (await proxy.call('audit.list', { limit: 1 })).rows[0];

test('it is asked for once there is something to find, ends when it was seen, and begins again with another ta.cer', async () => {
  await initProxy(proxy, join(proxy.folder, 'published'));
  // A signer in the same workspace is set up with the very files that are carried otherwise.
  const text = async (what: 'proxy-id' | 'proxy-repo') => (await proxyFileOf(proxy, what)).toString('utf8');
  const files = {
    proxyId: await text('proxy-id'),
    repository: await text('proxy-repo'),
    fingerprint: (await proxyOf(proxy)).identity.sha256,
  };
  expect((await proxy.call('ta.proxySetup', {})).files).toEqual(files);
  // Nobody compared anything there, and it is not said; elsewhere somebody typed it.
  const draft = {
    proxyId: { name: 'proxy-id.json', text: files.proxyId },
    fingerprint: files.fingerprint,
    repository: { name: 'proxy-repo.json', text: files.repository },
    ...TAL,
  };
  const { review: here } = await signerDraft(proxy, draft);
  expect(here).toMatchObject({ proxyHere: true });
  expect(here.lines[0]?.note).toBe('identity, of this workspace: not compared');
  const { review: elsewhere } = await signerDraft(signer, draft);
  expect(elsewhere).toMatchObject({ proxyHere: false });
  expect(elsewhere.lines[0]?.note).toBe('identity, compared by you');
  expect((await signer.call('ta.proxySetup', {})).files).toBeNull();
  await expect(proxy.call('ta.putOut', {})).rejects.toThrow(/associated/);
  expect(await told()).toEqual([]);
  await signerFor(proxy, signer);
  await associateWith(proxy, signer);
  expect((await proxyOf(proxy)).putOut).toBe(false);
  expect(await told()).toEqual(['is not known to be found', 'has no child yet']);
  await look();
  expect((await proxyOf(proxy)).putOut).toBe(false);
  served = await proxyFileOf(proxy, 'certificate');
  await look();
  expect((await proxyOf(proxy)).putOut).toBe(true);
  expect(await told()).toEqual(['has no child yet']);
  expect(await lastAudit()).toMatchObject({
    action: 'ta.putOut',
    summary: expect.stringMatching(/was found at every https URI/),
  });

  // Reissued: another certificate, which is nowhere yet.
  signer.clock.advance(60_000);
  await signer.result(
    await signer.call('ta.reissue', { https: [TAL.https], rsync: TAL.rsync, notify: null, years: 20 }),
  );
  proxy.clock.advance(120_000);
  await associateWith(proxy, signer);
  expect((await proxyOf(proxy)).putOut).toBe(false);
  expect(await told()).toContain('is not known to be found');
  await proxy.call('ta.putOut', {});
  expect((await proxyOf(proxy)).putOut).toBe(true);
  expect(await lastAudit()).toMatchObject({
    action: 'ta.putOut',
    summary: expect.stringMatching(/^The operator says/),
  });
});
