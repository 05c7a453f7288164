import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NetHandler } from '../../ports.ts';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { ask, nodeNet } from '../../testing/test-net.ts';
import { initProxy } from '../../testing/test-proxy-app.ts';
import { startService } from '../../testing/test-service.ts';
import { wizard } from '../../testing/test-wizard.ts';

const HOUR_MS = 3_600_000;

let app: TestApp;
/** What the listener answers to a call, whoever it is from. */
let handler: NetHandler;
beforeEach(async () => {
  app = await testApp({
    net: { ...nodeNet, listen: (options, answers) => nodeNet.listen(options, (handler = answers)) },
  });
  await app.create('online', 'Proxy');
  mkdirSync(join(app.folder, 'published'));
  await initProxy(app, join(app.folder, 'published'));
});
afterEach(() => app.remove());

const serving = () => app.call('ta.serving', {});

test('what is said of it while the workspace is locked: whether it runs, and until when it goes on', async () => {
  expect(await serving()).toEqual({ running: false, lockedUntil: null });
  const root = await startService(app);
  expect((await app.call('ta.service', {})).uris).toEqual({
    certificate: `${root}/ta/ta.cer`,
    tal: `${root}/ta/ta.tal`,
  });
  await app.call('workspace.lock', {});
  expect(await serving()).toEqual({ running: true, lockedUntil: null });
  // There is no signer yet, which takes no secret to say; children are told to come again.
  expect((await ask(`${root}/ta/ta.cer`)).status).toBe(404);
  expect((await ask(`${root}/rfc6492/ta/online`, { method: 'POST' })).status).toBe(503);
  await app.later(1000);
  await app.call('ta.serveLocked', { hours: 2 });
  const until = new Date(app.clock.now().getTime() + 2 * HOUR_MS).toISOString();
  await app.call('workspace.lock', {});
  expect(await serving()).toEqual({ running: true, lockedUntil: until });
  app.clock.advance(2 * HOUR_MS);
  expect(await serving()).toEqual({ running: true, lockedUntil: null });
});

test('what listened for one workspace is not shown as running in another, and nothing is said without one', async () => {
  const root = await startService(app);
  await app.create('online', 'Another');
  expect(await serving()).toEqual({ running: false, lockedUntil: null });
  expect((await app.call('ta.service', {})).running).toBeNull();
  await expect(ask(`${root}/ta/ta.cer`)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  await app.call('workspace.close', {});
  await expect(serving()).rejects.toMatchObject({ code: 'NO_WORKSPACE' });
});

test('what res.xml says to a child is said before it is written, with what stands in its way', async () => {
  const address = () => app.call('ta.childAddress', { handle: 'a/b' });
  const settings = { host: '127.0.0.1', port: 3492, publicUri: null, certificate: null };
  await app.call('ta.setService', settings);
  expect(await address()).toEqual({
    uri: 'http://127.0.0.1:3492/rfc6492/ta/a%2Fb',
    remarks: [
      expect.stringMatching(/^Only this machine finds that address: give the public URI/),
      'Nobody answers there now: start serving.',
    ],
  });
  await app.call('ta.setService', { ...settings, host: '0.0.0.0' });
  expect(await address()).toMatchObject({
    uri: null,
    remarks: [expect.stringMatching(/Give the public URI/), 'Nobody answers there now: start serving.'],
  });
  const root = await startService(app);
  expect(await address()).toMatchObject({
    uri: `${root}/rfc6492/ta/a%2Fb`,
    remarks: [expect.stringMatching(/^Only this/)],
  });
  await app.call('ta.setService', { ...settings, publicUri: 'https://rpki.example.net/' });
  expect(await address()).toEqual({ uri: 'https://rpki.example.net/rfc6492/ta/a%2Fb', remarks: [] });
  await app.call('ta.setService', { ...settings, publicUri: 'https://[::1]:3000/' });
  expect((await address()).remarks).toHaveLength(1);
});

test('callers are counted by address, IPv6 by /64, IPv4 however it came', async () => {
  await startService(app);
  const status = async (client: string): Promise<number> => {
    const call = { method: 'GET', path: '/ta/ta.cer', headers: {}, body: new Uint8Array(), client };
    return (await handler(call)).status;
  };
  const statuses = async (clientOf: (at: number) => string): Promise<number[]> => {
    const found = new Set<number>();
    for (let at = 0; at < 70; at += 1) found.add(await status(clientOf(at)));
    return [...found];
  };
  expect(await statuses((at) => `2001:db8:1:2::${at.toString(16)}`)).toEqual([404, 429]);
  expect(await status('2001:db8:1:2:ffff::1')).toBe(429);
  expect(await status('2001:db8:1:3::1')).toBe(404);
  expect(await statuses((at) => (at % 2 === 0 ? '192.0.2.7' : '::ffff:192.0.2.7'))).toEqual([404, 429]);
  expect(await status('192.0.2.8')).toBe(404);
  expect(await status('::ffff:192.0.2.8')).toBe(404);
});

test('with TLS it rests while the workspace is locked, for it has a key, and listens again after it; by choice it goes on', async () => {
  const { leaf } = await wizard(app).chain();
  const root = await startService(app, leaf);
  const answers = async (): Promise<boolean> => {
    try {
      // Whoever it is: the certificate that it shows is enough.
      await nodeNet.peek(`${root}/`, { timeoutMs: 5000 });
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'UNREACHABLE' });
      return false;
    }
  };
  const running = async () => (await app.call('ta.service', {})).running;
  expect(await running()).toMatchObject({ tls: true });
  await app.call('workspace.lock', {});
  expect(await answers()).toBe(false);
  expect(await serving()).toEqual({ running: false, lockedUntil: null });
  await app.later(1000);
  // What follows an unlocking is waited for by nobody.
  await expect.poll(running).toMatchObject({ tls: true, answered: 0 });
  expect(await answers()).toBe(true);

  await app.call('ta.serveLocked', { hours: 1 });
  await app.call('workspace.lock', {});
  expect(await answers()).toBe(true);
  // The time is over: the key goes, whether anybody asks or not.
  app.clock.advance(HOUR_MS);
  await expect.poll(answers).toBe(false);
  await app.later(1000);
  await expect.poll(answers).toBe(true);

  // Somebody else took the port meanwhile: it is off, and the audit says why.
  await app.call('workspace.lock', {});
  const other = await nodeNet.listen(
    { host: '127.0.0.1', port: Number(new URL(root).port), tls: null, maxBodyBytes: 1 },
    async () => ({ status: 200 }),
  );
  try {
    await app.later(1000);
    const last = async () => (await app.call('audit.list', { action: 'ta.startService', limit: 1 })).rows[0];
    await expect.poll(async () => (await last())?.outcome).toBe('failed');
    expect(await running()).toBeNull();
    expect(await last()).toMatchObject({
      summary: expect.stringMatching(/does not listen again after the lock/) as string,
    });
  } finally {
    await other.close();
  }
});

test('a client that knows the root alone connects: the listener sends its certificate with its issuers', async () => {
  const { root, intermediate, leaf } = await wizard(app).chain();
  const { port } = new URL(await startService(app, leaf));
  const pemOf = async (id: string): Promise<string> => (await app.call('ca.pem', { id, what: 'pem' })).pem;
  const anchor = join(app.folder, 'root.pem');
  writeFileSync(anchor, await pemOf(root));
  const at = String(Math.floor(app.clock.now().getTime() / 1000));
  const checks = ['-verify_return_error', '-verify_hostname', 'localhost', '-attime', at, '-showcerts'];
  const asking = promisify(execFile)(
    'openssl',
    ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', anchor, ...checks],
    { timeout: 20_000 },
  );
  asking.child.stdin?.end();
  const { stdout } = await asking;
  expect(stdout).toContain('Verify return code: 0 (ok)');
  const sent = stdout.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const same = (pem: string): string => pem.replaceAll(/\s/g, '');
  expect(sent.map(same)).toEqual([same(await pemOf(leaf)), same(await pemOf(intermediate))]);
});
