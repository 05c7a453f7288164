import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { testAuthority } from '../../testing/issued-tls.ts';
import { kmipDevice } from '../../testing/kmip-device.ts';
import type { Net } from '../../ports.ts';
import { endServers, nodeNet } from '../../testing/test-net.ts';
import { testTls } from '../../testing/test-tls.ts';
import { testClock } from '../../testing/test-ports.ts';
import { DeviceError, type Proof } from '../device.ts';
import { signatureHolds } from '../signature-scheme.ts';

const DATA = Buffer.from('what is to be signed');
const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'baleen-renewed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(endServers);

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

  test('read their files anew, so that renewed ones count at once', async () => {
    const pin = join(folder, 'server.pem');
    const server = await fakeKmip();
    writeFileSync(pin, server.certPem);
    const device = kmipDevice(server.settings({ insecure: false, serverCertPath: pin }));
    await device.open(signal);
    const { handle } = await device.create({ algorithm: 'p-256', label: '' });
    writeFileSync(pin, testAuthority(folder).certPem);
    server.hangUp();
    // Whoever is asked sees both.
    await expect(device.sign(handle, 'p-256', DATA)).rejects.toMatchObject({
      trouble: 'misconfigured',
      code: 'PEER_CHANGED',
      message: expect.stringMatching(
        /pinned one: (?:[0-9A-F]{4} ){15}[0-9A-F]{4}\. .* shows: (?:[0-9A-F]{4} ){15}[0-9A-F]{4}\./,
      ),
    });
    writeFileSync(pin, server.certPem);
    await device.sign(handle, 'p-256', DATA);
  });

  test('zero is no limit for them', async () => {
    const server = await fakeKmip();
    const clock = testClock();
    const device = kmipDevice(server.settings({ maxUseSeconds: 0, maxIdleSeconds: 0 }), { clock });
    await device.open(signal);
    const { handle } = await device.create({ algorithm: 'p-256', label: '' });
    clock.advance(100 * 86_400_000);
    await device.sign(handle, 'p-256', DATA);
    expect([server.total(), server.open()]).toEqual([1, 1]);
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
      (error: unknown) => (error instanceof DeviceError ? error.code : String(error)),
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

describe('a new connection meets another certificate', () => {
  async function moved() {
    const first = await fakeKmip();
    const other = await fakeKmip({ tls: testTls() });
    let { port } = first;
    const net: Net = { ...nodeNet, dial: (target) => nodeNet.dial({ ...target, port }) };
    const device = kmipDevice(first.settings(), { net });
    const proven: string[] = [];
    const refusal = new DeviceError('misconfigured', 'ANOTHER_DEVICE', 'It is another one.');
    let identity = new Uint8Array();
    const proof: Proof = async ({ find, sign }, { serial }) => {
      proven.push(serial);
      const handle = await find(identity);
      if (handle === null) throw refusal;
      await sign(handle, 'p-256', DATA);
    };
    await device.open(signal, proof);
    const { handle, spkiDer } = await device.create({ algorithm: 'p-256', label: '' });
    identity = new Uint8Array(spkiDer);
    ({ port } = other);
    first.hangUp();
    const back = (): void => void ({ port } = first);
    return { first, other, device, handle, spkiDer, proven, back };
  }

  test('of another server: nothing is done on it but the proof, which it fails', async () => {
    const { other, device, handle, proven } = await moved();
    const signing = device.sign(handle, 'p-256', DATA);
    await expect(signing).rejects.toMatchObject({ code: 'ANOTHER_DEVICE' });
    await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toMatchObject({
      code: 'ANOTHER_DEVICE',
    });
    expect(proven).toHaveLength(2);
    expect(new Set(other.asked)).toEqual(new Set(['1.4 locate']));
    await expect.poll(() => other.open()).toBe(0);
  });

  test('of one that holds the same keys: it is proven once, and goes on; who signed is told apart, back at the first as well', async () => {
    const { first, other, device, handle, spkiDer, proven, back } = await moved();
    const one = device.serial?.();
    for (const [id, object] of first.objects) other.objects.set(id, object);
    for (let at = 0; at < 2; at += 1) {
      const signature = await device.sign(handle, 'p-256', DATA);
      expect(signatureHolds('p-256', spkiDer, DATA, signature)).toBe(true);
      expect(device.serial?.()).toBe(proven[0]);
      other.hangUp();
    }
    expect(proven).toHaveLength(1);
    expect(proven[0]).not.toBe(one);
    back();
    await device.sign(handle, 'p-256', DATA);
    expect(device.serial?.()).toBe(one);
    expect(proven).toHaveLength(1);
  });
});
