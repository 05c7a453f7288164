/** A server of ta.cer that no authority vouches for: its certificate shown, compared and pinned for one host and port, removed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { endServers, nodeNet, serve } from '../../testing/test-net.ts';
import { exportTo, setUpSigner } from '../../testing/test-signer.ts';
import { type TestTls, testTls } from '../../testing/test-tls.ts';
import { serverOfUri } from './server-of-uri.ts';

let app: TestApp;
let certificate: Uint8Array;
beforeEach(async () => {
  certificate = new Uint8Array();
  app = await testApp({ net: nodeNet });
  await app.create('online');
});
afterEach(async () => {
  await app.remove();
  await endServers();
});

const host = (tls: TestTls, port = 0) =>
  serve({ tls, port }, async () => ({ status: 200, body: certificate }));
const lastAudit = async () => (await app.call('audit.list', { limit: 1 })).rows[0];
/** What is found at `uri`. */
async function found(uri: string) {
  const id = await app.result(await app.call('ta.checkPublic', {}));
  const { findings } = await app.call('ta.publicFindings', { id });
  return findings.filter((finding) => finding.uri === uri);
}

test('its certificate is shown, and believed at that host and port once it is compared', async () => {
  const tls = testTls();
  const [one, other] = [await host(tls), await host(tls)];
  const [uri, elsewhere] = [`${one.url}ta.cer`, `${other.url}ta.cer`];
  const server = one.url.replace(/\/$/, '');
  await setUpSigner(app, { https: `${uri}\n${elsewhere}`, rsync: 'rsync://localhost/ta/ta.cer' });
  const path = join(app.folder, 'ta.cer');
  await exportTo(app, 'certificate', path);
  certificate = new Uint8Array(readFileSync(path));

  const [unseen] = await found(uri);
  expect(unseen).toMatchObject({ ok: false, shown: { server, sha256: tls.sha256 } });
  expect(unseen?.text).toMatch(
    / vouches for the certificate of .* \(it is self-signed\), so nothing was fetched: compare the fingerprint .* pin it here\.$/,
  );

  const pin = (typed: string) => app.call('ta.pinPublic', { server: uri, pin: typed });
  for (const typed of ['', tls.sha256.slice(0, 32), 'AB'.repeat(32)])
    await expect(pin(typed)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(await lastAudit()).toMatchObject({ action: 'ta.pinPublic', outcome: 'refused' });
  expect(await app.call('ta.publicPins', {})).toEqual({ pins: [] });
  expect((await found(uri))[0]?.ok).toBe(false);

  await pin(tls.sha256.toLowerCase().replaceAll(/(..)(?=.)/g, '$1:'));
  expect(await lastAudit()).toMatchObject({ action: 'ta.pinPublic', outcome: 'done' });
  expect(await app.call('ta.publicPins', {})).toMatchObject({ pins: [{ server, sha256: tls.sha256 }] });
  expect((await found(uri)).map(({ ok, text }) => `${ok} ${text}`)).toContain(
    'true It is the present certificate, octet by octet.',
  );
  // The same certificate at another port is not what was compared.
  expect(await found(elsewhere)).toMatchObject([{ ok: false, shown: { sha256: tls.sha256 } }]);

  // Another one at the same place is not believed any more, and shown.
  await one.close();
  const next = testTls();
  await host(next, one.port);
  expect(await found(uri)).toMatchObject([
    {
      ok: false,
      shown: { server, sha256: next.sha256 },
      text: expect.stringMatching(/another certificate than the pinned one/) as string,
    },
  ]);
  await pin(next.sha256);
  expect((await app.call('ta.publicPins', {})).pins).toHaveLength(1);
  expect((await found(uri))[0]?.ok).toBe(true);

  await app.call('ta.unpinPublic', { server });
  expect(await lastAudit()).toMatchObject({ action: 'ta.unpinPublic', outcome: 'done' });
  expect((await found(uri))[0]?.ok).toBe(false);
  await expect(app.call('ta.unpinPublic', { server })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a server is a host and a port, however it is written', () => {
  expect(serverOfUri('https://RPKI.example.net/ta/ta.cer')).toBe('https://rpki.example.net:443');
  expect(serverOfUri('https://rpki.example.net:443/x')).toBe('https://rpki.example.net:443');
  expect(serverOfUri('https://[::1]:8443/x')).toBe('https://[::1]:8443');
  for (const none of ['http://rpki.example.net/', 'rsync://rpki.example.net/ta/ta.cer', 'no address'])
    expect(serverOfUri(none)).toBeNull();
});
