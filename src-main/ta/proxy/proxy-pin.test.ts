import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { endServers, serve } from '../../testing/test-net.ts';
import { BASE, initProxy, proxyFileOf, proxyOf } from '../../testing/test-proxy-app.ts';
import { testTls } from '../../testing/test-tls.ts';

const TLS = testTls();
const WRONG = 'AB'.repeat(32);

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create('online');
});
afterEach(async () => {
  await app.remove();
  await endServers();
});

/** repo-res.xml of a server at `url`. */
async function answerOf(url: string): Promise<Buffer> {
  const other = await testApp();
  try {
    await other.create('online');
    const folder = join(other.folder, 'published');
    mkdirSync(folder);
    await initProxy(other, folder);
    const xml = (await proxyFileOf(other, 'repo-res')).toString('utf8');
    return Buffer.from(xml.replace(/service_uri="[^"]*"/, `service_uri="${url}"`));
  } finally {
    await other.remove();
  }
}

test('a wrong and a missing pin are told before the repository is taken, and mended afterwards', async () => {
  const listener = await serve({ tls: TLS }, async () => ({ status: 405 }));
  const server = `https://localhost:${listener.port}/rfc8181/ta/`;
  const answer = await answerOf(server);
  const blob = (): Promise<string> => app.blob('repo-res.xml', answer, 'transfer');
  await app.result(await app.call('ta.proxyInit', {}));
  await expect(app.call('ta.proxyPin', { pin: null })).rejects.toThrow(/through no server/);

  expect(await app.call('ta.readRepository', { blob: await blob() })).toMatchObject({
    name: 'repo-res.xml',
    base: BASE,
    serviceUri: server,
  });
  await expect(
    app.call('ta.readRepository', { blob: await app.blob('x.json', Buffer.from('{}'), 'transfer') }),
  ).rejects.toThrow(/^x.json is .*; wanted is /);

  const tried = (pin: string | null) => app.call('ta.tryServer', { server, pin });
  expect(await tried(WRONG)).toMatchObject({ ok: false, text: expect.stringMatching(/another certificate/) });
  expect(await tried(null)).toMatchObject({ ok: false, text: expect.stringMatching(/No public authority/) });
  expect(await tried(TLS.sha256)).toMatchObject({ ok: true });

  await app.call('ta.proxyRepository', { blob: await blob(), pin: WRONG });
  const refused = app.call('ta.proxyPin', { pin: 'CD'.repeat(32) });
  await expect(refused).rejects.toMatchObject({ reply: { details: { fields: [{ path: 'pin' }] } } });
  expect((await proxyOf(app)).repository?.target).toEqual({ kind: 'server', pin: WRONG });
  await app.call('ta.proxyPin', { pin: TLS.sha256.replaceAll(/(..)(?=.)/g, '$1:').toLowerCase() });
  expect((await proxyOf(app)).repository?.target).toEqual({ kind: 'server', pin: TLS.sha256 });

  await listener.close();
  expect(await tried(TLS.sha256)).toMatchObject({ ok: null });
  await expect(app.call('ta.proxyPin', { pin: null })).rejects.toMatchObject({ code: 'UNREACHABLE' });
});
