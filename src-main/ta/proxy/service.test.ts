import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { ask } from '../../testing/test-net.ts';
import { initProxy, serveAt } from '../../testing/test-proxy-app.ts';

const PORT = 43_493;
const ROOT = `http://127.0.0.1:${PORT}`;
const HOUR_MS = 3_600_000;

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create('online', 'Proxy');
  mkdirSync(join(app.folder, 'published'));
  await initProxy(app, join(app.folder, 'published'));
});
afterEach(() => app.remove());

const serving = () => app.call('ta.serving', {});

test('what is said of it while the workspace is locked: whether it runs, and until when it goes on', async () => {
  expect(await serving()).toEqual({ running: false, lockedUntil: null });
  await serveAt(app, PORT);
  expect((await app.call('ta.service', {})).uris).toEqual({
    certificate: `${ROOT}/ta/ta.cer`,
    tal: `${ROOT}/ta/ta.tal`,
  });
  await app.call('workspace.lock', {});
  expect(await serving()).toEqual({ running: true, lockedUntil: null });
  expect((await ask(`${ROOT}/ta/ta.cer`)).status).toBe(503);
  await app.later(1000);
  await app.call('ta.serveLocked', { hours: 2 });
  const until = new Date(app.clock.now().getTime() + 2 * HOUR_MS).toISOString();
  await app.call('workspace.lock', {});
  expect(await serving()).toEqual({ running: true, lockedUntil: until });
  app.clock.advance(2 * HOUR_MS);
  expect(await serving()).toEqual({ running: true, lockedUntil: null });
});

test('what listened for one workspace is not shown as running in another, and nothing is said without one', async () => {
  await serveAt(app, PORT);
  await app.create('online', 'Another');
  expect(await serving()).toEqual({ running: false, lockedUntil: null });
  expect((await app.call('ta.service', {})).running).toBeNull();
  await expect(ask(`${ROOT}/ta/ta.cer`)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  await app.call('workspace.close', {});
  await expect(serving()).rejects.toMatchObject({ code: 'NO_WORKSPACE' });
});
