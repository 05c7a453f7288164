/** A client certificate that is over is told as the cause of what the server refuses, not the authority that it is of. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { doctored } from '../../testing/doctored.ts';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { testAuthority } from '../../testing/issued-tls.ts';
import { endServers, nodeNet, serveRaw } from '../../testing/test-net.ts';
import { testTls } from '../../testing/test-tls.ts';
import { testTools } from '../../testing/softhsm.ts';
import { kmipLooks } from './kmip-looks.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'baleen-client-'));
});
afterEach(endServers);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DAY_MS = 86_400_000;

/** Against a server that refuses the client certificate, so many days from now. */
async function refused(maxVersion: 'TLSv1.2' | 'TLSv1.3', days: number) {
  const { certPem, keyPem } = testTls();
  const { certPem: ca } = testAuthority(folder, 'clients');
  const wants = { requestCert: true, rejectUnauthorized: true, ca, maxVersion };
  const server = createServer({ key: keyPem, cert: certPem, ...wants });
  server.on('tlsClientError', () => undefined);
  const port = await serveRaw(server, () => undefined);
  const issued = testAuthority(folder, 'others').issue('client', 'clientAuth');
  const pair = { clientCertPath: issued.certPath, clientCertPrivateKeyPath: issued.keyPath };
  const settings = { ...(await fakeKmip()).settings(), ...pair, port, insecure: true };
  const clock = { ...testTools.clock, now: () => new Date(Date.now() + days * DAY_MS) };
  return doctored(settings, {
    makeLooks: (signal) => kmipLooks({ net: nodeNet, clock, settings, signal, name: 'My signer' }),
  });
}

test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: one that ended is the cause', async (version) => {
  const { line, lines } = await refused(version, 60);
  expect(line('files').state).toBe('careful');
  const bad = lines.find(({ state }) => state === 'bad');
  expect(bad?.text).toMatch(/^Your client certificate ended on \d{4}-\d\d-\d\d\. Have a new one issued\.$/);
  expect(bad?.fix).toBe('Have a new client certificate issued, and name it under Signers.');
});

test('one that is not valid yet is the cause', async () => {
  const { lines } = await refused('TLSv1.2', -3);
  expect(lines.find(({ state }) => state === 'bad')?.text).toMatch(
    /^Your client certificate is not valid before \d{4}-\d\d-\d\d\./,
  );
});

test('one that is valid now leaves the cause to the server', async () => {
  const { lines } = await refused('TLSv1.2', 0);
  expect(lines.find(({ state }) => state === 'bad')?.text).not.toMatch(/ended on|not valid before/);
});
