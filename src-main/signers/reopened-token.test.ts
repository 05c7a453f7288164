/** SoftHSM: a token that took the place of another, label and serial alike, is found out also where nobody asked for a contact. */
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileShim, type Shim } from '../testing/pkcs11-shim.ts';
import { describeSoftHsm, hasSoftHsm, PIN, type SoftHsm, softhsm } from '../testing/softhsm.ts';
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

describeSoftHsm('another token with the same label and serial', () => {
  test('no key is made on it', { timeout: 60_000 }, async () => {
    const app = await testApp({ live: true });
    try {
      await app.create('online', 'X');
      hsm.addToken('same');
      const [folder = ''] = readdirSync(hsm.tokens);
      const list = () => app.call('signers.list', {});
      const revision = async () => (await list()).pending.revision;
      const { id } = await app.call('signers.save', {
        ...{ revision: await revision(), id: null, name: 'One' },
        settings: hsm.settings('same', {
          ...{ retrySeconds: 1, maxRetrySeconds: 1 },
          ...shim.settings(hsm, 'other-serial'),
        }),
        secret: { do: 'store', secret: PIN },
      });
      const roles = { defaultSigner: 'software', oneOffSigner: null };
      await app.call('signers.setRoles', { revision: await revision(), ...roles });
      await app.call('signers.apply', { revision: await revision() });
      const create = async () =>
        app.ended((await app.call('keys.create', { algorithm: 'p-256', label: 'x', signer: id })).job);
      expect(await create()).toMatchObject({ state: 'done' });
      const row = async () => (await list()).rows.find((one) => one.id === id);
      expect(await row()).toMatchObject({ state: 'ready', device: { serial: 'f'.repeat(16) } });

      renameSync(join(hsm.tokens, folder), join(hsm.folder, 'away'));
      hsm.addToken('same');
      // The list is empty, so the device looks again in a new child by itself, and meets the other one.
      await expect(app.deviceKeys(id)).rejects.toMatchObject({
        message: expect.stringContaining('has lost the identity key of One') as string,
      });
      expect(await create()).toMatchObject({ state: 'failed', error: { code: 'SIGNER_UNAVAILABLE' } });
      expect(await row()).toMatchObject({ state: 'unusable', trouble: { code: 'IDENTITY_LOST' } });
      expect(hsm.tool('same', '--list-objects')).not.toMatch(/Private Key Object/);
    } finally {
      await app.remove();
    }
  });
});
