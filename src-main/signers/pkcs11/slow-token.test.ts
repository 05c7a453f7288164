import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { compileShim, type Shim } from '../../testing/pkcs11-shim.ts';
import { describeSoftHsm, hasSoftHsm, softhsm, type SoftHsm, testPerson } from '../../testing/softhsm.ts';
import { DeviceError, type Proof } from '../device.ts';
import { signatureHolds } from '../signature-scheme.ts';
import { QUIET_MS } from './watch.ts';

// Tokens that take their time, wait for a finger, or have a single session: SoftHSM behind shim.c.
const DATA = Buffer.from('what is to be signed');
const never = new AbortController().signal;
const P256 = { algorithm: 'p-256' as const, label: '' };
let hsm: SoftHsm;
let shim: Shim;
let touched: string;

beforeAll(() => {
  if (!hasSoftHsm) return;
  shim = compileShim();
  hsm = softhsm();
  hsm.addToken('slow');
  touched = join(hsm.folder, 'touched');
});
beforeEach(() => writeFileSync(touched, ''));
afterEach(() => rmSync(touched, { force: true }));
afterAll(async () => {
  await hsm?.remove();
  shim?.remove();
});

async function opened(faults: string, pin?: string) {
  const person = testPerson(pin);
  const device = hsm.device('slow', shim.settings(hsm, faults, touched), { person });
  await device.open(never);
  return { device, person };
}

describeSoftHsm('a key that waits for a touch', () => {
  const says = 'slow is making a key, which may take minutes. Touch it if it blinks.';

  test('being made: the screen says so, without a limit, and it is made once it was touched', async () => {
    const { device, person } = await opened('touch');
    rmSync(touched);
    const making = device.create(P256);
    await vi.waitFor(() => expect(person.waiting).toEqual([says]), QUIET_MS + 5000);
    writeFileSync(touched, '');
    const { handle, spkiDer } = await making;
    expect(signatureHolds('p-256', spkiDer, DATA, await device.sign(handle, 'p-256', DATA))).toBe(true);
  });

  test('being made: the job that wants it ends it at once, and the device works again', async () => {
    const { device } = await opened('touch');
    rmSync(touched);
    const job = new AbortController();
    const making = device.create(P256, job.signal);
    making.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    job.abort();
    await expect(making).rejects.toMatchObject({ trouble: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(1000);
    writeFileSync(touched, '');
    await device.create(P256);
  });

  test('being made: who lists or looks for keys meanwhile is not kept waiting when it is cancelled', async () => {
    const { device } = await opened('touch');
    const { spkiDer } = await device.create(P256);
    rmSync(touched);
    const making = device.create(P256);
    making.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const cancel = new AbortController();
    const both = [device.list(cancel.signal), device.find(spkiDer, cancel.signal)];
    const started = performance.now();
    cancel.abort();
    for (const one of both) await expect(one).rejects.toMatchObject({ trouble: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(1000);
    writeFileSync(touched, '');
    // Nothing was ended by it: the key is made.
    await making;
    expect(await device.find(spkiDer)).not.toBeNull();
  });

  test('being made and signing: one notice for both, whose cancel ends both', async () => {
    const { device, person } = await opened('touch');
    const { handle } = await device.create(P256);
    await device.sign(handle, 'p-256', DATA);
    rmSync(touched);
    const both = [device.create(P256), device.sign(handle, 'p-256', DATA)];
    for (const one of both) one.catch(() => undefined);
    await vi.waitFor(() => expect(person.waiting).toEqual([says]), QUIET_MS + 5000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(person.waiting).toEqual([says]);
    person.cancel();
    for (const one of both) await expect(one).rejects.toMatchObject({ trouble: 'cancelled' });
    writeFileSync(touched, '');
    await device.sign(handle, 'p-256', DATA);
  });
});

describeSoftHsm('a token with a single session', () => {
  test('the time of a signature counts from when its turn comes: nobody is told to touch it', async () => {
    const { device, person } = await opened('one-session,sign-slow');
    const { handle, spkiDer } = await device.create(P256);
    const started = performance.now();
    const all = await Promise.all(Array.from({ length: 4 }, () => device.sign(handle, 'p-256', DATA)));
    expect(performance.now() - started).toBeGreaterThan(QUIET_MS + 1000);
    for (const signature of all) expect(signatureHolds('p-256', spkiDer, DATA, signature)).toBe(true);
    expect(person.waiting).toEqual([]);
  });

  test('searches and signs with it in turn', async () => {
    const { device } = await opened('one-session,sign-slow');
    const { handle, spkiDer } = await device.create(P256);
    const signing = device.sign(handle, 'p-256', DATA);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [found, list, signature] = await Promise.all([device.publicKey(handle), device.list(), signing]);
    expect(Buffer.from(found).equals(spkiDer)).toBe(true);
    expect(list.length).toBeGreaterThan(0);
    expect(signatureHolds('p-256', spkiDer, DATA, signature)).toBe(true);
  });

  test('goes on in the same process after a PIN for one signature was refused', async () => {
    const { device, person } = await opened('one-session,always-auth');
    const { handle, spkiDer } = await device.create(P256);
    person.type('9999');
    await expect(device.sign(handle, 'p-256', DATA)).rejects.toMatchObject({ trouble: 'pin-refused' });
    person.type('4321');
    const signature = await device.sign(handle, 'p-256', DATA);
    expect(signatureHolds('p-256', spkiDer, DATA, signature)).toBe(true);
    // No second login: the operation that was refused did not stay begun.
    expect(person.asked.map(({ reason }) => reason)).toEqual(['login', 'signature', 'signature']);
  });
});

describeSoftHsm('a device that begins anew while it is contacted', () => {
  /** It was opened and proven, and its child has ended since. */
  async function ended(proof: Proof) {
    const device = hsm.device('slow', shim.settings(hsm, 'touch', touched), { person: testPerson() });
    await device.open(never, proof);
    const { handle } = await device.create(P256);
    rmSync(touched);
    const job = new AbortController();
    const making = device.create(P256, job.signal);
    making.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    job.abort();
    await expect(making).rejects.toMatchObject({ trouble: 'cancelled' });
    writeFileSync(touched, '');
    return { device, handle };
  }

  test('nothing is signed by whoever joins the contact before the device is proven', async () => {
    let other = false;
    const proof: Proof = () =>
      other
        ? Promise.reject(new DeviceError('misconfigured', 'ANOTHER_DEVICE', 'It is another one.'))
        : Promise.resolve();
    const { device, handle } = await ended(proof);
    other = true;
    const both = [device.open(never, proof), device.sign(handle, 'p-256', DATA)];
    for (const one of both) one.catch(() => undefined);
    for (const one of both) await expect(one).rejects.toMatchObject({ code: 'ANOTHER_DEVICE' });
  });

  test('a contact that is cancelled cancels no signature', async () => {
    const { device, handle } = await ended(() => Promise.resolve());
    const contact = new AbortController();
    const opening = device.open(contact.signal);
    const signing = device.sign(handle, 'p-256', DATA);
    for (const one of [opening, signing]) one.catch(() => undefined);
    contact.abort();
    await expect(opening).rejects.toMatchObject({ trouble: 'cancelled' });
    expect((await signing).length).toBeGreaterThan(0);
  });
});
