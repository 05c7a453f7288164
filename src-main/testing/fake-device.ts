/** A token in memory that obeys a script: what it meets next, what it hangs in, what it was asked. Not shipped. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import {
  type Capability,
  type Device,
  DeviceError,
  type DeviceFacts,
  type DeviceTrouble,
  type Person,
  type Proof,
} from '../signers/device.ts';
import type { DeviceParts } from '../signers/device-parts.ts';
import { signatureScheme } from '../signers/signature-scheme.ts';

type Call = 'open' | 'create' | 'publicKey' | 'sign' | 'destroy' | 'find' | 'list';

interface FakeKey {
  privateKey: KeyObject;
  spkiDer: Uint8Array;
  label: string;
}

export interface FakeToken {
  serial: string;
  label: string;
  /** null: it wants no login. */
  pin: string | null;
  locked: boolean;
  tries: 'low' | 'final' | 'locked' | null;
  capabilities: Capability[];
  algorithms: KeyAlgorithm[];
  keys: Map<string, FakeKey>;
  /** Signs what it was not asked for. */
  signsWrongly: boolean;
  /** CKA_ALWAYS_AUTHENTICATE. */
  asksForEachSignature: boolean;
  /** What it wants then; null: the PIN of the login. */
  signaturePin: string | null;
  /** It makes keys and is gone before it has said so. */
  losesKeys: boolean;
  /** A server: whoever signs on it under another serial than it was opened under proves it first. */
  dialsAnew: boolean;
  /** It never answers to a PIN. */
  silentLogin: boolean;
  /** What each call meets next, in order; then it works. */
  faults: Partial<Record<Call, DeviceError[]>>;
  /** Calls that never answer, but for their signal and the end of the device. */
  hangs: Set<Call>;
  /** Every call, and every PIN that it was given. */
  asked: Call[];
  pins: string[];
  closed: number;
}

export function fakeToken(serial: string, more: Partial<FakeToken> = {}): FakeToken {
  return {
    serial,
    label: 'My token',
    pin: '5678',
    locked: false,
    tries: null,
    capabilities: [
      { name: 'C_Sign', present: true, needed: true },
      { name: 'CKM_ECDSA', present: true, needed: false },
    ],
    algorithms: ['rsa-2048', 'p-256'],
    keys: new Map(),
    signsWrongly: false,
    asksForEachSignature: false,
    signaturePin: null,
    losesKeys: false,
    dialsAnew: false,
    silentLogin: false,
    faults: {},
    hangs: new Set(),
    asked: [],
    pins: [],
    closed: 0,
    ...more,
  };
}

export function trouble(kind: DeviceTrouble, code = 'CKR_DEVICE_REMOVED'): DeviceError {
  return new DeviceError(kind, code, `It was ${kind}. Look at it.`, `raw ${code}`);
}

/** Adds a key that others made. */
export function strangerKey(
  token: FakeToken,
  algorithm: KeyAlgorithm = 'p-256',
  identifier = randomBytes(20).toString('hex'),
): FakeKey {
  const { privateKey, publicKey } =
    algorithm === 'p-256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = {
    privateKey,
    spkiDer: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })),
    label: 'Krill',
  };
  token.keys.set(identifier, key);
  return key;
}

/** A device that reaches what `find` answers now; null: nothing is there. */
export function fakeDevice(find: () => FakeToken | null, person: Person): Device {
  let loggedIn: FakeToken | null = null;
  let proof: Proof | undefined;
  let shown = '';
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);

  async function meet(call: Call, signal?: AbortSignal): Promise<FakeToken> {
    const token = find();
    if (token === null) throw trouble('unreachable', 'TOKEN_GONE');
    token.asked.push(call);
    if (token.hangs.has(call)) {
      if (signal?.aborted === true) throw trouble('cancelled', 'CANCELLED');
      const { promise, reject } = Promise.withResolvers<never>();
      signal?.addEventListener('abort', () => reject(trouble('cancelled', 'CANCELLED')), { once: true });
      await Promise.race([promise, ended.promise]);
    }
    const fault = token.faults[call]?.shift();
    if (fault !== undefined) throw fault;
    if (call !== 'open' && token.pin !== null && loggedIn !== token)
      throw trouble('pin-needed', 'CKR_USER_NOT_LOGGED_IN');
    return token;
  }

  async function askPin(token: FakeToken, reason: 'login' | 'signature'): Promise<void> {
    if (token.locked) throw trouble('pin-locked', 'CKR_PIN_LOCKED');
    const tries = token.tries === 'locked' ? null : token.tries;
    const { label, serial } = token;
    const pin = await person.pin({ reason, tries, token: { label, serial } });
    const given = Buffer.from(pin).toString('utf8');
    pin.fill(0);
    token.pins.push(given);
    if (token.silentLogin) await ended.promise;
    const right = reason === 'signature' ? (token.signaturePin ?? token.pin) : token.pin;
    if (given !== right) throw trouble('pin-refused', 'CKR_PIN_INCORRECT');
  }

  function keyOf(token: FakeToken, handle: Uint8Array): FakeKey {
    const key = token.keys.get(Buffer.from(handle).toString('hex'));
    if (key === undefined) throw trouble('key-gone', 'KEY_NOT_FOUND');
    return key;
  }

  const factsOf = (token: FakeToken): DeviceFacts => ({
    manufacturer: 'Fake',
    model: 'Token',
    serial: token.serial,
    firmware: '1.0',
    label: token.label,
    slot: 1,
    library: 'fake 1.0',
    capabilities: token.capabilities,
    algorithms: token.algorithms,
    tries: token.tries,
  });

  const device: Device = {
    async open(signal, prove) {
      const token = await meet('open', signal);
      if (token.pin !== null && loggedIn !== token) await askPin(token, 'login');
      loggedIn = token;
      proof = prove;
      shown = token.serial;
      return factsOf(token);
    },
    async create({ algorithm, label, begun }, signal) {
      const handle = new Uint8Array(randomBytes(20));
      await begun?.(handle, null);
      const token = await meet('create', signal);
      const key = strangerKey(token, algorithm, Buffer.from(handle).toString('hex'));
      key.label = label;
      if (token.losesKeys) throw trouble('unreachable', 'TOKEN_GONE');
      return { handle, spkiDer: key.spkiDer };
    },
    async publicKey(handle) {
      return keyOf(await meet('publicKey'), handle).spkiDer;
    },
    async sign(handle, algorithm, data) {
      const token = await meet('sign');
      if (token.dialsAnew && token.serial !== shown) {
        shown = token.serial;
        await proof?.(device, factsOf(token));
      }
      const { privateKey } = keyOf(token, handle);
      if (token.asksForEachSignature) {
        const ask = (): Promise<void> => askPin(token, 'signature');
        await (person.settling?.(ask) ?? ask());
      }
      const signed = token.signsWrongly ? Buffer.from('something else') : data;
      return new Uint8Array(sign(signatureScheme(algorithm).hash, signed, privateKey));
    },
    async destroy(handle, _spkiDer) {
      (await meet('destroy')).keys.delete(Buffer.from(handle).toString('hex'));
    },
    async destroyIf(handle, may) {
      const { keys } = await meet('destroy');
      const name = Buffer.from(handle).toString('hex');
      const key = keys.get(name);
      if (key === undefined) return 'nothing';
      if (!(await may({ handle, spkiDer: key.spkiDer }))) return 'left';
      keys.delete(name);
      return 'destroyed';
    },
    async find(spkiDer) {
      const token = await meet('find');
      const found = [...token.keys].find(([, key]) => Buffer.from(key.spkiDer).equals(spkiDer));
      return found === undefined ? null : new Uint8Array(Buffer.from(found[0], 'hex'));
    },
    async list(signal) {
      const token = await meet('list', signal);
      return [...token.keys].map(([identifier, key]) => ({
        handle: new Uint8Array(Buffer.from(identifier, 'hex')),
        identifier,
        label: key.label,
        spkiDer: key.spkiDer,
        uses: ['sign'],
        sensitive: true,
        neverExtractable: true,
        extractable: false,
      }));
    },
    close() {
      ended.reject(trouble('unreachable', 'SIGNER_CLOSED'));
      if (loggedIn !== null) loggedIn.closed += 1;
      loggedIn = null;
      return Promise.resolve();
    },
  };
  return device;
}

const PIN_ROW = {
  cause: 'Wrong PIN.',
  check: 'Look.',
  fix: 'Type it.',
  text: 'of the table',
  trouble: 'pin-refused',
};

/** What the application is built with: tokens by the path of their library, as they are when they are asked. */
export function fakeDevices(tokens: Map<string, FakeToken>, made: SignerSettings[] = []): DeviceParts {
  const none = (): Promise<never> => Promise.reject(trouble('unsupported', 'NOT_BUILT'));
  return {
    kinds: {
      deviceFor(settings, person) {
        made.push(settings);
        const place = settings.kind === 'pkcs11' ? settings.libPath : settings.host;
        const serial = settings.kind === 'pkcs11' ? settings.serial : null;
        return fakeDevice(() => {
          const token = tokens.get(place) ?? null;
          if (token !== null && serial !== null && token.serial !== serial)
            throw new DeviceError(
              'misconfigured',
              'TOKEN_OTHER',
              `The token in slot 1 has the serial number ${token.serial}, this signer belongs to ${serial}. Plug in the right one.`,
            );
          return token;
        }, person);
      },
      // As the real tables: with more than the advice in a row.
      explain: (_kind, { code }) => (code === 'CKR_PIN_INCORRECT' ? PIN_ROW : null),
    },
    looks: () => ({
      steps: [],
      opening: { lines: [{ code: 'login', title: 'Login' }], lineOf: () => 'login' },
      end: () => undefined,
    }),
    tools: {
      discover: () => Promise.resolve({ libraries: [], softhsm: null }),
      slots: none,
      changePin: none,
      initToken: none,
      rehearsalToken: none,
    },
  };
}
