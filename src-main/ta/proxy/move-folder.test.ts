import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import {
  associate,
  BASE,
  endHalves,
  initProxy,
  proxyOf,
  signerFor,
  signerInfoOf,
  twoHalves,
} from '../../testing/test-proxy-app.ts';
import { signerOf } from '../../testing/test-signer.ts';

let proxy: TestApp;
let signer: TestApp;
let folder: string;
beforeEach(async () => {
  ({ proxy, signer, folder } = await twoHalves());
});
afterEach(endHalves);

test('a folder with files of others is refused when it is chosen; another folder can be taken later, for the same base', async () => {
  writeFileSync(join(folder, 'important.txt'), 'mine');
  await expect(initProxy(proxy, folder)).rejects.toThrow(/not published from here: important.txt/);
  expect((await proxyOf(proxy)).repository).toBeNull();
  rmSync(join(folder, 'important.txt'));
  const chosen = async (path: string) => {
    proxy.places.push(path);
    return (await proxy.call('dialogs.folder', { purpose: 'export' })).chosen?.ticket ?? '';
  };
  await proxy.call('ta.proxyFolder', { folder: await chosen(folder), base: BASE, notify: null });
  await signerFor(proxy, signer);
  await associate(proxy, await signerInfoOf(signer), (await signerOf(signer)).identity.sha256);
  const [full, other] = [join(proxy.folder, 'full'), join(proxy.folder, 'other')];
  for (const path of [full, other]) mkdirSync(path);
  writeFileSync(join(full, 'notes'), '');
  await expect(proxy.call('ta.proxyFolderMove', { folder: await chosen(full) })).rejects.toThrow(/: notes\./);
  await proxy.call('ta.proxyFolderMove', { folder: await chosen(other) });
  const view = await proxyOf(proxy);
  expect(view).toMatchObject({ repository: { base: BASE, target: { path: other } }, warnings: [] });
  expect(readdirSync(join(other, 'rsync')).toSorted()).toEqual(readdirSync(join(folder, 'rsync')).toSorted());
  const { rows } = await proxy.call('audit.list', { limit: 2 });
  expect(rows.map(({ action }) => action)).toEqual(['ta.publish', 'ta.proxyFolderMove']);
});
