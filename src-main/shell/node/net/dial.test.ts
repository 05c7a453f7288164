import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlain } from 'node:net';
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { NetDial } from '../../../ports.ts';
import { freePort } from '../../../testing/krill.ts';
import { endLater, endServers, nodeNet, serveRaw } from '../../../testing/test-net.ts';
import { testTls } from '../../../testing/test-tls.ts';

const TLS = testTls();
const CLIENT = testTls('DNS:client');
afterEach(endServers);

/** A TLS server; answers its port. */
function tlsServer(each: (socket: TLSSocket) => void, options: TlsOptions = {}): Promise<number> {
  const server = createTlsServer({ key: TLS.keyPem, cert: TLS.certPem, ...options }, (socket) => {
    socket.on('error', () => undefined);
    each(socket);
  });
  server.on('tlsClientError', () => undefined);
  return serveRaw(server, () => undefined);
}

/** OpenSSL's own server, which sends alerts as the others do that are built on it; it wants CLIENT's certificate. */
async function strictServer(version: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-dial-'));
  endLater(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'server.pem'), TLS.keyPem + TLS.certPem);
  writeFileSync(join(folder, 'client.pem'), CLIENT.certPem);
  const port = await freePort();
  const server = spawn(
    'openssl',
    [
      ...['s_server', '-accept', `127.0.0.1:${port}`, version, '-cert', join(folder, 'server.pem')],
      ...['-Verify', '1', '-verify_return_error', '-CAfile', join(folder, 'client.pem')],
    ],
    // It ends when its input does.
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  endLater(() => server.kill('SIGKILL'));
  await new Promise<void>((ready) => {
    server.stdout.on('data', (said: Buffer) => {
      if (said.includes('ACCEPT')) ready();
    });
  });
  return port;
}

const dial = (port: number, more: Partial<NetDial> = {}) =>
  nodeNet.dial({
    host: '127.0.0.1',
    port,
    trust: { caPem: TLS.certPem },
    client: null,
    timeoutMs: 10_000,
    ...more,
  });

describe('dial', () => {
  test('carries octets both ways and sees the end', async () => {
    const port = await tlsServer((socket) => {
      socket.on('data', (bytes) => socket.end(Buffer.concat([Buffer.from('>'), bytes])));
    });
    const stream = await dial(port);
    expect(stream.peer).toEqual(TLS.der);
    await stream.write(Buffer.from('hello'));
    const got: Uint8Array[] = [];
    for (let part = await stream.read(); part !== null; part = await stream.read()) got.push(part);
    expect(Buffer.concat(got).toString()).toBe('>hello');
    stream.close();
    await expect(stream.read()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(stream.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  test('a read that waits ends with close', async () => {
    const stream = await dial(await tlsServer(() => undefined));
    const waiting = expect(stream.read()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    stream.close();
    await waiting;
  });

  test('believes whom it was told to', async () => {
    const port = await tlsServer(() => undefined);
    await expect(dial(port, { trust: 'system' })).rejects.toMatchObject({
      code: 'PEER_UNTRUSTED',
      details: { fingerprint: TLS.sha256 },
    });
    await expect(dial(port, { trust: { sha256: 'AB'.repeat(32) } })).rejects.toMatchObject({
      code: 'PEER_UNTRUSTED',
    });
    for (const trust of [{ sha256: TLS.sha256 }, 'any'] as const) (await dial(port, { trust })).close();
  });

  test('shows its client certificate', async () => {
    const options = { requestCert: true, ca: CLIENT.certPem };
    const port = await tlsServer(
      (socket) => socket.end(socket.getPeerX509Certificate()?.subject ?? ''),
      options,
    );
    const stream = await dial(port, { client: CLIENT });
    expect(Buffer.from((await stream.read()) ?? []).toString()).toBe('CN=test');
  });

  test.each(['-tls1_2', '-tls1_3'])(
    'a client certificate that is turned away is told as that: %s',
    async (version) => {
      const port = await strictServer(version);
      for (const client of [TLS, null]) {
        const refused = async () => {
          const stream = await dial(port, { client });
          await stream.read();
        };
        await expect(refused()).rejects.toMatchObject({ code: 'PEER_REFUSED' });
      }
    },
  );

  test('a pair that does not fit is refused before anything is sent', async () => {
    const port = await tlsServer(() => undefined);
    const client = { certPem: CLIENT.certPem, keyPem: TLS.keyPem };
    await expect(dial(port, { client })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('is not there, is no TLS, is silent, is given up', { timeout: 20_000 }, async () => {
    const closed = await serveRaw(createPlain(), () => undefined);
    await endServers();
    await expect(dial(closed)).rejects.toMatchObject({ code: 'UNREACHABLE', message: /Nothing answers/ });
    const plain = await serveRaw(createPlain(), (socket) => socket.end('SSH-2.0-server\r\n'));
    await expect(dial(plain)).rejects.toMatchObject({ code: 'UNREACHABLE', message: /speaks no TLS/ });
    const silent = await serveRaw(createPlain(), () => undefined);
    await expect(dial(silent, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: /within 0.05 seconds/,
    });
    const abort = new AbortController();
    const waiting = expect(dial(silent, { signal: abort.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    abort.abort();
    await waiting;
  });
});
