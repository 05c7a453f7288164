import { describe, expect, test } from 'vitest';
import type { ReplyError } from '#shared/errors.ts';
import { EXAMPLE } from '../../testing/krill-conf-example.ts';
import { readSignersToml, type SignersToml } from './read-toml.ts';
import { MASK } from './toml-fields.ts';
import { writeSignersToml } from './write-toml.ts';

const read = (text: string): SignersToml => readSignersToml(Buffer.from(text));

function refusal(text: string): ReplyError {
  try {
    read(text);
  } catch (error) {
    return error as ReplyError;
  }
  throw new Error('It was not refused.');
}

const written = (toml: SignersToml, masked = false): string =>
  writeSignersToml({
    ...toml,
    signers: toml.signers.map((one) => ({
      ...one,
      secret: masked && one.secret !== null ? MASK : one.secret,
    })),
  });

describe('the example of the manual', () => {
  const toml = read(EXAMPLE);

  test('has five tables; a slot in hexadecimal is the same as in decimal; defaults are filled in', () => {
    expect(toml.signers.map(({ name, settings }) => [name, settings?.kind ?? null])).toEqual([
      ['Signer 1', null],
      ['Signer 2', null],
      ['Kryptus via PKCS#11', 'pkcs11'],
      ['SoftHSMv2 via PKCS#11', 'pkcs11'],
      ['Kryptus via KMIP', 'kmip'],
    ]);
    expect(toml.defaultSigner).toBe('SoftHSMv2 via PKCS#11');
    expect(toml.oneOffSigner).toBeNull();
    expect(toml.signers[2]?.settings).toMatchObject({ slot: { by: 'id', id: 313_129_207 } });
    expect(toml.signers[3]?.settings).toEqual({
      kind: 'pkcs11',
      libPath: '/usr/local/lib/softhsm/libsofthsm2.so',
      slot: { by: 'id', id: 313_129_207 },
      serial: null,
      login: true,
      pinPad: false,
      retrySeconds: 2,
      backoffMultiplier: 1.5,
      maxRetrySeconds: 30,
      environment: {},
      keyLabel: 'Krill',
      publicKeyAttributes: null,
      privateKeyAttributes: null,
    });
    expect(toml.signers[4]?.settings).toMatchObject({
      host: 'my.hsm.example.com',
      port: 5696,
      connectTimeoutSeconds: 5,
      readTimeoutSeconds: 5,
      writeTimeoutSeconds: 5,
      maxUseSeconds: 1800,
      maxIdleSeconds: 600,
      maxConnections: 5,
      maxResponseBytes: 65_536,
    });
    expect(toml.notes).toEqual([
      `"Signer 2": keys_path stands in Krill's manual, its code reads keys_storage_uri; it was taken as that.`,
      '"Signer 2": keys_storage_uri was not taken over; software keys lie in this workspace.',
    ]);
  });

  test('is the same after an export with its secrets', () => {
    const again = read(written(toml));
    expect(again.signers).toEqual(toml.signers);
    expect(again.defaultSigner).toBe(toml.defaultSigner);
  });

  test('shows no secret unless asked, and says that it has to be typed when it is read again', () => {
    const text = written(toml, true);
    expect(text).not.toContain('xxxx');
    // An unedited krillta must not send a mask as the PIN.
    expect(text).not.toContain(MASK);
    expect(text).toContain('\n# user_pin = "type it here"\n');
    expect(read(text.replaceAll('# user_pin = "type it here"', 'user_pin = "***"')).signers).toEqual(
      read(text).signers,
    );
    const again = read(text);
    expect(again.signers.map(({ secret }) => secret)).toEqual([null, null, null, null, null]);
    expect(again.notes).toContain('"Kryptus via KMIP": its password was left out of the file; type it here.');
  });
});

const P11 = '[[signers]]\ntype = "PKCS#11"\nname = "A"\nlib_path = "/lib/a.so"\n';
const KMIP = '[[signers]]\ntype = "KMIP"\nname = "K"\nhost = "127.0.0.1"\n';
const SOFT = '[[signers]]\ntype = "OpenSSL"\nname = "Signer 1"\n';

test.each([
  [
    'two signers and no default',
    SOFT + KMIP,
    "'default_signer' must be set when more than one [[signers]] configuration is defined",
  ],
  [
    'a default that is not there',
    `default_signer = "X"\n${SOFT}${KMIP}`,
    "'X' cannot be used as the 'default_signer' as no signer with that name is defined",
  ],
  [
    'a one-off signer that is not there',
    `one_off_signer = "X"\n${SOFT}`,
    "'X' cannot be used as the 'one_off_signer' as no signer with that name is defined",
  ],
  ['a name twice', `default_signer = "Signer 1"\n${SOFT}${SOFT}`, "Signer name 'Signer 1' is not unique"],
  ['another type', '[[signers]]\nname = "T"\ntype = "TPM"\n', 'unknown type "TPM"'],
  ['no type', '[[signers]]\nname = "T"\n', 'type is required'],
  ['no name', '[[signers]]\ntype = "KMIP"\nhost = "h"\n', 'name is required'],
  ['a port too large', `${KMIP}port = 70000\n`, 'port must be a whole number from 1 to 65535, not 70000'],
  [
    'a port as text',
    `${KMIP}port = "5696"\n`,
    'port must be a whole number from 1 to 65535, not the text "5696"',
  ],
  [
    'a slot that is a truth value',
    `${P11}slot = true\n`,
    "slot must be a slot's number or a token's label, not true",
  ],
  ['a slot below zero', `${P11}slot = -1\n`, "slot must be a slot's number or a token's label, not -1"],
  ['no slot', P11, 'slot is required'],
  [
    'a wait below zero',
    `${P11}slot = 1\nretry_seconds = -1\n`,
    'retry_seconds must be a whole number from 0 to 86400, not -1',
  ],
  [
    'an attribute that is none',
    `${P11}slot = 1\nprivate_key_attributes = { CKA_ID = true }\n`,
    'has no "CKA_ID"',
  ],
  ['a PIN that is a list', `${P11}slot = 1\nuser_pin = [1]\n`, 'user_pin must be text, not a list'],
  ['no TOML', 'name = = 1', 'Line 1, column 8 is no TOML'],
  ['a key twice', `${KMIP}host = "b"\n`, 'holds a duplicate key'],
  ['signers that are no tables', 'signers = [1]', 'signers must be a list of [[signers]] tables'],
  ['no signer at all', 'log_level = "warn"', 'It holds no [[signers]] table'],
])('%s is refused in one sentence', (_what, text, words) => {
  const error = refusal(text);
  expect(error.code).toBe('INVALID_INPUT');
  expect(error.message).toContain(words);
  expect(error.message).toMatch(/Nothing was changed\.$/);
});

test('every wrong field is named with its place, not only the first', () => {
  const error = refusal(`default_signer = "A"\n${P11}slot = true\nlogin = 1\n${KMIP}port = 0\n`);
  expect(error.details?.fields?.map(({ path }) => path)).toEqual([
    'signers.0.slot',
    'signers.0.login',
    'signers.1.port',
  ]);
  expect(error.message).toContain('Signer 1 ("A"): ');
  expect(error.message).toContain('2 more are named beside it');
});

test('what is too large or no text is said so', () => {
  expect(() => readSignersToml(Buffer.alloc(26_214_400, 0x23))).toThrow(/too large/);
  expect(() => readSignersToml(Buffer.from([0xff, 0xfe, 0x00]))).toThrow(/no text file/);
});

test('what is longer than any value is refused with its key', () => {
  const error = refusal(`${P11}slot = "${'x'.repeat(65)}"\n`);
  expect(error.code).toBe('INVALID_INPUT');
  expect(error.details?.fields?.map(({ path }) => path)).toEqual(['signers.0.slot']);
});

test('a PIN as a number is taken as text, and said', () => {
  const toml = read(`${P11}slot = "My token 1"\nuser_pin = 5678\n`);
  expect(toml.signers[0]?.secret).toBe('5678');
  expect(toml.notes.join()).toContain('stored as text');
  expect(toml.notes.join()).not.toContain('5678');
});

test('both spellings of the connection life are read; the one Krill reads counts, and it is said', () => {
  const manual = read(`${KMIP}max_use_seconds = 60\n`);
  expect(manual.signers[0]?.settings).toMatchObject({ maxUseSeconds: 60 });
  expect(manual.notes.join()).toContain("Krill's manual");
  const both = read(`${KMIP}max_use_seconds = 60\nmax_lifetime_seconds = 90\n`);
  expect(both.signers[0]?.settings).toMatchObject({ maxUseSeconds: 90 });
});

test('comments and unknown keys are named', () => {
  const { notes } = read(`# one\n${KMIP}hostt = "#x" # two\nusername = "a#b"\n`);
  expect(notes).toEqual([
    '"K": not known and passed over, as by Krill: hostt.',
    '2 lines hold comments, which are not kept.',
  ]);
});

test('the comments that are written are read back, each for its own table', () => {
  const pkcs11 = (name: string, own: string) =>
    `[[signers]]\ntype = "PKCS#11"\nname = "${name}"\nlib_path = "/a.so"\nslot = 1\n${own}`;
  const toml = read(
    'default_signer = "A"\n' +
      pkcs11('A', '# Start Krill with SOFTHSM2_CONF=/a b=c.conf\n') +
      pkcs11('B', "# The token's serial is 0a1b\n# The PIN is typed on the device.\n") +
      '[other]\ntext = 1\n# Start Krill with SOFTHSM2_CONF=/other.conf\n',
  );
  expect(toml.signers.map(({ settings }) => settings)).toMatchObject([
    { environment: { SOFTHSM2_CONF: '/a b=c.conf' }, serial: null, pinPad: false },
    { environment: {}, serial: '0a1b', pinPad: true },
  ]);
  expect(read(written(toml))).toMatchObject({ signers: toml.signers });
  expect(toml.notes.at(-1)).toBe('A line holds a comment, which is not kept.');
  expect(read(written(toml)).notes.join()).not.toContain('comment');
});

test('names with quotes, backslashes and control characters survive', () => {
  const name = 'A "b" \\ c';
  const toml = read(`${P11.replace('"A"', JSON.stringify(name))}slot = "x\\ty"\n`);
  expect(read(written(toml)).signers).toEqual(toml.signers);
});
