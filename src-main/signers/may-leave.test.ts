/** A key is taken for one that stays in its device only where the device says so. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingPeers } from '../testing/peers.ts';
import { compileShim, type Shim } from '../testing/pkcs11-shim.ts';
import { addSigner } from '../testing/real-signers.ts';
import { PIN, type SoftHsm, softhsm } from '../testing/softhsm.ts';
import { testApp } from '../testing/test-app.ts';
import { staysInside } from './device.ts';

test.each([
  [true, true, false, true],
  [true, true, null, true],
  [true, true, true, false],
  [true, false, true, false],
  [true, false, false, true],
  [true, null, false, true],
  [true, null, null, false],
  [false, false, false, false],
  [null, null, null, false],
])(
  'sensitive %s, never extractable %s, extractable %s: it stays: %s',
  (sensitive, never, extractable, stays) => {
    expect(staysInside({ sensitive, neverExtractable: never, extractable })).toBe(stays);
  },
);

const missing = missingPeers('softhsm2-util', 'pkcs11-tool', 'gcc');
const skip = missing.length > 0;
let hsm: SoftHsm;
let shim: Shim;

beforeAll(() => {
  if (skip) return;
  hsm = softhsm();
  shim = compileShim();
});
afterAll(async () => {
  await hsm?.remove();
  shim?.remove();
});

test.skipIf(skip)(
  'a sensitive key that can be taken out wrapped is adopted as one that may leave',
  async () => {
    hsm.addToken('T');
    const app = await testApp({ live: true });
    await app.create();
    const signer = await addSigner(app, 'One', hsm.settings('T'), PIN);
    await app.ended((await app.call('signers.login', { id: signer })).job);
    const guards = { open: ['--sensitive', '--extractable'], kept: ['--sensitive'] };
    for (const [at, [label, words]] of Object.entries(guards).entries())
      hsm.tool(
        'T',
        ...['--keypairgen', '--key-type', 'EC:prime256v1', '--id', `aa0${at}`, '--label', label],
        ...['--usage-sign', ...words],
      );
    const { keys } = await app.deviceKeys(signer);
    for (const { label, spkiSha256 } of keys.filter(({ adoptable }) => adoptable)) {
      const adopted = await app.call('signers.adopt', { id: signer, spkiSha256: spkiSha256 ?? '', label });
      expect((await app.ended(adopted.job)).error).toBeNull();
    }
    const { rows } = await app.call('keys.list', {});
    const marks = rows.map(async ({ id, label }) => [label, (await app.call('keys.get', { id })).mayLeave]);
    expect(Object.fromEntries((await Promise.all(marks)) as [string, boolean][])).toEqual({
      open: true,
      kept: false,
    });
    await app.remove();
  },
);

test.skipIf(skip)('a token that says nothing of it makes keys that may leave', async () => {
  hsm.addToken('quiet');
  const device = (fault: string) => hsm.device('quiet', shim.settings(hsm, fault));
  for (const [fault, mayLeave] of [
    ['none', false],
    ['silent-guard', true],
  ] as const) {
    const one = device(fault);
    await one.open(new AbortController().signal);
    expect(await one.create({ algorithm: 'p-256', label: '' })).toMatchObject({ mayLeave });
    await one.close();
  }
});
