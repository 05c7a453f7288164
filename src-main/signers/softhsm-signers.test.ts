import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { peer } from '../testing/peers.ts';
import { softhsmLibrary } from '../testing/softhsm.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { PASSPHRASE } from '../testing/test-workspace.ts';

const open: TestApp[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.remove();
});

const PIN = 'rehearsal-pin';

test(
  'a rehearsal token of SoftHSM from making it to its keys, moved away and back, and after a lock',
  {
    timeout: 120_000,
  },
  async () => {
    peer('softhsm2-util');
    expect(softhsmLibrary()).toMatch(/softhsm/);
    const app = await testApp();
    open.push(app);
    await app.create('rehearsal');
    const revision = async () => (await app.call('signers.list', {})).pending.revision;
    const row = async () => (await app.call('signers.list', {})).rows[1];
    const request = { revision: await revision(), name: 'SoftHSMv2', pin: PIN, keepPin: true };
    const id = await app.result(await app.call('signers.rehearsalToken', request));
    await app.call('signers.setRoles', { revision: await revision(), defaultSigner: id, oneOffSigner: null });
    await app.call('signers.apply', { revision: await revision() });
    expect(await row()).toMatchObject({ state: 'announced', roles: ['default'], device: null });

    const probed = await app.call('signers.probe', { id });
    expect(await app.ended(probed.job)).toMatchObject({ state: 'done', error: null });
    const ready = await row();
    expect(ready).toMatchObject({ state: 'ready', device: { label: 'SoftHSMv2' } });
    expect(ready?.capabilities.filter(({ name }) => name.startsWith('C_'))).toHaveLength(17);
    const key = await app.result(
      await app.call('keys.create', { algorithm: 'rsa-2048', label: 'long-lived' }),
    );
    const { keys } = await app.call('signers.deviceKeys', { id });
    // The identity key and ours: nothing of the test is left.
    expect(keys.map((one) => [one.label, one.type, one.identity, one.neverExtractable])).toEqual(
      expect.arrayContaining([
        ['Krill', 'RSA 2048', true, true],
        ['Krill', 'RSA 2048', false, true],
      ]),
    );
    expect(keys).toHaveLength(2);
    expect((await app.call('signers.list', {})).pending.advice).toMatchObject([{ code: 'no-software-keys' }]);

    const settings = ready?.settings;
    if (settings?.kind !== 'pkcs11') throw new Error('no PKCS#11 settings');
    const tokens = join(settings.environment['SOFTHSM2_CONF'] ?? '', '..', 'tokens');
    renameSync(tokens, `${tokens}-away`);
    await app.call('signers.logout', { id });
    const gone = await app.call('signers.login', { id });
    expect(await app.ended(gone.job)).toMatchObject({
      state: 'failed',
      error: { code: 'SIGNER_UNAVAILABLE' },
    });
    const away = await row();
    expect(['retrying', 'unusable']).toContain(away?.state);
    expect(await app.call('keys.get', { id: key })).toMatchObject({
      reachable: false,
      signerName: 'SoftHSMv2',
    });
    renameSync(`${tokens}-away`, tokens);
    const back = await app.call('signers.login', { id });
    expect(await app.ended(back.job)).toMatchObject({ state: 'done', error: null });
    expect(await app.call('keys.get', { id: key })).toMatchObject({ reachable: true });

    await app.call('workspace.lock', {});
    await app.call('workspace.unlock', { passphrase: PASSPHRASE });
    expect(await row()).toMatchObject({ state: 'announced', keys: 1 });
    const { key: view } = await app.call('keys.get', { id: key });
    await app.call('keys.destroy', { id: key, confirm: view.keyId.slice(-8) });
    expect((await app.call('signers.deviceKeys', { id })).keys.map(({ identity }) => identity)).toEqual([
      true,
    ]);
    expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
    expect(JSON.stringify([app.events, app.lines])).not.toContain(PIN);
  },
);
