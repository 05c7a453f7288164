/** Files that take long: others are answered meanwhile, the work is seen and can be cancelled. No file asks for work without end. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import * as w from '../x509/der-writer.ts';
import { toPem } from '../x509/pem.ts';
import type * as Verify from '../x509/verify-signature.ts';

vi.setConfig({ testTimeout: 60_000 });

const counted = vi.hoisted(() => ({ verified: 0 }));
vi.mock('../x509/verify-signature.ts', async (original) => {
  const real = await original<typeof Verify>();
  const { verifySignature } = real;
  return {
    ...real,
    verifySignature: (...args: Parameters<typeof verifySignature>) => {
      counted.verified += 1;
      return verifySignature(...args);
    },
  };
});

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create();
});
afterEach(() => app.remove());

const ECDSA = w.sequence(w.oid('1.2.840.10045.4.3.2'));
const name = (common: string) =>
  w.sequence(w.tlv(0x31, w.sequence(w.oid('2.5.4.3'), w.tlv(0x0c, Buffer.from(common)))));
const time = (text: string) => w.tlv(0x17, Buffer.from(text));

interface Pair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}
const pair = (): Pair => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A version 1 certificate: it names no key identifier, so that only the names tell who may have signed it. */
function certificate(subject: string, key: Pair, issuer = subject, by: Pair = key): Uint8Array {
  const tbs = w.sequence(
    w.unsignedInteger(Uint8Array.of(1, ...randomBytes(8))),
    ECDSA,
    name(issuer),
    w.sequence(time('261124000000Z'), time('271124000000Z')),
    name(subject),
    key.publicKey.export({ format: 'der', type: 'spki' }),
  );
  return w.sequence(tbs, ECDSA, w.bitStringOf(sign('sha256', tbs, by.privateKey)));
}

const pem = (ders: readonly Uint8Array[]): string => ders.map((der) => toPem('CERTIFICATE', der)).join('');
const items = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** How often somebody else was answered until `work` had ended. */
async function answeredDuring(work: Promise<unknown>): Promise<number> {
  let answered = 0;
  const state = { over: false };
  const done = work.finally(() => (state.over = true));
  while (!state.over) {
    await app.call('app.info', {});
    answered += 1;
    await new Promise(setImmediate);
  }
  await done;
  return answered;
}

/** The running job of that kind, once the clock has passed its moment. */
async function shown(kind: string) {
  for (let tries = 0; tries < 500; tries += 1) {
    app.clock.advance(300);
    const { jobs } = await app.call('jobs.list', {});
    const found = jobs.find((job) => job.kind === kind);
    if (found !== undefined) return found;
    await new Promise(setImmediate);
  }
  return undefined;
}

describe('a bundle', () => {
  test('of one name is kept with a handful of verifications each, and others are answered meanwhile', async () => {
    const ders = items(150).map(() => certificate('same', pair()));
    const { id } = await app.call('inspect.text', { text: pem(ders) });
    counted.verified = 0;
    const keeping = app.call('inspect.keep', { id, items: items(150) });
    expect(await answeredDuring(keeping)).toBeGreaterThan(5);
    expect((await keeping).added).toHaveLength(150);
    expect(counted.verified).toBeLessThan(150 * 5);
  });

  test('in any order is kept with each issuer, also in a circle', async () => {
    const [root, middle, leaf] = [pair(), pair(), pair()];
    const ders = [
      certificate('leaf', leaf, 'middle', middle),
      certificate('middle', middle, 'root', root),
      certificate('root', root),
      // Two that signed each other.
      certificate('a', leaf, 'b', middle),
      certificate('b', middle, 'a', leaf),
    ];
    const { id } = await app.call('inspect.text', { text: pem(ders) });
    expect((await app.call('inspect.keep', { id, items: items(5) })).added).toHaveLength(5);
    const { rows } = await app.call('ca.certificates', {});
    const of = (wanted: string) => rows.find((row) => row.name === wanted);
    expect(of('leaf')?.issuerId ?? null).toBe(of('middle')?.id);
    expect(of('middle')?.issuerId ?? null).toBe(of('root')?.id);
    const circle = [of('a'), of('b')].map((row) => row?.issuerId ?? null);
    expect(circle.filter((one) => one === null)).toHaveLength(1);
  });

  test('that is being opened or kept is a job after a moment; cancelled, nothing is kept', async () => {
    const key = pair();
    const text = pem(items(300).map(() => certificate('same', key)));
    const opening = app.call('inspect.text', { text });
    opening.catch(() => undefined);
    await new Promise(setImmediate);
    const job = await shown('inspect.open');
    expect(job).toMatchObject({ title: 'Opening pasted text', cancellable: true });
    await app.call('jobs.cancel', { id: job?.id ?? '' });
    await expect(opening).rejects.toMatchObject({ code: 'CANCELLED' });

    const { id } = await app.call('inspect.text', { text });
    const keeping = app.call('inspect.keep', { id, items: items(300) });
    keeping.catch(() => undefined);
    await new Promise(setImmediate);
    const second = await shown('inspect.keep');
    await app.call('jobs.cancel', { id: second?.id ?? '' });
    await expect(keeping).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await app.call('ca.certificates', {})).total).toBe(0);
    expect((await app.call('inspect.keep', { id, items: [0, 1] })).added).toHaveLength(2);
  });
});

describe('an encrypted key file', () => {
  const PBKDF2 = (rounds: number) =>
    w.sequence(
      w.oid('1.2.840.113549.1.5.12'),
      w.sequence(
        w.octetString(randomBytes(16)),
        w.integer(rounds),
        w.sequence(w.oid('1.2.840.113549.2.9'), w.nullValue()),
      ),
    );
  const SCRYPT = (cost: number) =>
    w.sequence(
      w.oid('1.3.6.1.4.1.11591.4.11'),
      w.sequence(w.octetString(randomBytes(16)), w.integer(cost), w.integer(8), w.integer(1)),
    );
  const keyFile = (derivation: Uint8Array): string =>
    toPem(
      'ENCRYPTED PRIVATE KEY',
      w.sequence(
        w.sequence(
          w.oid('1.2.840.113549.1.5.13'),
          w.sequence(
            derivation,
            w.sequence(w.oid('2.16.840.1.101.3.4.1.42'), w.octetString(randomBytes(16))),
          ),
        ),
        w.octetString(randomBytes(144)),
      ),
    );

  test('that asks for rounds without end is refused in a sentence, inspected or imported', async () => {
    const text = keyFile(PBKDF2(100_000_000));
    const { id, needsPassphrase } = await app.call('inspect.text', { text });
    expect(needsPassphrase).toBe(true);
    await expect(app.call('inspect.openWith', { id, passphrase: 'x' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('rounds of key derivation'),
    });
    const blob = await app.blob('a.key', Buffer.from(text));
    const { job } = await app.call('keys.import', { blob, passphrase: 'x', label: 'a' });
    expect((await app.ended(job)).error).toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('is opened beside everything else', async () => {
    const { id } = await app.call('inspect.text', { text: keyFile(PBKDF2(2_000_000)) });
    const opening = app.call('inspect.openWith', { id, passphrase: 'x' });
    opening.catch(() => undefined);
    expect(await answeredDuring(opening.catch(() => undefined))).toBeGreaterThan(20);
    await expect(opening).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
  });

  test('the keys of one file may cost so much together and no more', async () => {
    const { id } = await app.call('inspect.text', { text: keyFile(PBKDF2(4_900_000)).repeat(5) });
    // The first is wrong already; what they cost is known before any is tried.
    await expect(app.call('inspect.openWith', { id, passphrase: 'x' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('in all'),
    });
  });

  test('with scrypt parameters that do not exist is refused in a sentence', async () => {
    const { id } = await app.call('inspect.text', { text: keyFile(SCRYPT(3)) });
    await expect(app.call('inspect.openWith', { id, passphrase: 'x' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('scrypt'),
    });
  });
});
