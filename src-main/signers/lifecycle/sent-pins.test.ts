/** A PIN goes to a device once without a person, whatever becomes of it: refused, crashed, hung, an answer that nobody knows. */
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { fakeToken, trouble } from '../../testing/fake-device.ts';
import { testClock, testRandom } from '../../testing/test-ports.ts';
import { endSigners, settings, settle, started } from '../../testing/test-signers.ts';
import { PASSPHRASE, testVault } from '../../testing/test-workspace.ts';
import type { Session } from '../../store/store-contract.ts';
import { type Device, DeviceError, type Person } from '../device.ts';
import { createContact } from './contact.ts';
import { createManagedSigner } from './managed-signer.ts';
import { createPinBook } from './pin-book.ts';
import { createPins } from './pins.ts';
import { createPrompts } from './prompts.ts';

afterEach(endSigners);

/** A signer on a device that is made by `make`, without a store. */
function signer(make: (person: Person) => Partial<Device>, sealedPin: string) {
  const clock = testClock();
  const runs: string[] = [];
  const session = {
    open: (_id: string, sealed: Uint8Array) => Uint8Array.from(sealed),
    seal: (_id: string, plain: Uint8Array) => Uint8Array.from(plain),
    store: { run: async (name: string) => void runs.push(name) },
  } as unknown as Session;
  const prompts = createPrompts({ clock, random: testRandom, changed: () => undefined });
  const facts = () => ({ id: 's1', name: 'One', kind: 'pkcs11', settings: settings('/a.so') });
  const pins = createPins({
    ...{ clock, random: testRandom, session, prompts, signer: facts },
    sealed: new Uint8Array(Buffer.from(sealedPin)),
    book: createPinBook([]),
    kept: () => undefined,
  });
  const contact = createContact({
    ...{ clock, signer: facts, stored: { binding: null, device: null }, pins, prompts },
    make: (_settings, person) => make(person) as Device,
    changed: () => undefined,
    explain: () => null,
    bound: async () => undefined,
    learned: async () => undefined,
    record: async () => undefined,
    log: () => undefined,
  });
  return { clock, runs, prompts, pins, contact, facts };
}

test('a refusal is marked although another call ends meanwhile', async () => {
  const go = Promise.withResolvers<void>();
  const sent: string[] = [];
  const s = signer(() => ({}), '1111');
  const person: Person = {
    pin: (why) => s.pins.hand(why, { alone: false }),
    waits: () => () => undefined,
  };
  const device = {
    async sign(handle: Uint8Array) {
      if (handle[0] !== 1) return new Uint8Array([1]);
      sent.push(Buffer.from(await person.pin({ reason: 'signature', tries: null })).toString());
      await go.promise;
      throw new DeviceError('pin-refused', 'CKR_PIN_INCORRECT', 'Refused.');
    },
    close: async () => undefined,
  } as unknown as Device;
  const contact = { ...s.contact, ready: async () => ({ device, facts: {} as never }) };
  const managed = createManagedSigner({ clock: s.clock, contact, pins: s.pins, signer: s.facts });
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spkiDer = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
  const sign = (n: number) =>
    managed.sign(
      { id: `k${n}`, algorithm: 'p-256', spkiDer, uses: ['message'], handle: new Uint8Array([n]) },
      'message',
      new Uint8Array(),
    );
  const first = sign(1).catch((error: unknown) => error);
  await expect.poll(() => s.prompts.list().length).toBe(1);
  const typed = { pin: new Uint8Array(Buffer.from('1111')), keep: 'no' } as const;
  await s.prompts.answer(s.prompts.list()[0]?.id ?? '', typed);
  await expect.poll(() => sent.length).toBe(1);
  await sign(2);
  go.resolve();
  await first;
  expect(s.pins.refusals()).toEqual([expect.objectContaining({ unanswered: false })]);
  // A person is asked now.
  const second = sign(1).catch((error: unknown) => error);
  await expect.poll(() => s.prompts.list().length).toBe(1);
  s.prompts.clear();
  await second;
  expect(sent).toEqual(['1111']);
});

test.each([
  ['unreachable', 'SIGNER_HOST_CRASHED'],
  ['unreachable', 'SIGNER_HOST_TIMEOUT'],
  ['unreachable', 'CKR_VENDOR_DEFINED_0x80000001'],
] as const)('a library that ends a login with %s %s gets the PIN once', async (kind, code) => {
  const sent: string[] = [];
  const s = signer(
    (person) => ({
      async open() {
        sent.push(Buffer.from(await person.pin({ reason: 'login', tries: 'low' })).toString());
        throw new DeviceError(kind, code, 'It ended.');
      },
      close: async () => undefined,
    }),
    '1111',
  );
  const managed = createManagedSigner({ clock: s.clock, contact: s.contact, pins: s.pins, signer: s.facts });
  await expect(managed.withDevice({ repeat: true }, async () => 1)).rejects.toMatchObject({
    message: expect.stringContaining('did not say whether it took the PIN'),
  });
  expect(s.contact.status()).toMatchObject({ state: 'login-needed', trouble: { code: 'PIN_UNANSWERED' } });
  // On its way in the store before it went out, and still there.
  expect(s.runs).toEqual(['signers.sending']);
  for (let turn = 0; turn < 40; turn += 1) {
    s.clock.advance(5000);
    await new Promise((done) => setTimeout(done, 1));
  }
  expect(sent).toEqual(['1111']);
});

test('killed while the token is silent: after the restart a person is asked, and the same PIN may be given', async () => {
  const token = fakeToken('S1', { silentLogin: true });
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  await t.newKey(id);
  await t.until(async () => token.pins.length === 1);
  const path = (await t.app.call('workspace.state', {})).workspace?.path ?? '';
  await t.app.close();

  token.silentLogin = false;
  const again = await started({ '/a.so': token }, t.app.folder, path);
  expect(await again.row(id)).toMatchObject({ state: 'announced', secretMark: 'unanswered' });
  const begun = await again.newKey(id);
  const asked = await again.prompt();
  expect(asked.text).toContain('did not say whether it took the stored PIN');
  expect(token.pins).toEqual(['5678']);
  await again.app.call('signers.answer', { prompt: asked.id, pin: '5678', keep: 'no' });
  await again.app.result(begun);
  // It took it, so the stored one goes again by itself.
  expect(await again.row(id)).toMatchObject({ state: 'ready', secretMark: null });
  await again.app.call('signers.logout', { id });
  await again.app.result(await again.newKey(id, 'second'));
  expect(token.pins).toEqual(['5678', '5678', '5678']);
});

test('a password that is refused in the middle of the work is marked and not sent again', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  await t.app.result(await t.newKey(id));
  token.faults = { create: [trouble('pin-refused', 'Bad Password')] };
  await t.job(await t.newKey(id, 'second'));
  // On record with the serial of the device.
  const { rows } = await t.app.call('audit.list', { action: 'signers.pinRefused', limit: 5 });
  expect(rows.map(({ subjects }) => subjects.map((one) => [one.type, one.id]))).toEqual([
    [
      ['signer', id],
      ['device', 'S1'],
    ],
  ]);
  await t.newKey(id, 'third');
  await t.prompt();
  expect(token.pins).toEqual(['5678']);
});

test('the question of a cancelled job goes with it', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', null);
  const begun = await t.app.call('signers.login', { id });
  const asked = await t.prompt();
  await t.app.call('jobs.cancel', { id: begun.job });
  expect((await t.app.ended(begun.job)).state).toBe('cancelled');
  await settle();
  expect((await t.app.call('signers.prompts', {})).prompts).toEqual([]);
  await expect(
    t.app.call('signers.answer', { prompt: asked.id, pin: '5678', keep: 'no' }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(token.pins).toEqual([]);
});

test('a lock that meets the look-up of a PIN ends, and so does the job', async () => {
  const token = fakeToken('S1', { algorithms: ['p-256'] });
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', '0000');
  await t.job(await t.app.call('signers.login', { id }));
  const second = await t.app.call('signers.login', { id });
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin: '5678', keep: 'no' });
  await t.job(second);
  token.asksForEachSignature = true;
  await t.app.call('signers.probe', { id });
  await t.app.call('signers.answer', { prompt: (await t.prompt()).id, pin: '5678', keep: 'no' });
  const signs = () => token.asked.filter((one) => one === 'sign').length;
  const before = signs();
  while (signs() === before) await new Promise((done) => setImmediate(done));
  await t.app.call('workspace.lock', {});
  await t.app.call('workspace.unlock', { passphrase: PASSPHRASE });
  expect((await t.app.call('signers.prompts', {})).prompts).toEqual([]);
}, 45_000);

test('twenty other refusals leave the mark of the stored PIN', async () => {
  const made = testVault();
  try {
    await made.create();
    const session = made.vault.session();
    const audit = { action: 'test', outcome: 'refused' as const, summary: 'One', subjects: [] };
    await session.store.run('signers.apply', {
      revision: 1,
      roles: { defaultSigner: 'software', oneOffSigner: null },
      signers: [{ id: 's1', name: 'One', kind: 'pkcs11', settings: settings('/a.so'), sealed: null }],
      audit,
    });
    const pins = createPins({
      ...{ clock: made.clock, random: testRandom, session, kept: () => undefined },
      prompts: createPrompts({ clock: made.clock, random: testRandom, changed: () => undefined }),
      signer: () => ({ id: 's1', name: 'One', kind: 'pkcs11' }),
      sealed: session.seal('s1', Buffer.from('0000')),
      book: createPinBook([]),
    });
    const sent = await pins.send({ pin: new Uint8Array(Buffer.from('0000')), keep: 'no' });
    await pins.refused(sent.mark);
    for (let n = 0; n < 25; n += 1)
      await session.store.run('signers.refused', {
        id: 's1',
        pin: { salt: String(n), hash: '00', at: '2026-01-01T00:00:00.000Z' },
        audit,
      });
    const { signers } = await session.store.run('signers.config', {});
    const marks = signers.find(({ id }) => id === 's1')?.refused ?? [];
    expect(marks).toHaveLength(21);
    expect(marks[0]?.kept).toBe(true);
  } finally {
    await made.remove();
  }
});
