import { afterEach, expect, test } from 'vitest';
import { kmipSettings } from '#shared/contract/signer-settings.ts';
import { fakeToken, strangerKey } from '../../testing/fake-device.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { endSigners, started } from '../../testing/test-signers.ts';

afterEach(endSigners);

test('a server is told by its certificate, on the screen and on record; a token by its serial', async () => {
  const t = await started({ 'kmip.example.net': fakeToken('AB12'), '/a.so': fakeToken('S1') });
  const token = await t.add('One', '/a.so');
  await t.job(await t.app.call('signers.login', { id: token }));
  expect((await t.row(token)).text).toBe('Fake Token with serial S1 is ready.');
  const { pending } = await t.app.call('signers.list', {});
  const settings = kmipSettings.parse({
    kind: 'kmip',
    host: 'kmip.example.net',
    insecure: true,
    username: 'pki',
  });
  const { id } = await t.app.call('signers.save', {
    revision: pending.revision,
    id: null,
    name: 'East',
    settings,
    secret: { do: 'store', secret: '5678' },
  });
  await t.apply();
  await t.job(await t.app.call('signers.login', { id }));
  expect((await t.row(id)).text).toBe('Fake Token with certificate SHA-256 AB12 is ready.');
  expect((await t.audit('signers.contact'))[0]).toContain('Fake Token, certificate SHA-256 AB12');

  const server = t.tokens.get('kmip.example.net');
  if (server === undefined) throw new Error('no server');
  expect(await t.audit('signers.otherSerial')).toEqual([]);
  server.serial = 'CD34';
  await t.job(await t.app.call('signers.probe', { id }));
  const { device } = await t.row(id);
  expect(device).toMatchObject({ serial: 'CD34', before: { serial: 'AB12' } });
  expect(await t.audit('signers.otherSerial')).toEqual([
    'done: East has another certificate SHA-256 than before and the same identity key: it was AB12 and is CD34',
  ]);
  // It is said once, and stays to be seen.
  await t.job(await t.app.call('signers.probe', { id }));
  expect(await t.audit('signers.otherSerial')).toHaveLength(1);
  expect((await t.row(id)).device?.before).toEqual(device?.before);
  // In the middle of its work it is noticed as well, by the connection that shows it.
  Object.assign(server, { dialsAnew: true, serial: 'EF56' });
  const spkiSha256 = sha256Hex(strangerKey(server).spkiDer);
  await t.app.result(await t.app.call('signers.adopt', { id, spkiSha256, label: 'taken in' }));
  expect((await t.audit('signers.otherSerial'))[0]).toMatch(/it was CD34 and is EF56$/);
  expect((await t.row(id)).device).toMatchObject({ serial: 'EF56', before: { serial: 'CD34' } });
});

test('another server than the one met first is not used before there is an identity key', async () => {
  const server = fakeToken('', { dialsAnew: true });
  // The one that shows up once the identity key was made.
  Object.defineProperty(server, 'serial', { get: () => (server.keys.size === 0 ? 'AB12' : 'CD34') });
  const t = await started({ '/a.so': server });
  const id = await t.add('One', '/a.so');
  const job = await t.job(await t.app.call('signers.login', { id }));
  expect(job.error?.message).toMatch(/another .*than a moment ago/);
  expect(await t.row(id)).toMatchObject({ state: 'retrying', trouble: { code: 'ANOTHER_DEVICE' } });
  expect(server.keys.size).toBe(0);
});
