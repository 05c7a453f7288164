/** A library without a function that is needed: the signer's page names it, whatever it failed at. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileShim, type Shim } from '../testing/pkcs11-shim.ts';
import { addSigner } from '../testing/real-signers.ts';
import { describeSoftHsm, hasSoftHsm, PIN, softhsm, type SoftHsm } from '../testing/softhsm.ts';
import { testApp } from '../testing/test-app.ts';

let hsm: SoftHsm;
let shim: Shim;
beforeAll(() => {
  if (!hasSoftHsm) return;
  hsm = softhsm();
  shim = compileShim();
});
afterAll(async () => {
  await hsm?.remove();
  shim?.remove();
});

describeSoftHsm('no C_Sign', () => {
  test('at the first contact and at one of a device that is known', { timeout: 60_000 }, async () => {
    hsm.addToken('bare');
    const app = await testApp({ live: true });
    try {
      await app.create();
      const row = async () => (await app.call('signers.list', {})).rows[1];
      const signs = async () => (await row())?.capabilities.find(({ name }) => name === 'C_Sign')?.present;
      const settings = hsm.settings('bare', shim.settings(hsm, 'no-sign'));
      const id = await addSigner(app, 'Bare', settings, PIN);
      const tested = async () => app.ended((await app.call('signers.probe', { id })).job);

      expect(await tested()).toMatchObject({ state: 'failed' });
      expect(await row()).toMatchObject({
        state: 'unusable',
        device: null,
        trouble: { code: 'CKR_FUNCTION_NOT_SUPPORTED' },
      });
      expect(await signs()).toBe(false);

      const change = async (libPath: typeof settings) => {
        const { revision } = (await app.call('signers.list', {})).pending;
        const secret = { do: 'store' as const, secret: PIN };
        await app.call('signers.save', { id, revision, name: 'Bare', settings: libPath, secret });
        await app.call('signers.apply', { revision: revision + 1 });
      };
      await change(hsm.settings('bare', { environment: hsm.environment }));
      expect(await tested()).toMatchObject({ state: 'done' });
      expect(await signs()).toBe(true);
      // Another build of the library, of which it was seen that it signs.
      await change(settings);
      expect(await tested()).toMatchObject({ state: 'failed' });
      expect(await row()).toMatchObject({ state: 'unusable', device: { label: 'bare' } });
      expect(await signs()).toBe(false);
    } finally {
      await app.remove();
    }
  });
});
