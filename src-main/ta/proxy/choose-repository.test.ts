import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import {
  associateWith,
  BASE,
  chosenFolder,
  endHalves,
  initProxy,
  NOTIFY,
  proxyFileOf,
  proxyOf,
  signerFor,
  twoHalves,
} from '../../testing/test-proxy-app.ts';

let proxy: TestApp;
let signer: TestApp;
let folder: string;
beforeEach(async () => {
  ({ proxy, signer, folder } = await twoHalves());
});
afterEach(endHalves);

async function choose(notify: string | null, base = BASE): Promise<void> {
  await proxy.call('ta.proxyFolder', { folder: await chosenFolder(proxy, folder), base, notify });
}

test('a notification that is a folder is refused at its field, and nothing is chosen', async () => {
  await proxy.result(await proxy.call('ta.proxyInit', {}));
  for (const notify of ['https://rpki.example.net/rrdp/', 'https://rpki.example.net/rrdp'])
    await expect(choose(notify)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      reply: { details: { fields: [{ path: 'notify' }] } },
    });
  expect((await proxyOf(proxy)).repository).toBeNull();
});

test("a server's answer with such a one is refused when it is read", async () => {
  await initProxy(proxy, folder);
  const answer = (await proxyFileOf(proxy, 'repo-res')).toString('utf8').replace('notification.xml', '');
  const blob = await proxy.blob('repo-res.xml', Buffer.from(answer), 'transfer');
  await expect(proxy.call('ta.readRepository', { blob })).rejects.toThrow(/no https URI of a file in \.xml/);
});

test('until a signer is associated another one can be chosen; a signer of the one before is refused', async () => {
  await initProxy(proxy, folder, 'https://rpki.example.net/other/notification.xml');
  await signerFor(proxy, signer);
  await choose(NOTIFY);
  expect((await proxyOf(proxy)).repository).toMatchObject({ base: BASE, notify: NOTIFY });
  expect((await proxyFileOf(proxy, 'proxy-repo')).toString('utf8')).toContain(NOTIFY);
  await expect(associateWith(proxy, signer)).rejects.toThrow(
    /RRDP notification is .*other.*another proxy-repo\.json/s,
  );
  await choose('https://rpki.example.net/other/notification.xml');
  await associateWith(proxy, signer);
  await expect(choose(NOTIFY)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await proxyOf(proxy)).repository).toMatchObject({
    notify: expect.stringContaining('/other/') as string,
  });
  expect(readFileSync(join(folder, 'rrdp', 'notification.xml'), 'utf8')).toContain('<notification');
});
