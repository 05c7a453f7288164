import { afterEach, expect, test } from 'vitest';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { pkcs11Settings } from '#shared/contract/signer-settings.ts';
import { deviceActions } from '../../lib/device-use.ts';
import { fakeDevices, type FakeToken, fakeToken, strangerKey, trouble } from '../../testing/fake-device.ts';
import { testLog, testRandom } from '../../testing/test-ports.ts';
import { testVault } from '../../testing/test-workspace.ts';
import { createSignerRouter } from '../router.ts';
import { signerContract } from '../signer-contract.ts';
import { createSoftwareSigner } from '../software/software-signer.ts';
import { createLiveSigners } from './live-signers.ts';

const vaults: ReturnType<typeof testVault>[] = [];
afterEach(async () => {
  for (const made of vaults.splice(0)) await made.remove();
});

const DATA = Buffer.from('what is to be signed');
const ALGORITHMS: readonly KeyAlgorithm[] = ['p-256', 'rsa-2048'];
const audit = { action: 'test', outcome: 'done' as const, summary: 'test', subjects: [] };

/** Signers on the tokens, in force, with their PINs in the vault. */
async function live(tokens: Record<string, FakeToken>) {
  const made = testVault();
  vaults.push(made);
  await made.create();
  const session = made.vault.session();
  await session.store.run('signers.apply', {
    revision: 1,
    roles: { defaultSigner: 'software', oneOffSigner: null },
    signers: ['dead', ...Object.keys(tokens)].map((id) => ({
      id,
      name: `Token ${id}`,
      kind: 'pkcs11' as const,
      settings: pkcs11Settings.parse({ kind: 'pkcs11', libPath: id, slot: { by: 'id', id: 0 } }),
      sealed: session.seal(id, Buffer.from('5678')),
    })),
    audit,
  });
  const signers = createLiveSigners(
    {
      clock: made.clock,
      random: testRandom,
      log: testLog().log,
      software: createSoftwareSigner({ sealer: () => made.vault.session() }),
      changed: () => undefined,
      ...fakeDevices(new Map(Object.entries(tokens))),
    },
    session,
    await session.store.run('signers.config', {}),
  );
  const router = createSignerRouter(
    () => signers.table,
    () => Promise.resolve(),
  );
  // As everybody signs: within an action, which is on record.
  const around = deviceActions(() => Promise.resolve());
  const sign: typeof router.sign = (key, use, data) => around(() => router.sign(key, use, data));
  const holderOf: typeof router.holderOf = (...given) => around(() => router.holderOf(...given));
  return { clock: made.clock, signers, router: { ...router, sign, holderOf }, session };
}

signerContract(
  'a device',
  async () => {
    const { signers } = await live({ a: fakeToken('S1') });
    const signer = signers.find('a');
    await signer.withDevice({ force: true }, () => Promise.resolve());
    return { signer, lock: () => void signers.stop() };
  },
  ALGORITHMS,
);

const request = { id: 'key-1', algorithm: 'p-256' as const, label: 'x', uses: ['certificate' as const] };

test('a dead signer holds up neither the description of all nor another signer', async () => {
  const token = fakeToken('S1');
  const { signers, router, clock } = await live({
    a: token,
    hung: fakeToken('S2', { hangs: new Set(['open']) }),
  });
  const waiting = [router.create('dead', request), router.create('hung', request)];
  for (const one of waiting) one.catch(() => undefined);
  const key = await router.create('a', request);
  expect((await router.sign(key, 'certificate', DATA)).length).toBeGreaterThan(0);
  expect((await router.describe()).map(({ id, state }) => [id, state])).toEqual([
    ['software', 'ready'],
    ['dead', 'retrying'],
    ['a', 'ready'],
    ['hung', 'probing'],
  ]);
  expect(router.device('a')).toEqual({ name: 'Token a', serial: 'S1' });
  expect(router.device('hung')).toBeNull();
  expect(router.device('software')).toBeNull();
  // The lock ends both, and nothing is done after it.
  await signers.stop();
  for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'LOCKED' });
  const asked = token.asked.length;
  clock.advance(120_000);
  await new Promise(setImmediate);
  expect(token.asked.length).toBe(asked);
});

test('a signature goes on when the device is back, and says whose key it is when it is not', async () => {
  const token = fakeToken('S1');
  const { router, clock } = await live({ a: token });
  const key = await router.create('a', request);
  token.faults = { sign: [trouble('unreachable'), trouble('unreachable')] };
  const signature = router.sign(key, 'certificate', DATA);
  const turn = async (): Promise<void> => {
    for (let at = 0; at < 40; at += 1) await new Promise((done) => setTimeout(done, 1));
  };
  for (const ms of [2000, 3000]) {
    await turn();
    clock.advance(ms);
  }
  expect((await signature).length).toBeGreaterThan(0);

  token.faults = {
    open: Array.from({ length: 99 }, () => trouble('unreachable')),
    sign: [trouble('unreachable')],
  };
  const failing = router.sign(key, 'certificate', DATA);
  failing.catch(() => undefined);
  for (const ms of [2000, 3000, 4500, 6750, 10_125]) {
    await turn();
    clock.advance(ms);
  }
  await expect(failing).rejects.toMatchObject({
    code: 'SIGNER_UNAVAILABLE',
    message:
      'The signer that possesses this key is not reachable. “Token a”: It was unreachable. Look at it.',
    details: { ids: ['a'], library: 'raw CKR_DEVICE_REMOVED' },
  });
});

test.each(['pin-refused', 'pin-locked', 'pin-needed'] as const)(
  'a device that is there, and whose PIN is in the way (%s), is not called out of reach',
  async (what) => {
    const token = fakeToken('S1');
    const { router } = await live({ a: token });
    const key = await router.create('a', request);
    token.faults = { sign: [trouble(what), trouble(what)] };
    await expect(router.sign(key, 'certificate', DATA)).rejects.toMatchObject({
      code: 'SIGNER_UNAVAILABLE',
      message: `“Token a”: It was ${what}. Look at it.`,
    });
  },
);

test('a signature that does not hold is thrown away; a key that is gone is named', async () => {
  const token = fakeToken('S1');
  const { router } = await live({ a: token });
  const key = await router.create('a', request);
  token.signsWrongly = true;
  await expect(router.sign(key, 'certificate', DATA)).rejects.toMatchObject({ code: 'INTERNAL' });
  token.signsWrongly = false;
  token.keys.delete(Buffer.from(key.handle).toString('hex'));
  await expect(router.sign(key, 'certificate', DATA)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message:
      'This key is no longer on Token a. Restore the device from its own backup, or roll what used the key.',
    details: { ids: ['key-1'] },
  });
  expect((await router.describe())[2]).toMatchObject({ id: 'a', state: 'ready' });
});

test('code of a device that fails otherwise than it should is out of reach, and on the log', async () => {
  const token = fakeToken('S1');
  const { router, signers } = await live({ a: token });
  const key = await router.create('a', request);
  token.faults = { sign: [new TypeError('x is not a function') as never] };
  const failing = router.sign(key, 'certificate', DATA);
  failing.catch(() => undefined);
  for (let at = 0; at < 40; at += 1) await new Promise((done) => setTimeout(done, 1));
  expect(signers.find('a').contact.status()).toMatchObject({
    state: 'retrying',
    trouble: { code: 'INTERNAL', library: 'x is not a function' },
  });
  await signers.stop();
  await expect(failing).rejects.toMatchObject({ code: 'LOCKED' });
});

test('who holds a key is asked of all at once and once each, and proven by a signature', async () => {
  const [token, lost] = [fakeToken('S1'), fakeToken('S2', { hangs: new Set(['open']) })];
  const { router, clock, signers } = await live({ hung: lost, a: token });
  const made = await router.create('a', request);
  const never = new AbortController().signal;
  // "dead" would be tried again for half a minute, and "hung" never answers.
  const before = clock.now().getTime();
  expect(await router.holderOf('pkcs11', made, never)).toBe('a');
  expect(clock.now().getTime()).toBe(before);
  expect(signers.prompts.list()).toEqual([]);
  expect(await router.holderOf('kmip', made, never)).toBeNull();
  const [, right] =
    [...token.keys].find(([handle]) => handle === Buffer.from(made.handle).toString('hex')) ?? [];
  if (right !== undefined) right.privateKey = strangerKey(token).privateKey;
  lost.hangs.clear();
  await expect(router.holderOf('pkcs11', made, never)).rejects.toMatchObject({
    code: 'POLICY_REFUSED',
    message: expect.stringMatching(/does not confirm/),
  });
});

test('whose device has not this key is passed over, one that is away is named, and the search can be given up', async () => {
  const token = fakeToken('S1');
  const { router } = await live({ a: token });
  const made = await router.create('a', request);
  const other = { ...made, handle: Buffer.alloc(20, 7) };
  await expect(router.holderOf('pkcs11', other, new AbortController().signal)).rejects.toMatchObject({
    code: 'SIGNER_UNAVAILABLE',
  });
  token.hangs.add('open');
  const abort = new AbortController();
  const asked = router.holderOf('pkcs11', made, abort.signal);
  abort.abort();
  await expect(asked).rejects.toMatchObject({
    code: expect.stringMatching(/^(CANCELLED|SIGNER_UNAVAILABLE)$/),
  });
});

const turn = async (): Promise<void> => {
  for (let at = 0; at < 40; at += 1) await new Promise((done) => setTimeout(done, 1));
};

test('the signal of a job ends the making of its key, and the signer goes on', async () => {
  const token = fakeToken('S1');
  const { router } = await live({ a: token });
  await router.create('a', request);
  token.hangs.add('create');
  const job = new AbortController();
  const making = router.create('a', request, job.signal);
  making.catch(() => undefined);
  await turn();
  job.abort();
  await expect(making).rejects.toMatchObject({ code: 'CANCELLED' });
  token.hangs.delete('create');
  await router.create('a', request);
  expect((await router.describe())[2]).toMatchObject({ id: 'a', state: 'ready' });
});

test('a logout cancels what is under way, and nothing of it logs in again by itself', async () => {
  const token = fakeToken('S1');
  const { router, signers, clock } = await live({ a: token });
  const key = await router.create('a', request);
  const { contact } = signers.find('a');
  // One that the device answers to no more, one that waits for its next try.
  token.faults = { sign: [trouble('unreachable')] };
  const waiting = router.sign(key, 'certificate', DATA);
  waiting.catch(() => undefined);
  await turn();
  token.hangs.add('publicKey');
  const hanging = router.publicKey(key);
  hanging.catch(() => undefined);
  await turn();
  const pins = token.pins.length;
  await contact.logout();
  for (const one of [waiting, hanging])
    await expect(one).rejects.toMatchObject({
      code: 'CANCELLED',
      message: expect.stringContaining('logged out meanwhile') as string,
    });
  clock.advance(60_000);
  await turn();
  expect(token.pins.length).toBe(pins);
  expect(contact.status().state).toBe('announced');
  // The next use logs in, as the screen says.
  token.hangs.clear();
  await router.sign(key, 'certificate', DATA);
  expect(token.pins.length).toBe(pins + 1);
});
