/** What a file of another must not do without a word, and what of ours comes back as it was. */
import { expect, test } from 'vitest';
import { kmipSettings, pkcs11Settings, type SignerSettings } from '#shared/contract/signer-settings.ts';
import { settings as token } from '../../testing/test-signers.ts';
import { mergeToml } from './import-toml.ts';
import { readSignersToml } from './read-toml.ts';
import { settingChanges } from './setting-changes.ts';
import { writeSignersToml } from './write-toml.ts';

const P11 = '[[signers]]\ntype = "PKCS#11"\nname = "A"\nslot = "x"\n';
const KMIP = '[[signers]]\ntype = "KMIP"\nname = "A"\nhost = "127.0.0.1"\n';
const read = (text: string) => readSignersToml(Buffer.from(text));

async function merged(settings: SignerSettings, text: string) {
  const notes: string[] = [];
  const secret = { do: 'keep' as const };
  const before = { id: 'signer-1', name: 'A', kind: settings.kind, settings, secret };
  const document = { signers: [before], roles: { defaultSigner: null, oneOffSigner: null } };
  const next = await mergeToml(document, read(text), notes, {
    ...{ offline: false, newId: () => 'signer-2', keeps: () => false },
    seal: () => ({ do: 'keep' }),
  });
  return { next: next.signers[0]?.settings, notes: notes.join('\n') };
}

test('a secret variable does not follow a file to another library', async () => {
  const environment = { VENDOR_PIN: 'top-secret', VENDOR_CONF: '/etc/vendor.conf' };
  const ours = pkcs11Settings.parse({
    kind: 'pkcs11',
    libPath: '/good.so',
    slot: { by: 'label', label: 'x' },
    environment,
  });
  const away = await merged(ours, `${P11}lib_path = "/evil.so"\n`);
  expect(away.next).toMatchObject({ libPath: '/evil.so', environment: { VENDOR_CONF: '/etc/vendor.conf' } });
  expect(JSON.stringify(away)).not.toContain('top-secret');
  expect(away.notes).toMatch(/so VENDOR_PIN was left out\. Type it here/);
  const here = await merged(ours, `${P11}lib_path = "/good.so"\n`);
  expect(here.next).toMatchObject({ environment });
  expect(here.notes).not.toContain('VENDOR_PIN');
});

test('a file that believes others, or everybody, says so in the notes and in what Apply shows', async () => {
  const pin = 'AB'.repeat(32);
  const ours = kmipSettings.parse({ kind: 'kmip', host: '127.0.0.1', serverSha256: pin });
  const open = await merged(ours, `${KMIP}insecure = true\n`);
  expect(open.notes).toMatch(/turns the check of its server's certificate off \(insecure\)/);
  expect(open.notes).toMatch(/is pinned no more/);
  expect(settingChanges('A', ours, open.next ?? null)).toEqual([
    'A does not check the certificate of its server any more.',
    'The certificate of the server of A is pinned no more.',
  ]);
  const filed = kmipSettings.parse({ kind: 'kmip', host: '127.0.0.1', serverCertPath: '/a.pem' });
  const other = await merged(filed, `${KMIP}server_cert_path = "/b.pem"\n`);
  expect(other.notes).toMatch(/server_cert_path was \/a\.pem, and is \/b\.pem/);
  expect(settingChanges('A', filed, other.next ?? null)).toEqual([
    'A believes the one certificate in /b.pem.',
  ]);
});

test('what Apply shows names server and library, and the rest as other settings', () => {
  const one = kmipSettings.parse({ kind: 'kmip', host: '127.0.0.1' });
  expect(settingChanges('A', one, { ...one, host: '127.0.0.2', retrySeconds: 9 })).toEqual([
    'A leads to another server: 127.0.0.2, port 5696.',
    'A has other settings.',
  ]);
  expect(settingChanges('A', token('/a.so'), token('/b.so'))).toEqual(['A loads another library: /b.so.']);
  expect(settingChanges('A', one, { ...one })).toEqual([]);
});

test('a PIN is free text, blanks and all', () => {
  const text = `${P11}lib_path = "/a.so"\nuser_pin = " 12 34 "\n`;
  const signers = read(text).signers;
  expect(signers[0]?.secret).toBe(' 12 34 ');
  const again = writeSignersToml({ signers, defaultSigner: null, oneOffSigner: null });
  expect(read(again).signers[0]?.secret).toBe(' 12 34 ');
});

test('a file exported here and completed by hand is read; without its PIN it is asked', () => {
  const { signers } = read(`${P11}lib_path = "/a.so"\nuser_pin = "1"\n`);
  const left = signers.map((one) => ({ ...one, secret: '***' }));
  const exported = writeSignersToml({ signers: left, defaultSigner: null, oneOffSigner: null });
  const comment = exported.split('\n').find((line) => /^# ?user_pin/.test(line)) ?? '';
  expect(comment).not.toBe('');
  const completed = read(exported.replace(comment, `${comment}\nuser_pin = "1234"`));
  expect(completed.signers[0]?.secret).toBe('1234');
  const both = `${exported}\n${exported.replace('"A"', '"B"').replace(comment, `user_pin = "5"\n${comment}`)}`;
  const second = read(`default_signer = "A"\n${both}`);
  expect(second.signers.map(({ secret }) => secret)).toEqual([null, '5']);
  expect(second.notes.join('\n')).toMatch(/"A": its user_pin was left out/);
});

test('a serial with line breaks writes no setting', () => {
  const serial = 'abc\n[[signers]]\ntype = "OpenSSL"\nname = "inj"';
  const environment = { A_CONF: '/a\n[[signers]]\u0001' };
  const signers = [{ name: 'A', settings: token('/a.so', { serial, environment }), secret: null }];
  const text = writeSignersToml({ signers, defaultSigner: null, oneOffSigner: null });
  expect(read(text).signers.map(({ name }) => name)).toEqual(['A']);
  expect(text).not.toContain('inj');
});
