import { afterEach, expect, test } from 'vitest';
import { fakeToken } from '../../testing/fake-device.ts';
import { endSigners, started } from '../../testing/test-signers.ts';

afterEach(endSigners);

test('an export by label carries the serial of the token that was met there, and of no other place', async () => {
  const t = await started({ '/a.so': fakeToken('S1'), '/b.so': fakeToken('S2') });
  const id = await t.add('A', '/a.so');
  const exported = async () => (await t.app.call('signers.toml', {})).text;
  expect(await exported()).not.toContain('serial');
  await t.app.result(await t.app.call('signers.login', { id }));
  expect(await exported()).toContain("\n# The token's serial is S1\n");
  const settings = (await t.list()).rows.find((row) => row.id === id)?.settings;
  if (settings?.kind !== 'pkcs11') throw new Error('no token');
  const away = { ...settings, libPath: '/b.so' };
  const revision = await t.revision();
  await t.app.call('signers.save', { revision, id, name: 'A', settings: away, secret: { do: 'keep' } });
  expect(await exported()).not.toContain('serial');
});
