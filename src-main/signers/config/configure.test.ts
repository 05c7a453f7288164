import { afterEach, expect, test } from 'vitest';
import { kmipSettings } from '#shared/contract/signer-settings.ts';
import { fakeToken } from '../../testing/fake-device.ts';
import { endSigners, settings, started } from '../../testing/test-signers.ts';

afterEach(endSigners);

const NOT_UNIQUE = 'Another signer is called “One”. Choose another name.';

test('what is pending is not in force until it is applied; a second writer is told', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  const first = await t.list();
  expect(first).toMatchObject({
    rows: [{ id: 'software', name: 'Software', roles: ['default', 'one-off'], keys: 0 }],
    defaultSigner: 'software',
    oneOffSigner: 'software',
    oneOffImplied: true,
    pending: { revision: 1, changes: [], faults: [], advice: [] },
  });
  const request = { id: null, name: 'One', settings: settings('/a.so'), secret: { do: 'keep' as const } };
  const { id } = await t.app.call('signers.save', { ...request, revision: 1 });
  const pending = await t.list();
  expect(pending.rows).toHaveLength(1);
  expect(pending.pending).toMatchObject({
    revision: 2,
    changes: ['One is added.'],
    // Who made the keys without being chosen goes on.
    defaultSigner: 'software',
    faults: [],
  });
  await expect(t.app.call('signers.save', { ...request, name: 'Two', revision: 1 })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  await t.app.call('signers.setRoles', { revision: 2, defaultSigner: null, oneOffSigner: null });
  await expect(t.app.call('signers.apply', { revision: 3 })).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
    message: "'default_signer' must be set when more than one [[signers]] configuration is defined.",
  });
  await expect(t.app.call('signers.save', { ...request, revision: 3 })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    reply: { details: { fields: [{ path: 'name', message: NOT_UNIQUE }] } },
  });
  await t.app.call('signers.setRoles', { revision: 3, defaultSigner: id, oneOffSigner: null });
  expect((await t.list()).pending.changes).toEqual(['One is added.', 'Long-lived keys are made by One.']);
  await t.app.call('signers.apply', { revision: 4 });
  expect(await t.list()).toMatchObject({
    rows: [
      { id: 'software', roles: ['one-off'] },
      { id, name: 'One', roles: ['default'], state: 'announced' },
    ],
    defaultSigner: id,
    oneOffSigner: 'software',
    oneOffImplied: true,
    pending: {
      revision: 5,
      changes: [],
      faults: [],
      advice: [{ code: 'no-software-keys', severity: 'good' }],
    },
  });
  await expect(t.app.call('signers.apply', { revision: 5 })).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
  });
  // Every change is on record, the refused ones too.
  expect(await t.audit('signers.apply')).toEqual([
    'refused: Nothing is pending.',
    'done: The signers were changed: One is added. Long-lived keys are made by One.',
    expect.stringMatching(/^refused: /),
  ]);
  expect(await t.audit('signers.save')).toHaveLength(3);
});

test('discarding leaves nothing; changing back is no change', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  const id = await t.add('One', '/a.so');
  await t.app.call('signers.rename', { revision: await t.revision(), id, name: 'Two' });
  await t.app.call('signers.rename', { revision: await t.revision(), id, name: 'One' });
  expect((await t.list()).pending.changes).toEqual([]);
  await t.app.call('signers.remove', { revision: await t.revision(), id });
  expect((await t.list()).pending.changes).toEqual(['One is removed.']);
  await t.app.call('signers.discard', { revision: await t.revision() });
  expect((await t.list()).pending).toMatchObject({ changes: [], signers: [{ id: 'software' }, { id }] });
  // Two signers may change names with each other.
  const other = await t.add('Two', '/b.so');
  await t.app.call('signers.rename', { revision: await t.revision(), id, name: 'Three' });
  await t.app.call('signers.rename', { revision: await t.revision(), id: other, name: 'One' });
  await t.app.call('signers.rename', { revision: await t.revision(), id, name: 'Two' });
  await t.apply();
  expect((await t.list()).rows.map(({ name }) => name)).toEqual(['Software', 'Two', 'One']);
});

test('a signer that owns keys is not removed, with the list; one without goes, and a stopped one signs nothing', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const key = await t.app.result(await t.newKey(id, 'Example Root'));
  const remove = async () => t.app.call('signers.remove', { revision: await t.revision(), id });
  await expect(remove()).rejects.toMatchObject({
    code: 'POLICY_REFUSED',
    message: 'One owns a key and cannot be removed: "Example Root". Roll or destroy it first.',
    reply: { details: { ids: [key] } },
  });
  const { key: view } = await t.app.call('keys.get', { id: key });
  await t.app.call('keys.destroy', { id: key, confirm: view.keyId.slice(-8) });
  await remove();
  // A key that was made meanwhile is found when it is applied.
  await t.app.result(await t.newKey(id, 'Late'));
  await expect(t.apply()).rejects.toMatchObject({ code: 'POLICY_REFUSED' });
  expect((await t.row(id)).state).toBe('ready');
  const late = (await t.app.call('keys.list', {})).rows[0];
  await t.app.call('keys.destroy', { id: late?.id ?? '', confirm: late?.key.keyId.slice(-8) ?? '' });
  await t.apply();
  expect((await t.list()).rows).toHaveLength(1);
  expect(token.closed).toBe(1);
  expect(await t.job(await t.newKey(id))).toMatchObject({
    error: { code: 'NOT_FOUND', message: expect.stringContaining('not configured') },
  });
});

test('the one-off trap is explained, cannot be applied, and has its way out (S002-4)', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  await t.app.result(
    await t.app.call('keys.create', { algorithm: 'p-256', label: 'old', signer: 'software' }),
  );
  const id = await t.add('HSM', '/a.so');
  await t.app.call('signers.remove', { revision: await t.revision(), id: 'software' });
  // A single signer is the default by itself, and software stays for the rest.
  expect((await t.list()).pending).toMatchObject({
    faults: [],
    changes: ['Software is removed.', 'Long-lived keys are made by HSM.'],
    advice: [{ code: 'software-keys', severity: 'careful' }],
  });
  await t.app.call('signers.setRoles', { revision: await t.revision(), defaultSigner: id, oneOffSigner: id });
  const { advice, faults } = (await t.list()).pending;
  expect(advice.map(({ code }) => code)).toEqual(['one-off-trap', 'one-off-on-device', 'software-keys']);
  expect(faults).toHaveLength(1);
  await expect(t.apply()).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  await t.app.call('signers.addSoftware', { revision: await t.revision() });
  expect((await t.list()).pending.faults).toEqual([]);
  await t.app.call('signers.setRoles', {
    revision: await t.revision(),
    defaultSigner: id,
    oneOffSigner: null,
  });
  await t.apply();
  expect(await t.list()).toMatchObject({ defaultSigner: id, oneOffSigner: 'software', oneOffImplied: true });
  // The default makes the next key when nobody is named.
  const key = await t.app.result(await t.app.call('keys.create', { algorithm: 'p-256', label: 'new' }));
  expect(await t.app.call('keys.get', { id: key })).toMatchObject({ signer: id, signerName: 'HSM' });
});

test('settings that cannot be right are refused by their field, and nothing is kept', async () => {
  const t = await started({});
  const wrong: [object, string][] = [
    [{ libPath: 'libsofthsm2.so' }, 'settings.libPath'],
    [{ environment: { LD_PRELOAD: '/x.so' } }, 'settings.environment.LD_PRELOAD'],
    [{ environment: { SOFTHSM2_CONF: 'conf' } }, 'settings.environment.SOFTHSM2_CONF'],
    [{ pinPad: true }, 'settings.pinPad'],
    [{ login: false }, 'settings.login'],
    [{ privateKeyAttributes: { CKA_EXTRACTABLE: true } }, 'settings.privateKeyAttributes'],
    [{ retrySeconds: 10, maxRetrySeconds: 5 }, 'settings.maxRetrySeconds'],
  ];
  for (const [more, path] of wrong)
    await expect(
      t.app.call('signers.save', {
        revision: 1,
        id: null,
        name: 'One',
        settings: { ...settings('/a.so'), ...more },
        secret: { do: 'store', secret: '5678' },
      }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', reply: { details: { fields: [{ path }] } } });
  expect((await t.list()).pending).toMatchObject({ revision: 1, changes: [] });
  expect(await t.audit('signers.save')).toHaveLength(wrong.length);
});

test('a secret is sealed, is never answered, and can be forgotten', async () => {
  const token = fakeToken('S1', { pin: 'very-secret-pin' });
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so', 'very-secret-pin');
  expect((await t.list()).pending.signers[1]).toMatchObject({ id, secretStored: true });
  const save = async (secret: { do: 'forget' } | { do: 'keep' }) =>
    t.app.call('signers.save', {
      revision: await t.revision(),
      id,
      name: 'One',
      settings: settings('/a.so'),
      secret,
    });
  await save({ do: 'keep' });
  expect((await t.list()).pending.changes).toEqual([]);
  await save({ do: 'forget' });
  expect((await t.list()).pending.changes).toEqual(['The secret of One is forgotten.']);
  await t.apply();
  expect((await t.row(id)).secretStored).toBe(false);
  expect(JSON.stringify([await t.list(), t.app.events, t.app.lines])).not.toContain('very-secret-pin');
  await t.newKey(id);
  expect((await t.prompt()).signer).toBe(id);
});

test('KMIP: warnings stay, a pair is a pair, and an offline station takes one address', async () => {
  const t = await started({});
  const kmip = (more: object) => ({
    revision: 0,
    id: null,
    name: 'HSM',
    settings: kmipSettings.parse({ kind: 'kmip', host: '127.0.0.1', ...more }),
    secret: { do: 'keep' as const },
  });
  const refused = async (more: object, path: string, message: RegExp) => {
    await expect(
      t.app.call('signers.save', { ...kmip(more), revision: await t.revision() }),
    ).rejects.toMatchObject({
      reply: { details: { fields: [{ path, message: expect.stringMatching(message) }] } },
    });
  };
  await refused({ clientCertPath: '/c.pem' }, 'settings.clientCertPrivateKeyPath', /both or neither/);
  await refused({ serverCaCertPath: '/nowhere.pem' }, 'settings.serverCaCertPath', /nowhere.pem/);
  await refused(
    { serverCaCertPath: import.meta.filename },
    'settings.serverCaCertPath',
    /No certificate found/,
  );
  await refused({ host: 'a b' }, 'settings.host', /name or an address/);
  const { id } = await t.app.call('signers.save', {
    ...kmip({ insecure: true, force: true }),
    revision: await t.revision(),
  });
  await t.app.call('signers.setRoles', {
    revision: await t.revision(),
    defaultSigner: 'software',
    oneOffSigner: null,
  });
  await t.apply();
  expect((await t.row(id)).warnings).toEqual([
    { severity: 'bad', text: expect.stringContaining('not checked') },
    { severity: 'careful', text: expect.stringContaining('PyKMIP') },
  ]);

  const offline = await started({});
  await offline.app.create('offline', 'Vault');
  const save = async (name: string, host: string) =>
    offline.app.call('signers.save', { ...kmip({ host }), name, revision: await offline.revision() });
  await expect(save('One', 'hsm.example.net')).rejects.toMatchObject({
    reply: { details: { fields: [{ path: 'settings.host' }] } },
  });
  await save('One', '127.0.0.1');
  await save('Two', '127.0.0.2');
  expect((await offline.list()).pending.faults).toContain(
    'An offline station may speak with one HSM only. Leave one KMIP server.',
  );
});

test('with another workspace made meanwhile, each has its own signers', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  const id = await t.add('One', '/a.so');
  await t.app.create('online', 'Second');
  expect((await t.list()).rows).toHaveLength(1);
  const other = await t.add('Other', '/a.so');
  await t.app.result(await t.newKey(other));
  expect((await t.row(other)).state).toBe('ready');
  await expect(t.app.call('signers.logout', { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a secret variable is never shown again; a form that sends its mask back keeps it', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  const environment = { VENDOR_PASSWORD: 'canary-83', VENDOR_CONF: '/etc/vendor.conf' };
  const id = await t.add('One', '/a.so', '5678', { environment });
  const shown = await t.row(id);
  expect(JSON.stringify(await t.list())).not.toContain('canary-83');
  expect(shown.settings).toMatchObject({
    environment: { VENDOR_PASSWORD: '***', VENDOR_CONF: '/etc/vendor.conf' },
  });
  const save = async (variables: Record<string, string>, of: string | null = id) =>
    t.app.call('signers.save', {
      revision: await t.revision(),
      ...{ id: of, name: of === null ? 'Two' : 'One', secret: { do: 'keep' } },
      settings: settings('/a.so', { environment: variables, keyLabel: 'Other' }),
    });
  await save({ VENDOR_PASSWORD: '***', VENDOR_CONF: '/etc/other.conf' });
  expect(JSON.stringify(await t.list())).not.toContain('canary-83');
  await t.apply();
  await t.job(await t.app.call('signers.login', { id }));
  expect(t.made.at(-1)).toMatchObject({
    environment: { VENDOR_PASSWORD: 'canary-83', VENDOR_CONF: '/etc/other.conf' },
  });
  await expect(save({ VENDOR_PASSWORD: '***' }, null)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    reply: { details: { fields: [{ path: 'settings.environment.VENDOR_PASSWORD' }] } },
  });
});
