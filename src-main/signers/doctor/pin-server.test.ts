import { afterEach, expect, test } from 'vitest';
import { kmipSettings } from '#shared/contract/signer-settings.ts';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { testApp } from '../../testing/test-app.ts';
import { endLater, endServers } from '../../testing/test-net.ts';

afterEach(endServers);

test('the certificate that the doctor saw is pinned by its typed fingerprint, pending, and is the only one once applied', async () => {
  const server = await fakeKmip();
  const app = await testApp({ live: true });
  endLater(() => app.remove());
  await app.create();
  const list = () => app.call('signers.list', {});
  const revision = async () => (await list()).pending.revision;
  const save = async (id: string | null, more: object) =>
    (
      await app.call('signers.save', {
        revision: await revision(),
        ...{ id, name: 'East', settings: kmipSettings.parse({ ...server.settings(), ...more }) },
        secret: { do: 'keep' },
      })
    ).id;
  const apply = async () => app.call('signers.apply', { revision: await revision() });
  const id = await save(null, {});
  const pin = async (sha256: string) =>
    app.call('signers.pinServer', { revision: await revision(), id, sha256 });
  const pending = async () => (await list()).pending.signers.find((one) => one.id === id)?.settings;
  await expect(pin('00')).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  await app.ended((await app.call('signers.examine', { id })).job);
  const shown = (await app.call('signers.report', { id }))?.certificate;
  expect(shown).toMatchObject({ subject: 'CN=test', sha256: expect.stringMatching(/^[0-9A-F]{64}$/) });
  const sha256 = shown?.sha256 ?? '';
  await expect(pin(`00${sha256.slice(2)}`)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    reply: { details: { fields: [{ path: 'sha256' }] } },
  });
  // What was seen at one address says nothing of another.
  await save(id, { host: 'localhost' });
  await expect(pin(sha256)).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  await save(id, {});
  expect(await pending()).toMatchObject({ insecure: true, serverSha256: null });
  // As openssl prints it.
  await pin(`sha256 Fingerprint=${sha256.replaceAll(/(..)(?!$)/g, '$1:')}`);
  expect(await pending()).toMatchObject({ insecure: false, serverSha256: sha256, serverCertPath: null });
  expect((await list()).rows.map((row) => row.id)).toEqual(['software']);
  await apply();
  expect(await app.ended((await app.call('signers.login', { id })).job)).toMatchObject({ error: null });
  const { notes } = await app.call('signers.toml', {});
  expect(notes).toContainEqual(
    expect.stringMatching(/^"East": the certificate of its server is pinned here/),
  );
  // Another one gets nothing.
  await save(id, { insecure: false, serverSha256: `00${sha256.slice(2)}` });
  await apply();
  const met = server.asked.length;
  const refused = await app.ended((await app.call('signers.login', { id })).job);
  expect(refused.error?.message).toMatch(/another certificate than the pinned one/);
  expect(server.asked.length).toBe(met);
  const { rows } = await app.call('audit.list', { action: 'signers.pinServer', limit: 9 });
  expect(rows.map(({ outcome }) => outcome)).toEqual(['done', 'refused', 'refused', 'refused']);
  for (const more of [{ insecure: true }, { insecure: false, serverCertPath: '/x.pem' }])
    await expect(save(id, { serverSha256: sha256, ...more })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
});
