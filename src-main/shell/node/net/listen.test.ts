import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { NetHandler } from '../../../ports.ts';
import { ask, endServers, serve } from '../../../testing/test-net.ts';
import { testTls } from '../../../testing/test-tls.ts';

const TLS = testTls();
const echo: NetHandler = async ({ body }) => ({ status: 200, body });
afterEach(endServers);

describe('a listener', () => {
  test('is on the one address it was given, and nowhere else', async () => {
    const { port } = await serve({}, echo);
    const elsewhere = connect(port, '127.0.0.2');
    await expect(once(elsewhere, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    for (const host of ['', 'localhost', '*'])
      await expect(serve({ host }, echo)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(serve({ port }, echo)).rejects.toMatchObject({
      code: 'NOT_ALLOWED_NOW',
      message: `Port ${port} of 127.0.0.1 is taken by another program: choose another port.`,
    });
    await expect(serve({ host: '192.0.2.1' }, echo)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(
      serve({ tls: { keyPem: TLS.keyPem, certPem: testTls().certPem } }, echo),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'The TLS key and certificate of the listener do not fit: choose others.',
    });
  });

  test('refuses a large body before it reads it, and one of unknown length while it reads', async () => {
    let calls = 0;
    const { port, url } = await serve({ maxBodyBytes: 10 }, async () => {
      calls += 1;
      return { status: 200 };
    });
    const head = 'POST / HTTP/1.1\r\nHost: x\r\n';
    const says = async (text: string): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      socket.write(head + text);
      let said = '';
      socket.on('data', (bytes) => (said += String(bytes)));
      await once(socket, 'close');
      return said;
    };
    expect(await says('Content-Length: 11\r\n\r\n')).toMatch(/^HTTP\/1\.1 413 [\s\S]*too large/);
    expect(await says('Content-Length: 11\r\nExpect: 100-continue\r\n\r\n')).toMatch(/^HTTP\/1\.1 413 /);
    expect(await says('Transfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n')).toMatch(/^HTTP\/1\.1 413 /);
    expect(calls).toBe(0);
    expect((await ask(url, { method: 'POST', body: Buffer.alloc(10) })).status).toBe(200);
    expect(await says('Connection: close\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nok')).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /,
    );
    expect(calls).toBe(2);
  });

  test('says nothing of why its handler failed', async () => {
    const { url } = await serve({}, async () => {
      throw new Error('a secret');
    });
    const answer = await ask(url);
    expect(answer.status).toBe(500);
    expect(Buffer.from(answer.body).toString()).not.toContain('secret');
  });

  test('serves a bounded number of callers at once', async () => {
    const { port } = await serve({}, echo);
    const callers = Array.from({ length: 64 }, () => connect(port, '127.0.0.1'));
    await Promise.all(callers.map((socket) => once(socket, 'connect')));
    const oneMore = connect(port, '127.0.0.1');
    await once(oneMore, 'close');
    expect(callers.filter((socket) => socket.destroyed)).toEqual([]);
    for (const socket of callers) socket.destroy();
  });

  test.each([null, TLS])('ends with its connections, also those that wait for an answer', async (tls) => {
    const asked = Promise.withResolvers<void>();
    const { url, close } = await serve({ tls }, () => {
      asked.resolve();
      return new Promise(() => undefined);
    });
    const waiting = expect(ask(url, { trust: { sha256: TLS.sha256 } })).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
    await asked.promise;
    await Promise.all([close(), close()]);
    await waiting;
  });
});

test('a listener says once that it has ended, before closing it resolves', async () => {
  const said: string[] = [];
  const listener = await serve({ ended: () => void said.push('ended') }, async () => ({ status: 200 }));
  await ask(listener.url);
  expect(said).toEqual([]);
  await Promise.all([listener.close(), listener.close()]);
  said.push('closed');
  await listener.close();
  expect(said).toEqual(['ended', 'closed']);
});
