import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { kmipDevice } from '../../testing/kmip-device.ts';
import { endLater, endServers, serve, serveRaw } from '../../testing/test-net.ts';
import { testTls } from '../../testing/test-tls.ts';

const signal = new AbortController().signal;
afterEach(endServers);

describe('what is no KMIP server', () => {
  const TLS = testTls();
  const settings = async (port: number) =>
    (await fakeKmip()).settings({ port, connectTimeoutSeconds: 0.3, readTimeoutSeconds: 0.3 });
  const open = async (port: number) => kmipDevice(await settings(port)).open(signal);
  const tls = (say: string | Uint8Array): Promise<number> =>
    serveRaw(
      createTls({ key: TLS.keyPem, cert: TLS.certPem }, (socket) => {
        socket.on('error', () => undefined);
        socket.on('data', () => socket.write(say));
      }),
      () => undefined,
    );

  test('a port that nobody listens on', async () => {
    const port = await serveRaw(createServer(), () => undefined);
    await endServers();
    await expect(open(port)).rejects.toMatchObject({ trouble: 'unreachable', code: 'ECONNREFUSED' });
  });
  test('a port without TLS', async () => {
    const port = await serveRaw(createServer(), (socket) => socket.end('SSH-2.0-x\r\n'));
    await expect(open(port)).rejects.toMatchObject({ trouble: 'misconfigured', message: /speaks no TLS/ });
  });
  test('one that never says anything', async () => {
    const port = await serveRaw(createServer(), () => undefined);
    await expect(open(port)).rejects.toMatchObject({ trouble: 'unreachable', message: /within 0.3 seconds/ });
  });
  test('a web server', async () => {
    const { port } = await serve({ tls: TLS }, async () => ({ status: 200 }));
    await expect(open(port)).rejects.toMatchObject({ trouble: 'misconfigured', code: 'NO_KMIP' });
  });
  test.each([
    ['garbage', Buffer.alloc(64, 0x99)],
    ['TTLV that is no response', Buffer.from('42007801000000084200770100000000', 'hex')],
    [
      'a response that ends too soon within',
      Buffer.from('42007b0100000010420069020000000400000001ffffffff', 'hex'),
    ],
  ])('%s', async (_what, octets) => {
    await expect(open(await tls(octets))).rejects.toMatchObject({
      trouble: 'misconfigured',
      code: 'NO_KMIP',
    });
  });
  test('an answer that is too large is refused by its announced length', async () => {
    await expect(open(await tls(Buffer.from('42007b0140000000', 'hex')))).rejects.toMatchObject({
      trouble: 'refused',
      code: 'RESPONSE_TOO_LARGE',
      message: /max_response_bytes/,
    });
  });
  test('an answer that drips', async () => {
    const port = await serveRaw(
      createTls({ key: TLS.keyPem, cert: TLS.certPem }, (socket) => {
        socket.on('error', () => undefined);
        socket.write(Buffer.from('42007b0100001000', 'hex'));
        const timer = setInterval(() => socket.write('\0'), 50);
        endLater(() => clearInterval(timer));
      }),
      () => undefined,
    );
    await expect(open(port)).rejects.toMatchObject({ trouble: 'unreachable' });
  });
  test('a server of another authority, and of another certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'baleen-kmip-'));
    endLater(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'other.crt');
    writeFileSync(path, TLS.certPem);
    expect(readFileSync(path, 'utf8')).toBe(TLS.certPem);
    const server = await fakeKmip();
    for (const [files, code] of [
      [{}, 'PEER_UNTRUSTED'],
      [{ serverCaCertPath: path }, 'PEER_UNTRUSTED'],
      [{ serverCertPath: path }, 'PEER_CHANGED'],
    ] as const)
      await expect(
        kmipDevice(server.settings({ insecure: false, ...files })).open(signal),
      ).rejects.toMatchObject({
        trouble: 'misconfigured',
        code,
        message: /nothing was sent/,
      });
    expect(server.asked).toEqual([]);
  });
});
