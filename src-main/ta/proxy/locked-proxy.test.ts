import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import { ask as get } from '../../testing/test-net.ts';
import { testKey } from '../../testing/test-proxy.ts';
import {
  addChild,
  answeredBy,
  associatedHalves,
  endHalves,
  makeRequest,
  proxyFileOf,
  proxyOf,
  take,
} from '../../testing/test-proxy-app.ts';
import { servedChild } from '../../testing/test-served-child.ts';

let proxy: TestApp;
let signer: TestApp;
beforeEach(async () => {
  ({ proxy, signer } = await associatedHalves());
});
afterEach(endHalves);

test(
  'with the workspace locked: 503, or answered by choice and told to the proxy afterwards',
  { timeout: 240_000 },
  async () => {
    const { child, key, send } = await servedChild(proxy);
    const { uris } = await proxy.call('ta.service', {});
    const cer = await proxyFileOf(proxy, 'certificate');
    const wish = await child.issue(key, 'rsync://child.example.net/repo/one/');
    await proxy.call('workspace.lock', {});
    expect((await send(await child.message({ type: 'list' }, proxy.clock.now()))).status).toBe(503);
    expect(await proxy.call('ta.serving', {})).toEqual({ running: true, lockedUntil: null });
    // ta.cer and the TAL are public, and handed out without any key.
    const { certificate, tal } = uris;
    const served = await get(certificate, { maxBytes: 9999 });
    expect(served.status).toBe(200);
    expect(Buffer.from(served.body)).toEqual(cer);
    expect(Buffer.from((await get(tal)).body).toString('utf8')).toContain('ta.cer');
    await proxy.later(1000);
    await proxy.call('ta.serveLocked', { hours: 2 });
    const until = new Date(proxy.clock.now().getTime() + 2 * 3_600_000).toISOString();
    await proxy.call('workspace.lock', {});
    expect(await proxy.call('ta.serving', {})).toEqual({ running: true, lockedUntil: until });
    proxy.clock.advance(1000);
    expect((await send(await child.message(wish, proxy.clock.now()))).status).toBe(200);
    await proxy.later(1000);
    expect((await proxyOf(proxy)).children[0]?.keys).toMatchObject([{ keyId: key.keyId, state: 'asked' }]);
    // What was sent before is refused while it is locked as well, and changes nothing afterwards.
    await proxy.call('ta.serveLocked', { hours: 2 });
    await proxy.call('workspace.lock', {});
    const early = await child.message({ type: 'list' }, new Date(proxy.clock.now().getTime() - 120_000));
    expect((await send(early)).status).toBe(400);
    await proxy.later(1000);
    // Another workspace hears nothing of it.
    await proxy.call('ta.serveLocked', { hours: 2 });
    await proxy.call('workspace.lock', {});
    proxy.clock.advance(1000);
    const other = await child.issue(testKey(), 'rsync://child.example.net/repo/one/');
    expect((await send(await child.message(other, proxy.clock.now()))).status).toBe(200);
    const mine = (await proxy.call('workspace.recent', {})).rows[0]?.id ?? '';
    await proxy.create('online', 'Another');
    await proxy.result(await proxy.call('ta.proxyInit', {}));
    await addChild(proxy, child.requestXml, child.handle);
    expect((await proxyOf(proxy)).children[0]?.keys).toEqual([]);
    await proxy.call('workspace.openRecent', { id: mine });
    await proxy.later(1000);
    await proxy.call('ta.startService', {});
    await proxy.call('ta.serveLocked', { hours: 1 });
    await proxy.call('workspace.lock', {});
    proxy.clock.advance(2 * 3_600_000);
    expect((await send(await child.message({ type: 'list' }, proxy.clock.now()))).status).toBe(503);
    // Another workspace: what listened for the first one is gone, and is not shown as running.
    await proxy.create('online', 'A third');
    expect(await proxy.call('ta.serving', {})).toEqual({ running: false, lockedUntil: null });
    expect((await proxy.call('ta.service', {})).running).toBeNull();
  },
);

test('what was heard before a lock is heard no second time after it', { timeout: 240_000 }, async () => {
  const { child, key, send, ask } = await servedChild(proxy);
  const wish = await child.issue(key, 'rsync://child.example.net/repo/one/');
  await ask(wish);
  const request = await makeRequest(proxy, false);
  proxy.clock.advance(1000);
  // A clock that is ahead: its message is signed after the workspace is opened again.
  const poll = await child.message(wish, new Date(proxy.clock.now().getTime() + 120_000));
  expect((await send(poll)).status).toBe(200);
  const heardAt = (await proxyOf(proxy)).children[0]?.lastContactAt;
  await proxy.call('ta.serveLocked', { hours: 1 });
  await proxy.call('workspace.lock', {});
  expect((await send(poll)).status).toBe(400);
  proxy.clock.advance(1000);
  const list = await child.message({ type: 'list' }, new Date(proxy.clock.now().getTime() + 180_000));
  expect((await send(list)).status).toBe(200);
  await proxy.later(1000);
  expect((await proxyOf(proxy)).children[0]?.lastContactAt).not.toBe(heardAt);
  await take(proxy, await answeredBy(proxy, signer, request));
  for (const bytes of [poll, list]) expect((await send(bytes)).status).toBe(400);
  proxy.clock.advance(180_000);
  expect(await ask(wish)).toMatchObject({ type: 'issue_response' });
});

test('a message from before the workspace was opened is refused, and one from the future', async () => {
  const { child, send } = await servedChild(proxy);
  const before = await child.message({ type: 'list' }, proxy.clock.now());
  await proxy.call('workspace.lock', {});
  await proxy.later(60_000);
  expect((await send(before)).status).toBe(400);
  const future = await child.message({ type: 'list' }, new Date(proxy.clock.now().getTime() + 240_000));
  expect((await send(future)).status).toBe(200);
});
