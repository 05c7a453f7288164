import { rmSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { compileShim, type Shim } from '../../testing/pkcs11-shim.ts';
import {
  describeSoftHsm,
  hasSoftHsm,
  PIN,
  softhsm,
  type SoftHsm,
  testPerson,
} from '../../testing/softhsm.ts';
import type { Capability, Device } from '../device.ts';
import { signatureHolds } from '../signature-scheme.ts';

// The library of each test is SoftHSM with one fault. Nothing of it may reach the process that runs these tests.
const DATA = Buffer.from('what is to be signed');
const never = new AbortController().signal;
let hsm: SoftHsm;
let shim: Shim;
/** Made by the sound library on the same token. */
let key: { handle: Uint8Array; spkiDer: Uint8Array };
let rsa: typeof key;
let sound: Device;

beforeAll(async () => {
  if (!hasSoftHsm) return;
  shim = compileShim();
  hsm = softhsm();
  hsm.addToken('faulty');
  sound = hsm.device('faulty');
  await sound.open(never);
  key = await sound.create({ algorithm: 'p-256', label: '' });
  rsa = await sound.create({ algorithm: 'rsa-2048', label: '' });
});
afterAll(async () => {
  await hsm?.remove();
  shim?.remove();
});

const faulty = (fault: string, deps: Parameters<SoftHsm['device']>[2] = {}, file?: string) =>
  hsm.device('faulty', shim.settings(hsm, fault, file), deps);

const missingOf = (capabilities: readonly Capability[]): string[] =>
  capabilities.filter(({ needed, present }) => needed && present === false).map(({ name }) => name);

/** The other signer goes on, whatever happened to the first. */
async function expectSoundSigner(): Promise<void> {
  const signature = await sound.sign(key.handle, 'p-256', DATA);
  expect(signatureHolds('p-256', key.spkiDer, DATA, signature)).toBe(true);
}

describeSoftHsm('a library that takes its process with it', () => {
  test.each([
    ['sign-crash', 'SIGSEGV'],
    ['sign-abort', 'SIGABRT'],
  ])('%s: named, with the signal, and the next contact has a new process', async (fault, signal) => {
    const device = faulty(fault);
    await device.open(never);
    const both = [device.sign(key.handle, 'p-256', DATA), device.publicKey(key.handle)];
    await expect(both[0]).rejects.toMatchObject({
      trouble: 'unreachable',
      code: 'SIGNER_HOST_CRASHED',
      library: expect.stringContaining(signal) as string,
    });
    await Promise.allSettled(both);
    await expectSoundSigner();
    await expect(device.sign(key.handle, 'p-256', DATA)).rejects.toMatchObject({ trouble: 'unreachable' });
    await device.open(never);
    expect(Buffer.from(await device.publicKey(key.handle)).equals(key.spkiDer)).toBe(true);
  });
});

describeSoftHsm('a library that does not answer', () => {
  test('hangs in C_Login: ended at its deadline, while another signer signs; its PIN is wiped', async () => {
    const person = testPerson();
    const device = faulty('login-hang', { person, deadlines: { call: 1500 } });
    const opening = device.open(never);
    opening.catch(() => undefined);
    await vi.waitFor(() => expect(person.given).toHaveLength(1), 5000);
    await expectSoundSigner();
    await expect(opening).rejects.toMatchObject({
      trouble: 'unreachable',
      code: 'SIGNER_HOST_TIMEOUT',
      library: 'login: no answer within 2 s',
    });
    expect(person.given).toEqual([new Uint8Array(PIN.length)]);
  });

  test('hangs in C_Sign: the screen says so, and its operator can end it', async () => {
    const person = testPerson();
    const device = faulty('sign-hang', { person });
    await device.open(never);
    const signing = device.sign(key.handle, 'p-256', DATA);
    signing.catch(() => undefined);
    await vi.waitFor(
      () => expect(person.waiting).toEqual(['faulty has not answered yet. Touch it if it blinks.']),
      10_000,
    );
    await expectSoundSigner();
    person.cancel();
    await expect(signing).rejects.toMatchObject({ trouble: 'cancelled' });
  });
});

describeSoftHsm('a library that lacks something', () => {
  const NOT_CALLED_YET = ['C_DestroyObject', 'C_Finalize', 'C_GenerateKeyPair', 'C_GetAttributeValue'];
  const SIGNS = ['C_Sign', 'C_SignInit'];
  const unseen = (rows: Capability[] = []): string[] =>
    rows.filter(({ present }) => present === null).map(({ name }) => name);

  test('no C_Sign: signing says unsupported, and it is missing from then on', async () => {
    const device = faulty('no-sign');
    const { capabilities } = await device.open(never);
    expect(missingOf(capabilities)).toEqual([]);
    expect(capabilities.filter(({ name }) => name.startsWith('C_'))).toHaveLength(17);
    await expect(device.sign(key.handle, 'p-256', DATA)).rejects.toMatchObject({
      trouble: 'unsupported',
      code: 'CKR_FUNCTION_NOT_SUPPORTED',
      library: 'C_Sign: CKR_FUNCTION_NOT_SUPPORTED',
    });
    expect(missingOf((await device.seen?.()) ?? [])).toEqual(['C_Sign']);
  });

  test('no C_FindObjects: seen at the first contact, and what was not called yet is said', async () => {
    const { capabilities } = await faulty('no-find').open(never);
    expect(missingOf(capabilities)).toEqual(['C_FindObjects']);
    expect(unseen(capabilities)).toEqual([...NOT_CALLED_YET, ...SIGNS]);
    // Without a login and without a second session there is more that cannot be seen.
    const bare = await hsm
      .device('faulty', { ...shim.settings(hsm, 'one-session'), login: false })
      .open(never);
    expect(unseen(bare.capabilities)).toEqual(['C_CloseSession', ...NOT_CALLED_YET, 'C_Login', ...SIGNS]);
  });

  test('one that does not survive what it must refuse is opened, used, and its functions are seen by their use', async () => {
    const device = faulty('fragile,one-session');
    await device.open(never);
    const made = await device.create({ algorithm: 'p-256', label: 'fragile' });
    const signature = await device.sign(made.handle, 'p-256', DATA);
    expect(signatureHolds('p-256', made.spkiDer, DATA, signature)).toBe(true);
    await device.destroy(made.handle, null);
    const capabilities = await device.seen?.();
    expect(missingOf(capabilities ?? [])).toEqual([]);
    expect(unseen(capabilities)).toEqual(['C_CloseSession', 'C_Finalize']);
    await expect(device.sign(Buffer.alloc(20), 'p-256', DATA)).rejects.toMatchObject({ trouble: 'key-gone' });
  });

  test.each(['no-plain', 'plain-forbidden'])(
    '%s: the mechanism that hashes itself signs instead',
    async (fault) => {
      const device = faulty(fault);
      await device.open(never);
      const signature = await device.sign(rsa.handle, 'rsa-2048', DATA);
      expect(signatureHolds('rsa-2048', rsa.spkiDer, DATA, signature)).toBe(true);
      // SoftHSM has no other way for a curve.
      await expect(device.sign(key.handle, 'p-256', DATA)).rejects.toMatchObject({ trouble: 'unsupported' });
    },
  );

  test('a token with a single session signs one after the other', async () => {
    const device = faulty('one-session');
    await device.open(never);
    const all = await Promise.all(Array.from({ length: 8 }, () => device.sign(key.handle, 'p-256', DATA)));
    for (const signature of all) expect(signatureHolds('p-256', key.spkiDer, DATA, signature)).toBe(true);
  });

  test('a bare CKA_EC_POINT is read as well', async () => {
    const device = faulty('bare-point');
    await device.open(never);
    expect(Buffer.from(await device.publicKey(key.handle)).equals(key.spkiDer)).toBe(true);
    expect(await device.find(key.spkiDer)).not.toBeNull();
  });

  test('a key that could leave the token is destroyed at once', async () => {
    const device = faulty('unprotected');
    await device.open(never);
    const before = (await sound.list()).length;
    await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toMatchObject({
      code: 'KEY_NOT_PROTECTED',
    });
    expect(await sound.list()).toHaveLength(before);
  });
});

describeSoftHsm('PINs', () => {
  test('a token that says it is locked is sent no PIN', async () => {
    const device = faulty('pin-locked');
    await expect(device.open(never)).rejects.toMatchObject({ trouble: 'pin-locked' });
    expect(device.person.asked).toEqual([]);
  });

  test('one that locks at the login is locked', async () => {
    await expect(faulty('pin-locks').open(never)).rejects.toMatchObject({
      trouble: 'pin-locked',
      code: 'CKR_PIN_LOCKED',
    });
  });

  test('the last try is told before it is asked for, and after it was refused', async () => {
    const person = testPerson('9999');
    await expect(faulty('pin-final', { person }).open(never)).rejects.toMatchObject({
      trouble: 'pin-refused',
      message: expect.stringContaining('one more wrong PIN locks it') as string,
    });
    expect(person.asked).toMatchObject([{ reason: 'login', tries: 'final' }]);
  });

  test('a PIN pad is waited for without a deadline and without asking for a PIN here', async () => {
    const file = join(hsm.folder, 'typed');
    const device = faulty('pin-pad', { deadlines: { call: 4000 } }, file);
    const opening = device.open(never);
    await vi.waitFor(
      () => expect(device.person.waiting).toEqual(['Type the PIN of faulty on its reader.']),
      20_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 5500));
    // At once: a reader that finds it empty takes that for the cancel key.
    writeFileSync(`${file}.typed`, PIN);
    renameSync(`${file}.typed`, file);
    await opening;
    expect(device.person.asked).toEqual([]);
    const signature = await device.sign(key.handle, 'p-256', DATA);
    expect(signatureHolds('p-256', key.spkiDer, DATA, signature)).toBe(true);
  });

  test('cancelled or closed while somebody is asked for the PIN, it does not wait for the answer', async () => {
    const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
    const person = { ...testPerson(), pin: () => (isAsked(), new Promise<Uint8Array>(() => undefined)) };
    const device = hsm.device('faulty', {}, { person });
    const abort = new AbortController();
    const opening = device.open(abort.signal);
    opening.catch(() => undefined);
    await asked;
    abort.abort();
    await expect(opening).rejects.toMatchObject({ trouble: 'cancelled' });
    const again = device.open(never);
    again.catch(() => undefined);
    await device.close();
    await expect(again).rejects.toMatchObject({ trouble: 'cancelled' });
  });

  test('waiting for a PIN pad can be cancelled', async () => {
    const device = faulty('pin-pad', {}, join(hsm.folder, 'never typed'));
    const opening = device.open(never);
    opening.catch(() => undefined);
    await vi.waitFor(() => expect(device.person.waiting).toHaveLength(1), 5000);
    device.person.cancel();
    await expect(opening).rejects.toMatchObject({ trouble: 'cancelled' });
  });
});

describeSoftHsm('the token', () => {
  test('taken out and put back, twice', async () => {
    const file = join(hsm.folder, 'out');
    const device = faulty('removable', {}, file);
    await device.open(never);
    for (let round = 0; round < 2; round += 1) {
      await device.sign(key.handle, 'p-256', DATA);
      writeFileSync(file, '');
      await expect(device.sign(key.handle, 'p-256', DATA)).rejects.toMatchObject({
        trouble: 'unreachable',
        code: 'CKR_DEVICE_REMOVED',
      });
      await expect(device.open(never)).rejects.toMatchObject({ trouble: 'unreachable' });
      rmSync(file);
      await device.open(never);
      const signature = await device.sign(key.handle, 'p-256', DATA);
      expect(signatureHolds('p-256', key.spkiDer, DATA, signature)).toBe(true);
    }
  });

  test('another one in the slot: both serial numbers are named, and its PIN is not asked for', async () => {
    const { serial } = await sound.open(never);
    const device = hsm.device('faulty', { ...shim.settings(hsm, 'other-serial'), serial });
    await expect(device.open(never)).rejects.toMatchObject({
      trouble: 'misconfigured',
      code: 'TOKEN_OTHER',
      message: expect.stringMatching(new RegExp(`ffffffffffffffff.*${serial}`)) as string,
    });
    expect(device.person.asked).toEqual([]);
  });

  test('a login that the device forgot is made anew, without anybody being told of a wrong PIN', async () => {
    const file = join(hsm.folder, 'logged out');
    const device = faulty('logged-out', {}, file);
    await device.open(never);
    await device.sign(key.handle, 'p-256', DATA);
    writeFileSync(file, '');
    await expect(device.sign(key.handle, 'p-256', DATA)).rejects.toMatchObject({
      trouble: 'unreachable',
      code: 'CKR_USER_NOT_LOGGED_IN',
    });
    rmSync(file);
    await device.open(never);
    await device.sign(key.handle, 'p-256', DATA);
    expect(device.person.asked.map(({ reason }) => reason)).toEqual(['login', 'login']);
  });
});
