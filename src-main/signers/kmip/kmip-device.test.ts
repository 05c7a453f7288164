import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { kmipDevice, typing } from '../../testing/kmip-device.ts';
import { endLater, endServers, serve, serveRaw } from '../../testing/test-net.ts';
import { testClock } from '../../testing/test-ports.ts';
import { testTls } from '../../testing/test-tls.ts';
import { deviceContract } from '../device-contract.ts';
import { signatureHolds } from '../signature-scheme.ts';
import type { OperationName } from './names.ts';

const DATA = Buffer.from('what is to be signed');
const signal = new AbortController().signal;
afterEach(endServers);

describe('a server that makes EC keys', () => {
  deviceContract(
    'fake',
    async () => kmipDevice((await shared()).settings()),
    ['p-256', 'p-384', 'p-521', 'rsa-2048'],
    {
      label: /^krill-private-key-[0-9a-f]{40}$/,
    },
  );
  let one: ReturnType<typeof fakeKmip> | null = null;
  const shared = () => (one ??= fakeKmip());
  afterEach(() => void (one = null));

  test.each(['p-256', 'p-384', 'p-521', 'rsa-2048'] as const)(
    '%s with signatures as r and s, and keys as numbers',
    async (algorithm) => {
      const server = await fakeKmip({ rawEcdsa: true, transparent: true });
      const device = kmipDevice(server.settings());
      await device.open(signal);
      const { handle, spkiDer } = await device.create({ algorithm, label: '' });
      const signature = await device.sign(handle, algorithm, DATA);
      expect(signatureHolds(algorithm, spkiDer, DATA, signature)).toBe(true);
    },
  );
});

describe('versions', () => {
  test.each([
    [['1.4', '1.3', '1.2', '1.1', '1.0'], '1.4'],
    [['1.3', '1.2'], '1.3'],
    [['1.2', '1.1', '1.0'], '1.2'],
    [['1.1', '1.0'], '1.1'],
    [['1.0'], '1.0'],
    [['2.0', '1.4'], '1.4'],
    [['2.0'], '2.0'],
  ])('of a server with %j: %s', async (versions, spoken) => {
    const server = await fakeKmip({ versions });
    const device = kmipDevice(server.settings());
    expect((await device.open(signal)).model).toBe(`KMIP ${spoken}`);
    server.asked.splice(0);
    const { handle, spkiDer } = await device.create({ algorithm: 'p-256', label: '' });
    const signature = await device.sign(handle, 'p-256', DATA);
    expect(signatureHolds('p-256', spkiDer, DATA, signature)).toBe(true);
    expect(Buffer.from((await device.find(spkiDer)) ?? []).equals(handle)).toBe(true);
    expect((await device.list())[0]).toMatchObject({ label: /^krill-private-key-/, uses: ['sign'] });
    await device.destroy(handle);
    expect(server.objects.size).toBe(0);
    expect(new Set(server.asked.map((line) => line.split(' ')[0]))).toEqual(new Set([spoken]));
  });

  test('none that is spoken here', async () => {
    const server = await fakeKmip({ versions: ['3.0'] });
    await expect(kmipDevice(server.settings()).open(signal)).rejects.toMatchObject({
      trouble: 'unsupported',
      message: expect.stringMatching(/\.$/),
    });
  });
});

describe('making a key, whole or not at all', () => {
  const names: OperationName[] = ['createKeyPair', 'get', 'modifyAttribute', 'activate'];
  test.each(names)('%s refused: nothing is left', async (refused) => {
    const server = await fakeKmip({ before: (operation) => (operation === refused ? 12 : null) });
    const device = kmipDevice(server.settings());
    await device.open(signal);
    await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toMatchObject({
      trouble: 'refused',
      code: 'Permission Denied',
      message: expect.stringMatching(/\.$/),
    });
    expect(server.objects.size).toBe(0);
    expect(server.asked).toContain(`1.4 ${refused}`);
  });

  test('the connection lost after each step: nothing is left', async () => {
    for (const lost of names) {
      let once = true;
      const server = await fakeKmip({
        before: (operation) => (operation === lost && once ? ((once = false), 'drop') : null),
      });
      const device = kmipDevice(server.settings());
      await device.open(signal);
      // What may be asked twice is asked twice, and all is well.
      const made = await device.create({ algorithm: 'p-256', label: '' }).catch((error: unknown) => error);
      expect(server.objects.size, lost).toBe(made instanceof Error ? 0 : 2);
      expect(made instanceof Error, lost).toBe(lost === 'createKeyPair' || lost === 'activate');
    }
  });

  test('a pair whose answer never came is found by its name and destroyed', async () => {
    let silent = false;
    const server = await fakeKmip({
      before: (operation) => (silent && operation === 'get' ? 'silent' : null),
    });
    const device = kmipDevice(server.settings({ readTimeoutSeconds: 0.2 }));
    await device.open(signal);
    silent = true;
    await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toMatchObject({
      trouble: 'unreachable',
      code: 'READ_TIMEOUT',
    });
    expect(server.objects.size).toBe(0);
  });

  test('what cannot be destroyed is named', async () => {
    const server = await fakeKmip({
      before: (operation) => (operation === 'activate' || operation === 'destroy' ? 12 : null),
    });
    const device = kmipDevice(server.settings());
    await device.open(signal);
    await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toMatchObject({
      code: 'LEFT_BEHIND',
      message: expect.stringMatching(/object-1 and object-2/),
    });
  });

  test('a kind that the server does not make is not offered again', async () => {
    const server = await fakeKmip({ before: (operation) => (operation === 'createKeyPair' ? 8 : null) });
    const device = kmipDevice(server.settings());
    expect((await device.open(signal)).algorithms).toContain('p-384');
    await expect(device.create({ algorithm: 'p-384', label: '' })).rejects.toMatchObject({
      trouble: 'unsupported',
    });
    expect((await device.open(signal)).algorithms).not.toContain('p-384');
  });

  test('two objects for one public key are refused', async () => {
    const server = await fakeKmip();
    const device = kmipDevice(server.settings());
    await device.open(signal);
    const { spkiDer } = await device.create({ algorithm: 'p-256', label: '' });
    const [copied] = server.objects.values();
    if (copied !== undefined) server.objects.set('copy', { ...copied });
    await expect(device.find(spkiDer)).rejects.toMatchObject({ trouble: 'refused', code: 'AMBIGUOUS' });
  });
});

describe('capabilities', () => {
  const announced: OperationName[] = ['activate', 'createKeyPair', 'destroy', 'get', 'query', 'revoke'];
  test('missing ones are named, unless forced', async () => {
    const server = await fakeKmip({ announced });
    await expect(kmipDevice(server.settings()).open(signal)).rejects.toMatchObject({
      trouble: 'unsupported',
      message: expect.stringMatching(/Modify Attribute, Sign.*force/),
    });
    const facts = await kmipDevice(server.settings({ force: true })).open(signal);
    expect(
      facts.capabilities.filter(({ needed, present }) => needed && !present).map(({ name }) => name),
    ).toEqual(['Modify Attribute', 'Sign']);
  });
});

describe('user and password', () => {
  const password = { username: 'operator', password: 'right' };
  test('are asked for once and sent with every request', async () => {
    const server = await fakeKmip({ password });
    const person = typing('right');
    const device = kmipDevice(server.settings({ username: 'operator' }), { person });
    await device.open(signal);
    await device.open(signal);
    await device.create({ algorithm: 'p-256', label: '' });
    expect(person.asked).toBe(1);
  });
  test('a wrong one is told as that, sent once and never again without a person', async () => {
    const server = await fakeKmip({ password });
    const person = typing('wrong');
    const device = kmipDevice(server.settings({ username: 'operator' }), { person });
    await expect(device.open(signal)).rejects.toMatchObject({
      trouble: 'pin-refused',
      code: 'Authentication Not Successful',
    });
    expect(server.asked).toEqual(['1.4 discoverVersions']);
    await expect(device.sign(Buffer.from('1:2'), 'p-256', DATA)).rejects.toMatchObject({ code: 'NOT_OPEN' });
    expect(server.asked).toHaveLength(1);
  });
  test('nobody who types, and none configured', async () => {
    const server = await fakeKmip({ password });
    await expect(kmipDevice(server.settings({ username: 'operator' })).open(signal)).rejects.toMatchObject({
      trouble: 'pin-needed',
    });
    expect(server.asked).toEqual([]);
    await expect(kmipDevice(server.settings()).open(signal)).rejects.toMatchObject({
      trouble: 'misconfigured',
      message: expect.stringMatching(/user name and password/),
    });
  });
});

describe('connections', () => {
  test('no more than allowed, and all signatures come', async () => {
    const server = await fakeKmip();
    const device = kmipDevice(server.settings({ maxConnections: 2 }));
    await device.open(signal);
    const { handle, spkiDer } = await device.create({ algorithm: 'p-256', label: '' });
    const made = await Promise.all(Array.from({ length: 20 }, () => device.sign(handle, 'p-256', DATA)));
    expect(made.every((one) => signatureHolds('p-256', spkiDer, DATA, one))).toBe(true);
    expect(server.total()).toBe(2);
  });

  test('are replaced when the server hung up, when they are old, and when they were idle too long', async () => {
    const server = await fakeKmip();
    const clock = testClock();
    const device = kmipDevice(server.settings({ maxUseSeconds: 100, maxIdleSeconds: 60 }), { clock });
    await device.open(signal);
    const { handle } = await device.create({ algorithm: 'p-256', label: '' });
    expect(server.total()).toBe(1);
    server.hangUp();
    await device.sign(handle, 'p-256', DATA);
    expect(server.total()).toBe(2);
    clock.advance(50_000);
    await device.sign(handle, 'p-256', DATA);
    expect(server.total()).toBe(2);
    clock.advance(50_000);
    await device.sign(handle, 'p-256', DATA);
    expect(server.total()).toBe(3);
    clock.advance(61_000);
    await expect.poll(() => server.open()).toBe(0);
    await device.sign(handle, 'p-256', DATA);
    expect(server.total()).toBe(4);
  });

  test('a signature is asked again when the pooled connection was dead, and a new connection is not tried twice', async () => {
    let drops = 1;
    const server = await fakeKmip({
      before: (operation) => (operation === 'sign' && drops-- > 0 ? 'drop' : null),
    });
    const device = kmipDevice(server.settings());
    await device.open(signal);
    const { handle } = await device.create({ algorithm: 'p-256', label: '' });
    await device.sign(handle, 'p-256', DATA);
    drops = 2;
    await expect(device.sign(handle, 'p-256', DATA)).rejects.toMatchObject({ trouble: 'unreachable' });
    expect(server.asked.filter((line) => line === '1.4 sign')).toHaveLength(4);
  });

  test('a slow server delays nothing else, and is told as slow', async () => {
    const slow = await fakeKmip({ before: (operation) => (operation === 'sign' ? 'silent' : null) });
    const quick = await fakeKmip();
    const device = kmipDevice(slow.settings({ readTimeoutSeconds: 1.5, maxConnections: 3 }));
    const other = kmipDevice(quick.settings());
    await device.open(signal);
    await other.open(signal);
    const here = await device.create({ algorithm: 'p-256', label: '' });
    const there = await other.create({ algorithm: 'p-256', label: '' });
    const waiting = device.sign(here.handle, 'p-256', DATA).then(
      () => 'signed',
      (error: { code: string }) => error.code,
    );
    // Neither the other server nor another connection to this one.
    const done: string[] = [];
    await Promise.all([
      waiting.then((code) => done.push(code)),
      other.sign(there.handle, 'p-256', DATA).then(() => done.push('other server')),
      device.publicKey(here.handle).then(() => done.push('other request')),
    ]);
    expect(done.at(-1)).toBe('READ_TIMEOUT');
    expect(done).toHaveLength(3);
  });

  test('close ends what runs and what waits', async () => {
    const server = await fakeKmip({ before: (operation) => (operation === 'sign' ? 'silent' : null) });
    const device = kmipDevice(server.settings({ maxConnections: 1 }));
    await device.open(signal);
    const { handle } = await device.create({ algorithm: 'p-256', label: '' });
    const both = [1, 2].map(() => device.sign(handle, 'p-256', DATA));
    const ended = both.map((one) => expect(one).rejects.toMatchObject({ trouble: 'unreachable' }));
    await device.close();
    await Promise.all(ended);
    await expect.poll(() => server.open()).toBe(0);
  });

  test('cancelling while it answers nothing', async () => {
    const server = await fakeKmip({ before: () => 'silent' });
    const abort = new AbortController();
    const opening = expect(kmipDevice(server.settings()).open(abort.signal)).rejects.toMatchObject({
      trouble: 'cancelled',
    });
    setTimeout(() => abort.abort(), 50);
    await opening;
  });
});

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
    await expect(open(port)).rejects.toMatchObject({ trouble: 'unreachable', message: /speaks no TLS/ });
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
    for (const files of [{}, { serverCaCertPath: path }, { serverCertPath: path }])
      await expect(
        kmipDevice(server.settings({ insecure: false, ...files })).open(signal),
      ).rejects.toMatchObject({
        trouble: 'misconfigured',
        code: 'PEER_UNTRUSTED',
        message: /nothing was sent/,
      });
    expect(server.asked).toEqual([]);
  });
});
