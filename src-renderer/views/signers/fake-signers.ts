/** Signers for tests of the screens: software, a token and a server, in the states a test asks for. Test files only. */
import type { DoctorLine, DoctorReport } from '#shared/contract/signer-doctor.ts';
import type { KmipSettings, Pkcs11Settings } from '#shared/contract/signer-settings.ts';
import type { SignerRow } from '#shared/contract/signers.ts';
import type { SignerList } from './signer-words.ts';

const AT = '2026-11-27T12:00:00.000Z';

export const PKCS11: Pkcs11Settings = {
  kind: 'pkcs11',
  libPath: '/usr/lib/softhsm/libsofthsm2.so',
  slot: { by: 'label', label: 'My token 1' },
  serial: 'a1b2c3d4e5f60718',
  login: true,
  pinPad: false,
  retrySeconds: 2,
  backoffMultiplier: 1.5,
  maxRetrySeconds: 30,
  environment: { SOFTHSM2_CONF: '/etc/softhsm/one.conf' },
  keyLabel: 'Krill',
  publicKeyAttributes: null,
  privateKeyAttributes: null,
};

export const KMIP: KmipSettings = {
  kind: 'kmip',
  host: 'kmip.example.net',
  port: 5696,
  insecure: true,
  force: false,
  serverSha256: null,
  serverCertPath: null,
  serverCaCertPath: '/etc/kmip/ca.pem',
  clientCertPath: '/etc/kmip/client.pem',
  clientCertPrivateKeyPath: '/etc/kmip/client.key',
  username: null,
  retrySeconds: 2,
  backoffMultiplier: 1.5,
  maxRetrySeconds: 30,
  connectTimeoutSeconds: 5,
  readTimeoutSeconds: 5,
  writeTimeoutSeconds: 5,
  maxUseSeconds: 1800,
  maxIdleSeconds: 600,
  maxConnections: 5,
  maxResponseBytes: 65_536,
};

export const SOFTWARE: SignerRow = {
  id: 'software',
  name: 'Software',
  kind: 'software',
  settings: null,
  secretStored: false,
  secretHeld: false,
  secretMark: null,
  roles: ['one-off'],
  state: 'ready',
  text: 'Keys lie encrypted in this workspace.',
  trouble: null,
  retryAt: null,
  tries: null,
  device: null,
  bound: false,
  capabilities: [],
  algorithms: ['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384', 'p-521', 'ed25519'],
  keys: 14,
  sameDevice: [],
  unfinished: [],
  warnings: [],
};

export const TOKEN: SignerRow = {
  id: 'signer-1',
  name: 'SoftHSM token',
  kind: 'pkcs11',
  settings: PKCS11,
  secretStored: true,
  secretHeld: false,
  secretMark: null,
  roles: ['default'],
  state: 'ready',
  text: 'The token “My token 1” answers.',
  trouble: null,
  retryAt: null,
  tries: null,
  device: {
    manufacturer: 'SoftHSM project',
    model: 'SoftHSM v2',
    serial: 'a1b2c3d4e5f60718',
    firmware: '2.6',
    label: 'My token 1',
    slot: 313_129_207,
    library: 'Implementation of PKCS11 2.6',
    at: AT,
    before: null,
  },
  bound: true,
  capabilities: [
    { name: 'C_GenerateKeyPair', present: true, needed: true },
    { name: 'C_Sign', present: true, needed: true },
    { name: 'CKM_ECDSA', present: true, needed: true },
    { name: 'CKM_SHA256_RSA_PKCS', present: false, needed: false },
  ],
  algorithms: ['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384'],
  keys: 2,
  sameDevice: [],
  unfinished: [],
  warnings: [],
};

export const SERVER: SignerRow = {
  ...TOKEN,
  id: 'signer-2',
  name: 'KMIP east',
  kind: 'kmip',
  settings: KMIP,
  secretStored: false,
  roles: [],
  state: 'retrying',
  text: 'kmip.example.net does not answer.',
  trouble: {
    code: 'ECONNREFUSED',
    text: 'Nothing listens at kmip.example.net port 5696.',
    cause: 'The server is not running, or a firewall stands between.',
    check: 'Try the same address and port from this machine with openssl s_client.',
    fix: 'Start the server, or correct host and port.',
    library: 'connect ECONNREFUSED 192.0.2.7:5696',
  },
  retryAt: '2026-11-27T12:00:30.000Z',
  device: null,
  bound: false,
  capabilities: [],
  algorithms: [],
  keys: 0,
  sameDevice: [],
  warnings: [
    {
      severity: 'bad',
      text: 'The certificate of kmip.example.net is not checked: whoever is on the way can read and change everything.',
    },
  ],
};

export const REFUSED: SignerRow = {
  ...TOKEN,
  secretMark: 'refused',
  secretStored: false,
  state: 'login-needed',
  text: 'The token refused the PIN; it is not sent again.',
  tries: 'low',
  trouble: {
    code: 'CKR_PIN_INCORRECT',
    text: 'The token refused the PIN.',
    cause: 'The PIN is not the one of this token, or it was changed elsewhere.',
    check: 'Compare the serial of the token with the one on the device.',
    fix: 'Type the right PIN. After a few wrong ones the token locks itself.',
    library: 'CKR_PIN_INCORRECT (0xA0) in C_Login',
  },
};

/** The list as main answers it: nothing pending, the first device as the default. */
export function fakeList(
  rows: readonly SignerRow[] = [SOFTWARE, TOKEN, SERVER],
  pending: Partial<SignerList['pending']> = {},
): SignerList {
  const first = rows.find((row) => row.roles.includes('default'))?.id ?? 'software';
  return {
    rows: [...rows],
    defaultSigner: first,
    oneOffSigner: 'software',
    oneOffImplied: true,
    pending: {
      revision: 7,
      signers: rows.map(({ id, name, kind, settings, secretStored }) => ({
        id,
        name,
        kind,
        settings,
        secretStored,
      })),
      defaultSigner: first,
      oneOffSigner: null,
      changes: [],
      faults: [],
      advice: [],
      ...pending,
    },
  };
}

const line = (code: string, title: string, part: Partial<DoctorLine> = {}): DoctorLine => ({
  code,
  title,
  state: 'good',
  text: 'It is there.',
  cause: '',
  check: '',
  fix: '',
  stop: '',
  details: [],
  ...part,
});

/** An examination that ended at a refused PIN. */
export const REPORT: DoctorReport = {
  signer: TOKEN.id,
  at: AT,
  done: true,
  otherSettings: false,
  lines: [
    line('library-found', 'The library is there', { text: '/usr/lib/softhsm/libsofthsm2.so, readable.' }),
    line('library-loads', 'It loads', { text: 'SoftHSM 2.6, in a process of its own.' }),
    line('token', 'The token', { text: 'Slot 0x12A9F8F7 holds “My token 1”.', details: ['Firmware 2.6'] }),
    line('login', 'Login', {
      state: 'bad',
      text: 'CKR_PIN_INCORRECT: the token refused the PIN.',
      cause: 'The PIN is not the one of this token.',
      check: 'Compare the serial of the token with the one on the device.',
      fix: 'Type the right PIN once, by hand.',
    }),
    line('mechanism-rsa', 'RSA signatures', { state: 'skipped', text: 'Not looked at without login.' }),
  ],
  certificate: null,
  toml: '[[signers]]\ntype = "PKCS#11"\nname = "SoftHSM token"\n# user_pin = "type it here"\n',
  text: 'Doctor of “SoftHSM token”\n1 Library: good\n',
};
