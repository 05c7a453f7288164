import { cpSync, existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
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
    // The test called all but the one that ends everything.
    expect(ready?.capabilities.filter(({ present }) => present === null).map(({ name }) => name)).toEqual([
      'C_Finalize',
    ]);
    const key = await app.result(
      await app.call('keys.create', { algorithm: 'rsa-2048', label: 'long-lived' }),
    );
    const { keys } = await app.deviceKeys(id);
    // The identity key and ours: nothing of the test is left.
    expect(keys.map((one) => [one.label, one.type, one.identity?.of, one.neverExtractable])).toEqual(
      expect.arrayContaining([
        ['Krill', 'RSA 2048', 'this', true],
        ['Krill', 'RSA 2048', undefined, true],
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
    // A later contact uses less, and what was seen before counts.
    expect(await app.ended((await app.call('signers.login', { id })).job)).toMatchObject({ state: 'done' });
    expect((await row())?.capabilities.find(({ name }) => name === 'C_DestroyObject')?.present).toBe(true);
    const { key: view } = await app.call('keys.get', { id: key });
    await app.call('keys.destroy', { id: key, confirm: view.keyId.slice(-8) });
    expect((await app.deviceKeys(id)).keys.map(({ identity }) => identity?.of)).toEqual(['this']);
    expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
    expect(JSON.stringify([app.events, app.lines])).not.toContain(PIN);
  },
);

test.each(['moved', 'copied'])(
  'a workspace that was %s finds its rehearsal tokens in its own folder, in force or pending',
  { timeout: 120_000 },
  async (how) => {
    peer('softhsm2-util');
    const app = await testApp({ live: true });
    open.push(app);
    await app.create('rehearsal');
    const workspaces = join(app.folder, 'workspaces');
    const old = join(workspaces, readdirSync(workspaces)[0] ?? '');
    const make = async (name: string): Promise<string> => {
      const { revision } = (await app.call('signers.list', {})).pending;
      return app.result(
        await app.call('signers.rehearsalToken', { revision, name, pin: PIN, keepPin: true }),
      );
    };
    const id = await make('First');
    const revision = async () => (await app.call('signers.list', {})).pending.revision;
    await app.call('signers.setRoles', { revision: await revision(), defaultSigner: id, oneOffSigner: null });
    await app.call('signers.apply', { revision: await revision() });
    await app.result(await app.call('keys.create', { algorithm: 'p-256', label: 'on the token' }));
    const waiting = await make('Second');
    await app.close();
    const next = join(workspaces, 'New place');
    if (how === 'moved') renameSync(old, next);
    else cpSync(old, next, { recursive: true });

    const again = await testApp({ folder: app.folder, workspace: next, live: true });
    open.push(again);
    await again.call('workspace.unlock', { passphrase: PASSPHRASE });
    const { rows, pending } = await again.call('signers.list', {});
    const home = join(next, 'rehearsal-tokens');
    const conf = (of: string) => join(home, of, 'softhsm2.conf');
    expect(rows[1]?.settings).toMatchObject({ environment: { SOFTHSM2_CONF: conf(id) } });
    expect(pending.signers.find((one) => one.id === waiting)?.settings).toMatchObject({
      environment: { SOFTHSM2_CONF: conf(waiting) },
    });
    for (const of of [id, waiting])
      expect(readFileSync(conf(of), 'utf8')).toContain(
        `directories.tokendir = ${join(home, of, 'tokens')}\n`,
      );
    const probed = await again.ended((await again.call('signers.probe', { id })).job);
    expect(probed).toMatchObject({ state: 'done', error: null });
    await again.result(await again.call('keys.create', { algorithm: 'p-256', label: 'after it' }));
    // The one that stayed where it was is not touched.
    const others = join(old, 'rehearsal-tokens', id);
    expect(existsSync(others)).toBe(how === 'copied');
    if (how === 'copied')
      expect(readFileSync(join(others, 'softhsm2.conf'), 'utf8')).toContain(`= ${join(others, 'tokens')}\n`);
    const { rows: records } = await again.call('audit.list', { action: 'signers.moved' });
    expect(records.map(({ summary }) => summary)).toEqual([
      'The folder of the workspace is another one: its rehearsal tokens are used where they lie now (First)',
    ]);
    expect(await again.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
  },
);
