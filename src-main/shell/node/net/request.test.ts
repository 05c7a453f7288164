import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { NetCall } from '../../../ports.ts';
import { ask, endLater, endServers, serve, serveRaw } from '../../../testing/test-net.ts';

afterEach(endServers);

describe('a request', () => {
  test('goes out with method, path, headers and body, and brings status, headers and body', async () => {
    const calls: NetCall[] = [];
    const { url } = await serve({}, async (call) => {
      calls.push(call);
      return { status: 404, headers: { 'X-Said': 'yes' }, body: Buffer.from('nothing') };
    });
    const answer = await ask(`${url}a/b?c=d`, {
      method: 'POST',
      headers: { 'content-type': 'text/x' },
      body: Buffer.from('hello'),
    });
    expect(answer).toMatchObject({ status: 404, headers: { 'x-said': 'yes' }, peer: null });
    expect(Buffer.from(answer.body).toString()).toBe('nothing');
    expect(calls).toMatchObject([{ method: 'POST', path: '/a/b?c=d', client: '127.0.0.1' }]);
    expect(calls[0]?.headers).toMatchObject({
      host: new URL(url).host,
      'content-type': 'text/x',
      'content-length': '5',
    });
    expect(Buffer.from(calls[0]?.body ?? []).toString()).toBe('hello');
  });

  test('without a body announces none', async () => {
    const heads: string[] = [];
    const port = await serveRaw(createServer(), (socket) => {
      socket.on('data', (bytes) => {
        heads.push(String(bytes));
        socket.end('HTTP/1.1 204 No Content\r\n\r\n');
      });
    });
    await ask(`http://127.0.0.1:${port}/`);
    await ask(`http://127.0.0.1:${port}/`, { method: 'POST' });
    expect(heads[0]).not.toMatch(/content-length|transfer-encoding/i);
    expect(heads[1]).toMatch(/content-length: 0\r\n/i);
    expect(heads[1]).not.toMatch(/transfer-encoding/i);
  });

  test('follows no redirect', async () => {
    const asked: string[] = [];
    const { url } = await serve({}, async ({ path }) => {
      asked.push(path);
      return { status: 302, headers: { location: '/elsewhere' } };
    });
    expect(await ask(url)).toMatchObject({ status: 302, headers: { location: '/elsewhere' } });
    expect(asked).toEqual(['/']);
  });

  test('goes over a UNIX socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'baleen-net-'));
    const paths: string[] = [];
    const server = createHttpServer((incoming, outgoing) => {
      paths.push(`${incoming.headers.host} ${incoming.url}`);
      outgoing.end('ok');
    });
    server.listen(join(folder, 'a socket'));
    await once(server, 'listening');
    endLater(() => {
      server.close();
      rmSync(folder, { recursive: true });
    });
    const answer = await ask(`unix://${folder}/a%20socket`, { path: '/api/v1/x' });
    expect(Buffer.from(answer.body).toString()).toBe('ok');
    expect(paths).toEqual(['localhost /api/v1/x']);
    await expect(ask(`unix://${folder}/none`)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: `There is no socket ${folder}/none: start the server, or mend the path.`,
    });
  });

  test.each([
    ['http://192.0.2.1/', 'Plain http goes to this machine only: use https for 192.0.2.1.'],
    ['http://localhost.example/', 'Plain http goes to this machine only: use https for localhost.example.'],
    ['http://127.0.0.1.example/', 'Plain http goes to this machine only: use https for 127.0.0.1.example.'],
    ['https://me:word@127.0.0.1/', 'The address must not hold a name or password: take it out.'],
    ['ftp://127.0.0.1/', 'ftp:// cannot be asked: use https.'],
    ['unix://run/krill.sock', 'The path of a UNIX socket has three slashes: unix:///run/krill/krill.sock.'],
    ['nowhere', 'The address is no URL: mend it.'],
  ])('is refused for %s', async (url, message) => {
    await expect(ask(url)).rejects.toMatchObject({ code: 'INVALID_INPUT', message });
  });

  test('an answer over the limit is cut off, announced or not', async () => {
    const body = Buffer.alloc(1001);
    const { url } = await serve({}, async () => ({ status: 200, body }));
    await expect(ask(url)).rejects.toMatchObject({ code: 'TOO_LARGE' });
    const endless = await serveRaw(createServer(), (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const more = (): void =>
        void socket.write(`400\r\n${'x'.repeat(1024)}\r\n`, (error) => error ?? more());
      more();
    });
    await expect(ask(`http://127.0.0.1:${endless}/`)).rejects.toMatchObject({ code: 'TOO_LARGE' });
    expect((await ask(url, { maxBytes: 1001 })).body).toHaveLength(1001);
  });

  test('has one deadline for all of it: connecting, TLS, head and body', async () => {
    const silent = await serveRaw(createServer(), () => undefined);
    const slow = await serveRaw(createServer(), (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun');
    });
    for (const url of [
      `https://127.0.0.1:${silent}/`,
      `http://127.0.0.1:${silent}/`,
      `http://127.0.0.1:${slow}/`,
    ])
      await expect(ask(url, { timeoutMs: 60 })).rejects.toMatchObject({
        code: 'UNREACHABLE',
        message: expect.stringContaining('did not answer within 0.06 seconds'),
      });
  });

  test('ends when its caller gives it up, before it began and while it waits', async () => {
    const connected = Promise.withResolvers<Socket>();
    const port = await serveRaw(createServer(), connected.resolve);
    const abort = new AbortController();
    const waiting = ask(`http://127.0.0.1:${port}/`, { signal: abort.signal });
    const socket = await connected.promise;
    const ended = once(socket, 'close');
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    socket.resume();
    await ended;
    await expect(ask(`http://127.0.0.1:${port}/`, { signal: abort.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  test('says what went wrong on the way', async () => {
    const { url, close } = await serve({}, async () => ({ status: 200 }));
    await close();
    await expect(ask(url)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching(/^Nothing answers at 127\.0\.0\.1:\d+: /),
      details: { library: expect.stringContaining('ECONNREFUSED') },
    });
    const gone = await serveRaw(createServer(), (socket) => socket.destroy());
    const cut = await serveRaw(createServer(), (socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'),
    );
    const odd = await serveRaw(createServer(), (socket) => socket.end('SSH-2.0-x\r\n\r\n'));
    for (const [port, scheme, text] of [
      [gone, 'http', 'broke off the connection'],
      [gone, 'https', 'broke off the connection'],
      [cut, 'http', 'broke off the connection'],
      [odd, 'http', 'is no HTTP'],
      [odd, 'https', 'speaks no TLS'],
    ] as const)
      await expect(ask(`${scheme}://127.0.0.1:${port}/`)).rejects.toMatchObject({
        code: 'UNREACHABLE',
        message: expect.stringContaining(text),
      });
  });
});
