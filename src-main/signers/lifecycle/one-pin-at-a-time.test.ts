/** Several who want the PIN of one signer at once: a wrong one reaches the device once, whoever sends it. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../store/store-contract.ts';
import { fakeToken } from '../../testing/fake-device.ts';
import { compileShim, type Shim } from '../../testing/pkcs11-shim.ts';
import { type SoftHsm, softhsm } from '../../testing/softhsm.ts';
import { testClock, testRandom } from '../../testing/test-ports.ts';
import { endSigners, started } from '../../testing/test-signers.ts';
import { DeviceError, type Person } from '../device.ts';
import { createPinBook } from './pin-book.ts';
import { createPins } from './pins.ts';
import { createPrompts } from './prompts.ts';

afterEach(endSigners);

/** The PINs of a signer without a store. */
function pinsOf(stored: string, book = createPinBook([])) {
  const clock = testClock();
  const session = {
    open: (_id: string, sealed: Uint8Array) => Uint8Array.from(sealed),
    seal: (_id: string, plain: Uint8Array) => Uint8Array.from(plain),
    store: { run: async () => undefined },
  } as unknown as Session;
  const prompts = createPrompts({ clock, random: testRandom, changed: () => undefined });
  const pins = createPins({
    ...{ clock, random: testRandom, session, prompts, book },
    signer: () => ({ id: 's1', name: 'One', kind: 'pkcs11' }),
    sealed: new Uint8Array(Buffer.from(stored)),
    kept: () => undefined,
  });
  return { pins, prompts };
}

const codeOf = (one: PromiseSettledResult<unknown>): string =>
  one.status === 'fulfilled' ? 'done' : (one.reason as DeviceError).code;

test('two logins at once with a wrong PIN, also of two starts of one signer: one sends it', async () => {
  const book = createPinBook([]);
  const [first, second] = [pinsOf('1111', book), pinsOf('1111', book)];
  const sent: string[] = [];
  const login = (pins: typeof first.pins) =>
    pins.attempt(async () => {
      sent.push(Buffer.from(await pins.hand({ reason: 'login', tries: null }, { alone: true })).toString());
      await new Promise((done) => setTimeout(done, 100));
      throw new DeviceError('pin-refused', 'CKR_PIN_INCORRECT', 'Refused.');
    });
  const all = await Promise.allSettled([login(first.pins), login(first.pins), login(second.pins)]);
  expect(sent).toEqual(['1111']);
  expect(all.map(codeOf)).toEqual(['CKR_PIN_INCORRECT', 'PIN_NEEDED', 'PIN_NEEDED']);
});

/** A person types it. */
async function type(
  prompts: ReturnType<typeof createPrompts>,
  pin: string,
  keep: 'no' | 'until-lock' = 'no',
) {
  await expect.poll(() => prompts.list().length, { timeout: 5000 }).toBe(1);
  await prompts.answer(prompts.list()[0]?.id ?? '', { pin: new Uint8Array(Buffer.from(pin)), keep });
}

test('a PIN that was changed elsewhere after the login reaches the device once, however many signatures wait', async () => {
  const { pins, prompts } = pinsOf('5678');
  let right = '5678';
  const sent: string[] = [];
  const use = (reason: 'login' | 'signature') =>
    pins.attempt(async () => {
      const pin = Buffer.from(await pins.hand({ reason, tries: null }, { alone: false })).toString();
      sent.push(pin);
      await new Promise((done) => setTimeout(done, 50));
      if (pin !== right) throw new DeviceError('pin-refused', 'CKR_PIN_INCORRECT', 'Refused.');
    });
  await use('login');
  // Taken once for a signature, it goes by itself to the next.
  await Promise.all([use('signature'), use('signature'), type(prompts, '5678')]);
  expect(sent).toEqual(['5678', '5678', '5678']);
  right = '9999';
  const all = await Promise.allSettled([1, 2, 3, 4].map(() => use('signature')));
  expect(sent).toHaveLength(4);
  expect(all.map(codeOf)).toEqual(['CKR_PIN_INCORRECT', 'PIN_NEEDED', 'PIN_NEEDED', 'PIN_NEEDED']);
});

test('who waits for his turn leaves with his signal, and at the end of the signer', async () => {
  const { pins } = pinsOf('5678');
  const end = await pins.turn();
  const given = new AbortController();
  const cancelled = pins.turn(given.signal);
  const ended = pins.hand({ reason: 'login', tries: null }, { alone: false });
  given.abort();
  await expect(cancelled).rejects.toMatchObject({ code: 'PIN_NOT_GIVEN' });
  pins.end(new Error('It is locked.'));
  await expect(ended).rejects.toThrow('It is locked.');
  end();
});

test('a contact and the doctor at once: the wrong PIN that is kept is sent once', async () => {
  const token = fakeToken('S1', { pin: '9999' });
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', '5678');
  const begun = await Promise.all([
    t.app.call('signers.login', { id }),
    t.app.call('signers.examine', { id }),
  ]);
  // The one who comes second asks a person.
  const asked = await t.prompt();
  await t.app.call('signers.cancelPrompt', { prompt: asked.id });
  for (const one of begun) await t.job(one);
  expect(token.pins).toEqual(['5678']);
  expect((await t.row(id)).secretMark).toBe('refused');
});

let hsm: SoftHsm;
let shim: Shim;
beforeAll(() => {
  shim = compileShim();
  hsm = softhsm();
  hsm.addToken('auth', '8888');
});
afterAll(async () => {
  await hsm.remove();
  shim.remove();
});

test('a key with a PIN of its own for signatures: that of the login is not sent for it, and eight of them send a wrong one once', async () => {
  const { pins, prompts } = pinsOf('8888');
  let handed = 0;
  const person: Person = {
    async pin(why) {
      const pin = await pins.hand(why, { alone: false });
      if (why.reason === 'signature') handed += 1;
      return pin;
    },
    settling: async (work) => (await pins.attempt(work)).value,
    waits: () => () => undefined,
  };
  const sound = hsm.device('auth', {}, { person });
  await pins.attempt(() => sound.open(new AbortController().signal));
  const key = await sound.create({ algorithm: 'p-256', label: '' });
  await sound.close();
  // It takes 4321 for a signature.
  const device = hsm.device('auth', shim.settings(hsm, 'always-auth'), { person });
  await pins.attempt(() => device.open(new AbortController().signal));
  const eight = () =>
    Promise.allSettled(
      Array.from({ length: 8 }, () =>
        pins.attempt(() => device.sign(key.handle, 'p-256', Buffer.from('to sign'))),
      ),
    );
  const [all] = await Promise.all([eight(), type(prompts, '1111')]);
  expect(handed).toBe(1);
  // That of the login is good all the same; the right one is held for those that follow.
  expect(pins.stored()).toBe(true);
  const [next] = await Promise.all([eight(), type(prompts, '4321', 'until-lock')]);
  expect(next.map(codeOf)).toEqual(Array.from({ length: 8 }, () => 'done'));
  expect(handed).toBe(9);
  await device.close();
  // It is the login's own that goes to the next login.
  await pins.attempt(() => sound.open(new AbortController().signal));
  await sound.close();
  expect(all.filter((one) => codeOf(one) === 'CKR_PIN_INCORRECT')).toHaveLength(1);
  expect(all.filter((one) => codeOf(one) === 'PIN_NEEDED')).toHaveLength(7);
});
