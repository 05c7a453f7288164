import { afterEach, expect, test } from 'vitest';
import { fakeToken, trouble } from '../testing/fake-device.ts';
import { endSigners, started } from '../testing/test-signers.ts';
import { draftOf, wizard } from '../testing/test-wizard.ts';

afterEach(endSigners);

test('two rolls of one owner at once: one is made, the other is refused and on record; after a failure it can be tried again', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const root = await wizard(t.app).signed(draftOf('root', 'Root'));
  const id = await t.add('One', '/a.so');
  const roles = { defaultSigner: id, oneOffSigner: null };
  await t.app.call('signers.setRoles', { revision: await t.revision(), ...roles });
  await t.apply();
  const { owner = '' } = (await t.app.call('signers.migration', {})).rows[0] ?? {};
  expect(owner).toBe(root);
  const roll = () => t.app.call('signers.roll', { owner });

  await t.job(await t.app.call('signers.login', { id }));
  token.faults = { create: [trouble('refused', 'CKR_TOKEN_WRITE_PROTECTED')] };
  await t.job(await roll());
  token.faults = {};

  const rolls = await Promise.allSettled([roll(), roll()]);
  const made = rolls.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const refused = rolls.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  expect(refused).toMatchObject([
    {
      code: 'NOT_ALLOWED_NOW',
      message: 'The key of Root is being rolled. Wait for its end, then look at the list.',
    },
  ]);
  expect((await t.audit('signers.roll'))[0]).toMatch(/^refused: The key of Root is being rolled/);
  expect(made).toHaveLength(1);
  for (const one of made) expect((await t.job(one)).state).toBe('done');
  // Identity key, and the new one.
  expect(token.keys.size).toBe(2);
});
