import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import type { NetHandler, Trust } from '../../../ports.ts';
import { ask, endServers, nodeNet, serve, serveRaw } from '../../../testing/test-net.ts';
import { testTls } from '../../../testing/test-tls.ts';

const TLS = testTls();
const echo: NetHandler = async ({ body }) => ({ status: 200, body });
afterEach(endServers);

describe('whom it believes', () => {
  test('the pinned certificate, whatever it is called', async () => {
    const other = testTls('DNS:somewhere.example');
    const { url } = await serve({ tls: other }, echo);
    const answer = await ask(url, { trust: { sha256: other.sha256 } });
    expect(answer.peer).toEqual(other.der);
  });

  test('an authority that is named, with the name of the host', async () => {
    const { url } = await serve({ tls: TLS }, echo);
    expect((await ask(url, { trust: { caPem: TLS.certPem } })).status).toBe(200);
    const other = testTls('DNS:somewhere.example');
    const wrong = await serve({ tls: other }, echo);
    await expect(ask(wrong.url, { trust: { caPem: other.certPem } })).rejects.toMatchObject({
      code: 'PEER_UNTRUSTED',
      details: { fingerprint: other.sha256, library: expect.stringContaining('ALTNAME') },
    });
  });

  test('nobody else, and not one octet of the request is sent', async () => {
    const seen: string[] = [];
    const server = createTlsServer({ key: TLS.keyPem, cert: TLS.certPem }, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        seen.push(String(bytes));
        socket.end('HTTP/1.1 204 No Content\r\n\r\n');
      });
    });
    const port = await serveRaw(server, () => undefined);
    const post = (trust: Trust) =>
      ask(`https://localhost:${port}/`, {
        trust,
        method: 'POST',
        body: Buffer.from('secret'),
        timeoutMs: 10_000,
      });
    for (const trust of ['system', { sha256: 'AB'.repeat(32) }, { caPem: testTls().certPem }] as const)
      await expect(post(trust)).rejects.toMatchObject({
        code: 'PEER_UNTRUSTED',
        message: expect.stringContaining('nothing was sent'),
        details: { fingerprint: TLS.sha256, subject: `localhost:${port}` },
      });
    expect((await post({ sha256: TLS.sha256 })).status).toBe(204);
    // What did arrive arrives before the server says that every connection has ended.
    const ended = once(server, 'close');
    server.close();
    await ended;
    expect(seen).toEqual([expect.stringContaining('POST / HTTP/1.1')]);
  });

  test('a look at the certificate sends nothing and believes nothing', async () => {
    const { url } = await serve({ tls: TLS }, async () => {
      throw new Error('it was asked');
    });
    expect(await nodeNet.peek(url, { timeoutMs: 10_000 })).toEqual(TLS.der);
    await expect(nodeNet.peek('http://127.0.0.1:1/', { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
