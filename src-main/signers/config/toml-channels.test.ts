import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { fakeToken } from '../../testing/fake-device.ts';
import { krillta } from '../../testing/krillta.ts';
import { EXAMPLE } from '../../testing/krill-conf-example.ts';
import { missingPeers } from '../../testing/peers.ts';
import { PIN, softhsm } from '../../testing/softhsm.ts';
import { endSigners, started } from '../../testing/test-signers.ts';
import { testApp } from '../../testing/test-app.ts';
import { vectorPath } from '../../testing/vectors.ts';

afterEach(endSigners);

type Started = Awaited<ReturnType<typeof started>>;

async function importText({ app, revision }: Pick<Started, 'app' | 'revision'>, text: string) {
  const blob = await app.blob('krill.conf', Buffer.from(text));
  return app.call('signers.importToml', { revision: await revision(), blob });
}

async function exportTo({ app }: Pick<Started, 'app'>, path: string, secrets: boolean) {
  app.places.push(path);
  const { chosen } = await app.call('dialogs.saveFile', { purpose: 'signers', suggestedName: 'a.toml' });
  return app.call('signers.exportToml', { target: chosen?.ticket ?? '', secrets, overwrite: false });
}

const P11 = '[[signers]]\ntype = "PKCS#11"\nname = "A"\nlib_path = "/a.so"\nslot = "My token"\n';
const SOFT = '[[signers]]\ntype = "OpenSSL"\nname = "Signer 1"\n';

describe('the example of the manual (S002-3)', () => {
  test('is four signers, its OpenSSL tables are the software signer, and it is the same after an export', async () => {
    const t = await started({});
    const { imported, notes } = await importText(t, EXAMPLE);
    expect(imported).toBe(5);
    expect(notes).toContain(
      '"Signer 1", "Signer 2" are one here: the built-in software signer, called "Signer 1".',
    );
    expect(notes).toContain(
      '"Kryptus via KMIP": /path/to/some/ca.pem is not on this machine. Put it there, or choose another file.',
    );
    const { pending } = await t.list();
    expect(pending.signers.map(({ name, kind, secretStored }) => [name, kind, secretStored])).toEqual([
      ['Signer 1', 'software', false],
      ['Kryptus via PKCS#11', 'pkcs11', true],
      ['SoftHSMv2 via PKCS#11', 'pkcs11', true],
      ['Kryptus via KMIP', 'kmip', true],
    ]);
    const slots = pending.signers.slice(1, 3).map(({ settings }) => settings);
    expect(slots).toMatchObject([{ slot: { id: 313_129_207 } }, { slot: { id: 0x12a9f8f7 } }]);
    expect(pending.signers[3]?.settings).toMatchObject({ port: 5696, maxUseSeconds: 1800 });
    expect(pending.signers.find(({ id }) => id === pending.defaultSigner)?.name).toBe(
      'SoftHSMv2 via PKCS#11',
    );
    expect(pending).toMatchObject({ oneOffSigner: null, faults: [] });
    expect(pending.changes).toContain('Software is called Signer 1.');
    expect(await t.audit('signers.importToml')).toEqual([
      'done: 5 signers were read from krill.conf; what they change is pending',
    ]);

    // In force, with who is for one signature following from it.
    await t.apply();
    const list = await t.list();
    expect(list).toMatchObject({ oneOffSigner: 'software', oneOffImplied: true });
    expect(list.rows.map(({ id, state }) => (id === 'software' ? 'ready' : state))).toEqual(
      Array.from({ length: 4 }, (_one, at) => (at === 0 ? 'ready' : 'announced')),
    );

    const shown = await t.app.call('signers.toml', {});
    expect(shown.text).not.toContain('xxxx');
    expect(shown.text.match(/^# (?:user_pin|password) = "type it here"$/gm)).toHaveLength(3);
    for (const secrets of [false, true]) {
      const path = join(t.app.folder, `signers-${String(secrets)}.toml`);
      await exportTo(t, path, secrets);
      expect(statSync(path).mode & 0o777).toBe(secrets ? 0o600 : 0o644);
      const text = readFileSync(path, 'utf8');
      expect(text.includes('xxxxxx')).toBe(secrets);
      await importText(t, text);
      expect((await t.list()).pending.changes).toEqual([]);
    }
    // On record before the file is there, and what could not be written is too.
    await expect(exportTo(t, join(t.app.folder, 'nowhere', 'signers.toml'), true)).rejects.toThrow();
    const [refused, begun, ...audit] = await t.audit('signers.exportToml');
    expect([refused, begun]).toEqual([
      expect.stringMatching(/^(refused|failed): /),
      expect.stringMatching(/^done: Begins to export the signers with 3 PINs .* IN THE CLEAR to .*nowhere/),
    ]);
    expect(audit).toEqual([
      expect.stringMatching(/^done: The signers were exported with 3 PINs or passwords IN THE CLEAR to /),
      expect.stringMatching(/^done: Begins to export the signers with 3 PINs .* IN THE CLEAR to /),
      expect.stringMatching(/^done: The signers were exported without secrets to /),
    ]);
  });
});

test('an export read in another workspace keeps variables and serial; a file without them is remarked', async () => {
  const one = await started({ '/a.so': fakeToken('S1') });
  await one.add('A', '/a.so', null, {
    environment: { SOFTHSM2_CONF: '/a.conf', VENDOR_PIN: 'xxxxxx' },
    serial: 'S1',
  });
  const { text } = await one.app.call('signers.toml', {});
  const other = await started({ '/a.so': fakeToken('S1') });
  const { notes } = await importText(other, text);
  expect((await other.list()).pending.signers.find(({ name }) => name === 'A')?.settings).toMatchObject({
    environment: { SOFTHSM2_CONF: '/a.conf' },
    serial: 'S1',
  });
  expect(notes).toEqual([
    '"A": VENDOR_PIN was left out of the file; type it here.',
    expect.stringMatching(/^"A": without user_pin /),
    expect.stringMatching(/^"A": SOFTHSM2_CONF was read from the comments of the file\./),
    '"Software" is the built-in software signer here.',
  ]);
  const third = await started({ '/a.so': fakeToken('S1') });
  const preload = P11 + '# Start Krill with LD_PRELOAD=/x.so\n';
  await expect(importText(third, preload)).rejects.toThrow(/LD_PRELOAD would change the program/);
  expect((await importText(third, P11)).notes).toContain(
    '"A": the file names no variable for its library. If that needs one, such as SOFTHSM2_CONF, give it here before you apply.',
  );
  // What is here already is not silently passed over.
  expect((await importText(third, `${P11}# Start Krill with SOFTHSM2_CONF=/b.conf\n`)).notes).toContain(
    '"A": its variables stay as they are here; the file names SOFTHSM2_CONF otherwise.',
  );
});

describe('what is here already', () => {
  test('a signer of the same name keeps its id, its keys and what Krill has no key for; others stay and are named', async () => {
    const token = fakeToken('S1');
    const t = await started({ '/a.so': token, '/b.so': token });
    const id = await t.add('A', '/a.so', '5678', { environment: { SOFTHSM2_CONF: '/a.conf' } });
    await t.add('B', '/b.so');
    const { notes } = await importText(t, `${P11}retry_seconds = 5\n`);
    expect(notes).toContain('The file does not name "B": remove what is not used any more.');
    const { pending } = await t.list();
    expect(pending.signers.find((one) => one.name === 'A')).toMatchObject({
      id,
      secretStored: true,
      settings: { retrySeconds: 5, environment: { SOFTHSM2_CONF: '/a.conf' } },
    });
    // Whoever is alone in the file is its default.
    expect(pending.defaultSigner).toBe(id);
    expect(pending.changes).toEqual(['A has other settings.', 'Long-lived keys are made by A.']);
  });

  test('a kept PIN or password does not follow a file that leads to another place', async () => {
    const t = await started({ '/a.so': fakeToken('S1') });
    await t.add('A', '/a.so');
    const kmip = (more: string) =>
      `[[signers]]\ntype = "KMIP"\nname = "K"\nhost = "127.0.0.1"\nusername = "me"\n${more}`;
    const read = (text: string) => importText(t, `default_signer = "A"\n${text}`);
    await read(P11 + kmip('password = "secret-1"\n'));
    const roles = { defaultSigner: 'software', oneOffSigner: null };
    await t.app.call('signers.setRoles', { revision: await t.revision(), ...roles });
    await t.apply();
    const stored = async () => {
      const { pending } = await t.list();
      return pending.signers.flatMap(({ kind, secretStored }) => (kind === 'software' ? [] : [secretStored]));
    };
    expect((await read(`${P11}retry_seconds = 5\n${kmip('read_timeout_seconds = 9\n')}`)).notes).toEqual(
      expect.not.arrayContaining([expect.stringContaining('forgotten')]),
    );
    expect(await stored()).toEqual([true, true]);
    for (const [elsewhere, what] of [
      [`${P11.replace('/a.so', '/evil.so')}${kmip('')}`, 'PIN'],
      [`${P11.replace('My token', 'Another')}${kmip('')}`, 'PIN'],
      [`${P11}${kmip('').replace('127.0.0.1', '127.0.0.2')}`, 'password'],
      [`${P11}${kmip('port = 9\n')}`, 'password'],
      [`${P11}${kmip('insecure = true\n')}`, 'password'],
    ] as const) {
      await t.app.call('signers.discard', { revision: await t.revision() });
      expect((await read(elsewhere)).notes).toContainEqual(
        expect.stringContaining(`so the ${what} that is kept is forgotten. Type it when it is asked.`),
      );
      expect(await stored()).toEqual(what === 'PIN' ? [false, true] : [true, false]);
      expect((await t.list()).pending.changes).toContain(
        `The secret of ${what === 'PIN' ? 'A' : 'K'} is forgotten.`,
      );
    }
    // By hand it is said before it is applied.
    await t.app.call('signers.discard', { revision: await t.revision() });
    const row = (await t.list()).rows.find(({ name }) => name === 'A');
    if (row?.settings?.kind !== 'pkcs11') throw new Error('no token');
    await t.app.call('signers.save', {
      revision: await t.revision(),
      ...{ id: row.id, name: 'A', settings: { ...row.settings, libPath: '/b.so' }, secret: { do: 'keep' } },
    });
    expect((await t.list()).pending.changes).toContain(
      'The secret of A that is kept goes to its new place from then on.',
    );
  });

  test('a role that names the second OpenSSL table is the software signer', async () => {
    const t = await started({});
    await importText(
      t,
      `default_signer = "A"\none_off_signer = "Second"\n${SOFT}${SOFT.replace('Signer 1', 'Second')}${P11}`,
    );
    expect((await t.list()).pending).toMatchObject({ oneOffSigner: 'software', faults: [] });
  });

  test('a new PIN is pending, the same one is no change', async () => {
    const t = await started({ '/a.so': fakeToken('S1') });
    await t.add('A', '/a.so', '5678');
    await importText(t, `default_signer = "Signer 1"\n${SOFT}${P11}user_pin = 5678\n`);
    expect((await t.list()).pending.changes).toEqual(['Software is called Signer 1.']);
    await importText(t, `default_signer = "Signer 1"\n${SOFT}${P11}user_pin = "1234"\n`);
    expect((await t.list()).pending.changes).toContain('Another secret of A is kept.');
  });
});

test.each([
  ['garbage', 'name = = 1', /^Line 1, column 8 is no TOML\. Nothing was changed\.$/],
  [
    'another kind under a name that is taken',
    '[[signers]]\ntype = "KMIP"\nname = "A"\nhost = "127.0.0.1"\n',
    /^Signer 1 \("A"\): a signer of another kind is called "A" here; rename one of them\. Nothing was changed\.$/,
  ],
  [
    'OpenSSL under a name that is taken',
    SOFT.replace('Signer 1', 'A'),
    /^Signer name 'A' is not unique: rename the signer here or in the file\. Nothing was changed\.$/,
  ],
  [
    'half a client certificate',
    '[[signers]]\ntype = "KMIP"\nname = "K"\nhost = "127.0.0.1"\nclient_cert_path = "/c.pem"\n',
    /^Signer 1 \("K"\): A client certificate needs its private key/,
  ],
  [
    'a key that may leave',
    `${P11}private_key_attributes = { CKA_EXTRACTABLE = true }\n`,
    /^Signer 1 \("A"\): /,
  ],
])('%s is refused, leaves nothing, and is on record', async (_what, text, words) => {
  const t = await started({ '/a.so': fakeToken('S1') });
  await t.add('A', '/a.so');
  const before = (await t.list()).pending;
  await expect(importText(t, text)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(words) as string,
  });
  expect((await t.list()).pending).toEqual(before);
  expect(await t.audit('signers.importToml')).toEqual([expect.stringMatching(/^refused: /)]);
});

test('without a kept PIN there is nothing to export with secrets, and the notes say what is missing', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  await t.add('A', '/a.so', null, { environment: { SOFTHSM2_CONF: '/a.conf' } });
  expect((await t.app.call('signers.toml', {})).notes).toEqual([
    '"A": no PIN is kept here, so the file has none; Krill needs one.',
    '"A": its variables are comments in the file; start Krill with them.',
  ]);
  const path = join(t.app.folder, 'signers.toml');
  await expect(exportTo(t, path, true)).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
  expect(() => statSync(path)).toThrow();
});

test.skipIf(missingPeers('krillta', 'softhsm2-util', 'pkcs11-tool').length > 0)(
  'a real krillta starts with the export and makes its keys on the token',
  async () => {
    const hsm = softhsm();
    const app = await testApp();
    try {
      hsm.addToken('export');
      await app.create();
      const revision = async () => (await app.call('signers.list', {})).pending.revision;
      const { id } = await app.call('signers.save', {
        revision: await revision(),
        id: null,
        name: 'Token "one"',
        settings: hsm.settings('export'),
        secret: { do: 'store', secret: PIN },
      });
      await app.call('signers.setRoles', {
        revision: await revision(),
        defaultSigner: id,
        oneOffSigner: null,
      });
      await app.call('signers.apply', { revision: await revision() });
      const path = join(app.folder, 'signers.toml');
      await exportTo({ app }, path, true);
      const config = readFileSync(path, 'utf8');
      expect(config).toContain(`# Start Krill with SOFTHSM2_CONF=${hsm.environment['SOFTHSM2_CONF'] ?? ''}`);
      const theirs = krillta(join(app.folder, 'krillta'), { config, environment: hsm.environment });
      theirs.init(
        readFileSync(vectorPath('krill-ta', 'krill-0.16.1', 'setup', 'proxy-id.json')),
        readFileSync(vectorPath('krill-ta', 'krill-0.16.1', 'setup', 'proxy-repo.json')),
        { https: 'https://example.invalid/ta.cer', rsync: 'rsync://example.invalid/repo/ta.cer' },
      );
      expect(theirs.fingerprint()).toMatch(/^[0-9A-F]{64}$/);
      // Its identity and its TA key; what krillta keeps for itself lies beside.
      const objects = hsm.tool('export', '--list-objects', '--type', 'privkey');
      expect(objects.match(/Private Key Object; RSA/g)?.length).toBeGreaterThanOrEqual(2);
      expect(objects).toContain('label:      Krill');
    } finally {
      await app.remove();
      await hsm.remove();
    }
  },
);
