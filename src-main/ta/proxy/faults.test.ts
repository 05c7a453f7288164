import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import {
  answeredBy,
  associated,
  makeRequest,
  openResponse,
  proxyOf,
  take,
} from '../../testing/test-proxy-app.ts';
import { addLocal, localOf } from '../../testing/test-service.ts';
import { openRequest } from '../../testing/test-signer.ts';

let proxy: TestApp;
let signer: TestApp;
let folder: string;
beforeEach(async () => {
  proxy = await testApp();
  signer = await testApp();
  await proxy.create('online', 'Proxy');
  await signer.create('offline', 'Signer');
  folder = join(proxy.folder, 'published');
  mkdirSync(folder);
  await associated(proxy, signer, folder);
});
afterEach(async () => {
  await proxy.remove();
  await signer.remove();
});

/** The manifest that is out. */
function manifest(): Buffer {
  const root = join(folder, 'rsync');
  const name = readdirSync(root).find((one) => one.endsWith('.mft')) ?? '';
  return readFileSync(join(root, name));
}

test('restored from before an exchange: its response is not taken twice, nothing old is published, and it goes on above', async () => {
  await addLocal(proxy, 'online');
  const request = await makeRequest(proxy);
  const restore = await proxy.backup();
  const response = await answeredBy(proxy, signer, request);
  await take(proxy, response);
  const out = manifest();
  expect(await localOf(proxy, 'online')).toMatchObject({ step: 'running' });

  await restore();
  const view = await proxyOf(proxy);
  expect(view).toMatchObject({ signer: { number: '1' }, open: { wishes: 1 } });
  expect(view.warnings).toEqual([
    {
      severity: 'bad',
      text: expect.stringMatching(/^This workspace was restored: manifest 2 was published/),
    },
  ]);
  const { attention } = await proxy.call('overview.get', {});
  expect(attention[0]).toMatchObject({ subject: 'Trust anchor proxy', severity: 'bad' });
  await expect(proxy.result(await proxy.call('ta.publish', {}))).rejects.toThrow(/refuse what goes back/);
  const again = await openResponse(proxy, response);
  expect(again.view).toMatchObject({ canPublish: false, verdict: { severity: 'bad' } });
  expect(again.view.faults.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^it was already processed .*, before this workspace was restored from a backup$/),
    expect.stringMatching(/^its number 2 is not above 2, which was published before/),
  ]);
  const refused = await proxy.ended((await proxy.call('ta.takeResponse', { id: again.id })).job);
  expect(refused.error?.message).toMatch(/already processed/);
  expect(manifest()).toEqual(out);

  // The wish stands in a request of its own, and the key gets its certificate again.
  await proxy.call('ta.cancelRequest', { reason: 'it was answered before the restore' });
  const anew = await makeRequest(proxy);
  proxy.clock.advance(60_000);
  signer.clock.advance(60_000);
  expect((await openRequest(signer, anew)).view.canSign).toBe(true);
  await take(proxy, await answeredBy(proxy, signer, anew));
  expect(await proxyOf(proxy)).toMatchObject({ signer: { number: '3', issued: 1 }, warnings: [] });
  expect(await localOf(proxy, 'online')).toMatchObject({ step: 'running', warnings: [] });
  expect(manifest()).not.toEqual(out);
  await expect(openResponse(proxy, response)).rejects.toThrow(/already processed|withdrawn/);
});
