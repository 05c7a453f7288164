import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import {
  associateWith,
  BASE,
  chosenFolder,
  endHalves,
  initProxy,
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

test('a folder with files of others is refused when it is chosen; another folder can be taken later, for the same base', async () => {
  writeFileSync(join(folder, 'important.txt'), 'mine');
  await expect(initProxy(proxy, folder)).rejects.toThrow(/not published from here: important.txt/);
  expect((await proxyOf(proxy)).repository).toBeNull();
  rmSync(join(folder, 'important.txt'));
  await proxy.call('ta.proxyFolder', { folder: await chosenFolder(proxy, folder), base: BASE, notify: null });
  await signerFor(proxy, signer);
  await associateWith(proxy, signer);
  const [full, other] = [join(proxy.folder, 'full'), join(proxy.folder, 'other')];
  for (const path of [full, other]) mkdirSync(path);
  writeFileSync(join(full, 'notes'), '');
  await expect(proxy.call('ta.proxyFolderMove', { folder: await chosenFolder(proxy, full) })).rejects.toThrow(
    /: notes\./,
  );
  await proxy.call('ta.proxyFolderMove', { folder: await chosenFolder(proxy, other) });
  const view = await proxyOf(proxy);
  expect(view).toMatchObject({ repository: { base: BASE, target: { path: other } }, warnings: [] });
  expect(readdirSync(join(other, 'rsync')).toSorted()).toEqual(readdirSync(join(folder, 'rsync')).toSorted());
  const { rows } = await proxy.call('audit.list', { limit: 2 });
  expect(rows.map(({ action }) => action)).toEqual(['ta.publish', 'ta.proxyFolderMove']);
});

test('a folder that vanished is not made anew in silence; it can be chosen again on purpose', async () => {
  await initProxy(proxy, folder);
  await signerFor(proxy, signer);
  await associateWith(proxy, signer);
  const away = `${folder}-unmounted`;
  renameSync(folder, away);
  const publish = async () => proxy.result(await proxy.call('ta.publish', {}));
  await expect(publish()).rejects.toThrow(
    /published, which was published into, is not there any more: mount/,
  );
  expect(existsSync(folder)).toBe(false);
  renameSync(away, folder);
  await publish();
  expect((await proxyOf(proxy)).warnings).toEqual([]);
  // The disk is lost for good: the empty one in its place is taken by choosing it.
  renameSync(folder, away);
  mkdirSync(folder);
  await expect(publish()).rejects.toThrow(/is empty now: mount it/);
  await proxy.call('ta.proxyFolderMove', { folder: await chosenFolder(proxy, folder) });
  expect(await proxyOf(proxy)).toMatchObject({ published: { number: '1' }, warnings: [] });
  expect(readdirSync(join(folder, 'rsync')).toSorted()).toEqual(readdirSync(join(away, 'rsync')).toSorted());
});
