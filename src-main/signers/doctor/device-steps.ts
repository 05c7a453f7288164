/** What is looked at once a signer is opened as a device, whatever its kind: a real key made, used and destroyed; keys; binding. */
import { inFours } from '#shared/fingerprint-text.ts';
import { shownText } from '#shared/hidden-characters.ts';
import { algorithmName, type KeyAlgorithm } from '#shared/contract/keys.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { keyView } from '../../x509/public-key.ts';
import type { SignerBinding } from '../../store/signer-columns.ts';
import { type Device, DeviceError, type DeviceFacts, type DeviceKey } from '../device.ts';
import { checkBinding } from '../lifecycle/binding.ts';
import { signatureHolds } from '../signature-scheme.ts';
import type { Seen, Step } from './steps.ts';

const TRIED: readonly KeyAlgorithm[] = ['rsa-2048', 'p-256'];
const LABEL = 'Baleen doctor';
const DATA = Buffer.from(LABEL);
/** The speed is measured for so long, with so many signatures at once, and not with a device this slow. */
const MEASURED_MS = 1000;
const AT_ONCE = 8;
const SLOW_MS = 1500;

interface Made {
  algorithm: KeyAlgorithm;
  handle: Uint8Array;
  spkiDer: Uint8Array;
  signature: Uint8Array | null;
  /** Of its first signature. */
  tookMs: number;
}

export interface Opened {
  device: Device;
  facts: DeviceFacts;
}

export interface DeviceStepsDeps {
  name: string;
  settings: SignerSettings;
  signal: AbortSignal;
  binding: SignerBinding | null;
  /** Names of other signers, removed or not, by the SHA-256 of the SubjectPublicKeyInfo of their identity keys. */
  identities: ReadonlyMap<string, string>;
  /** Keys of this workspace by the SHA-256 of their SubjectPublicKeyInfo; `here`: on this signer. */
  ours: ReadonlyMap<string, { label: string; here: boolean }>;
  opened(): Opened;
  /** The device was used, and may begin anew after it. */
  used?(): Promise<void>;
}

const names = (algorithms: readonly KeyAlgorithm[]): string =>
  algorithms.map((one) => algorithmName(one)).join(' and ');
const ms = (time: number): string =>
  time < 1000 ? `${Math.round(time)} ms` : `${(time / 1000).toFixed(1)} s`;

/** What it offers: the functions of a library or the operations of a server. */
export function seeOperations({ facts }: Opened, { name, settings }: DeviceStepsDeps): Seen {
  const rows = facts.capabilities.filter((one) => !one.name.startsWith('CKM_'));
  const details = rows.map(
    ({ name: one, present, needed }) =>
      `${present === null ? 'not called yet:' : present ? 'has' : needed ? 'LACKS' : 'lacks'} ${one}`,
  );
  const missing = rows.filter(({ present, needed }) => needed && present === false).map((one) => one.name);
  const unseen = rows.filter(({ present, needed }) => needed && present === null).map((one) => one.name);
  const seen = rows.filter(({ present, needed }) => needed && present === true).length;
  if (missing.length === 0)
    return {
      text:
        unseen.length === 0
          ? `All ${seen} that are needed are there.`
          : `The ${seen} that were called on the way are there; not called yet: ${unseen.join(', ')}.`,
      details,
    };
  const text = `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not there`;
  if (settings.kind !== 'kmip' || !settings.force)
    throw new DeviceError('unsupported', 'MISSING_OPERATION', `${name}: ${text}.`, details.join('\n'));
  return {
    text: `The server does not announce ${missing.join(', ')}, and is used all the same ("force").`,
    details,
    careful: {
      cause: 'Some servers do more than they announce: PyKMIP does Modify Attribute.',
      check: 'The lines below show whether it does it.',
      fix: 'Leave "force" ticked for such a server only.',
    },
  };
}

/** What it can make and how it signs. */
export function seeMechanisms({ facts: { algorithms, capabilities } }: Opened, name: string): Seen {
  const details = capabilities
    .filter((one) => one.name.startsWith('CKM_'))
    .map((one) => `${one.present ? 'has' : 'lacks'} ${one.name}`);
  if (TRIED.every((one) => !algorithms.includes(one)))
    throw new DeviceError(
      'unsupported',
      'NO_KEY_TYPE',
      `${name} makes neither RSA 2048 nor P-256 keys, so nothing can be made with it.`,
      details.join('\n'),
    );
  const lacks = TRIED.filter((one) => !algorithms.includes(one));
  const text = `It makes ${algorithms.map((one) => algorithmName(one)).join(', ')} keys.`;
  if (lacks.length === 0) return { text, details };
  return {
    text: `${text} ${names(lacks)} keys it cannot make.`,
    details,
    careful: {
      cause: 'The device or its policy leaves out a mechanism.',
      check: 'Look at the list of mechanisms and at the manual of the device.',
      fix: lacks.includes('rsa-2048')
        ? 'RPKI keys are RSA 2048: use another device for them.'
        : 'Choose RSA for keys on this device.',
    },
  };
}

async function measure(device: Device, { algorithm, handle }: Made): Promise<number> {
  const began = performance.now();
  let count = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - began < MEASURED_MS) {
      await device.sign(handle, algorithm, DATA);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return count / ((performance.now() - began) / 1000);
}

async function seeSpeed(device: Device, made: readonly Made[]): Promise<Seen> {
  const slow = made.find(({ tookMs }) => tookMs > SLOW_MS);
  if (slow !== undefined)
    return {
      text: `One ${algorithmName(slow.algorithm)} signature took ${ms(slow.tookMs)}, so no more were made.`,
      careful: {
        cause: 'The device is slow, waits for a touch, or is far away.',
        check: 'Sign with the tool of the vendor and compare the time.',
        fix: 'Keep keys that sign often elsewhere, for example one-off keys in software.',
      },
    };
  const rows: string[] = [];
  for (const key of made) {
    const rate = await measure(device, key);
    const said = rate < 10 ? rate.toFixed(1) : Math.round(rate);
    rows.push(`${said} ${algorithmName(key.algorithm)} signatures a second`);
  }
  return { text: `${rows.join(', ')}, ${AT_ONCE} at a time.` };
}

function keyRow(key: DeviceKey, { ours, binding, identities }: DeviceStepsDeps): string {
  const sha256 = key.spkiDer === null ? '' : sha256Hex(key.spkiDer);
  const identity = binding !== null && sha256 === sha256Hex(binding.spkiDer);
  const other = identities.get(sha256);
  const own = ours.get(sha256);
  const whose = identity
    ? 'identity key'
    : other !== undefined
      ? `identity key of “${other}”`
      : own === undefined
        ? 'not ours'
        : `ours, “${own.label}”`;
  const type = key.spkiDer === null ? 'no public half' : keyView(key.spkiDer).text;
  return `${whose}: ${type}, "${shownText(key.label)}", ${key.identifier}`;
}

async function seeKeys({ device, facts }: Opened, deps: DeviceStepsDeps): Promise<Seen> {
  const keys = await device.list(deps.signal);
  const found = new Set(keys.flatMap(({ spkiDer }) => (spkiDer === null ? [] : [sha256Hex(spkiDer)])));
  const gone = [...deps.ours].filter(([sha256, { here }]) => here && !found.has(sha256));
  const own = [...found].filter((sha256) => deps.ours.has(sha256)).length;
  const details = keys.slice(0, 200).map((key) => keyRow(key, deps));
  const seen: Seen = {
    text: `${keys.length === 0 ? 'No key' : keys.length === 1 ? 'One key' : `${keys.length} keys`}, ${own} of this workspace.`,
    details,
  };
  if (gone.length > 0)
    throw new DeviceError(
      'key-gone',
      'KEY_NOT_FOUND',
      `Not on the device with serial ${inFours(facts.serial)}: ${gone
        .slice(0, 5)
        .map(([, { label }]) => `“${label}”`)
        .join(
          ', ',
        )}${gone.length > 5 ? ` and ${gone.length - 5} more` : ''}. Restore it from its own backup.`,
      details.join('\n'),
    );
  const twice = keys.filter(
    ({ identifier }, at) => keys.findIndex((one) => one.identifier === identifier) !== at,
  );
  if (twice.length === 0) return seen;
  return {
    ...seen,
    text: `${seen.text} Two share the identifier ${twice[0]?.identifier ?? ''}: neither is used.`,
    careful: {
      cause: 'Somebody made or copied a key under an identifier that was taken.',
      check: 'Look at the list of keys.',
      fix: 'Destroy or re-number the other key with the tool of the vendor.',
    },
  };
}

/** From a key that is made to the binding; `opened` is asked when each runs. */
export function deviceSteps(deps: DeviceStepsDeps): Step[] {
  const { name, signal, binding, opened } = deps;
  const made: Made[] = [];
  return [
    {
      code: 'generate',
      title: 'Keys are made on it',
      async look() {
        const { device, facts } = opened();
        const rows: string[] = [];
        for (const algorithm of TRIED.filter((one) => facts.algorithms.includes(one))) {
          signal.throwIfAborted();
          const began = performance.now();
          const key = await device.create({ algorithm, label: LABEL }, signal);
          made.push({ ...key, algorithm, signature: null, tookMs: 0 });
          rows.push(`${names([algorithm])}: ${ms(performance.now() - began)}`);
        }
        return {
          text: `${names(made.map((one) => one.algorithm))} ${made.length === 1 ? 'was' : 'were'} made for this test.`,
          details: rows,
        };
      },
    },
    {
      code: 'sign',
      title: 'They sign',
      async look() {
        for (const key of made) {
          signal.throwIfAborted();
          const began = performance.now();
          key.signature = await opened().device.sign(key.handle, key.algorithm, DATA);
          key.tookMs = performance.now() - began;
        }
        await deps.used?.();
        return { text: `${made.map((key) => `${names([key.algorithm])}: ${ms(key.tookMs)}`).join(', ')}.` };
      },
    },
    {
      code: 'verify',
      title: 'The signatures are right',
      async look() {
        const wrong = made.find(
          (key) => key.signature === null || !signatureHolds(key.algorithm, key.spkiDer, DATA, key.signature),
        );
        if (wrong !== undefined)
          throw new DeviceError(
            'misconfigured',
            'WRONG_SIGNATURE',
            `${name} made a ${names([wrong.algorithm])} signature that its public key does not confirm. Do not use it before the device was checked.`,
          );
        return { text: 'Each was verified here with the public key of the device.' };
      },
    },
    { code: 'speed', title: 'Speed', look: () => seeSpeed(opened().device, made) },
    {
      code: 'destroy',
      title: 'The test keys are destroyed again',
      owed: () => made.length > 0,
      async look() {
        const { device } = opened();
        const [as, encoding] =
          deps.settings.kind === 'pkcs11' ? [' with CKA_ID', 'hex' as const] : ['', 'utf8' as const];
        const left = made.map(
          (key) => `${names([key.algorithm])}${as} ${Buffer.from(key.handle).toString(encoding)}`,
        );
        const remains = `The test keys are still on it: ${left.join(', ')}. Destroy them with the tool of the vendor.`;
        try {
          // It may have crashed with its child; what was made is taken away all the same.
          await device.open(AbortSignal.timeout(signal.aborted ? 5_000 : 60_000));
          for (const { handle, spkiDer } of made) await device.destroy(handle, spkiDer);
          await deps.used?.();
        } catch (error) {
          if (!(error instanceof DeviceError)) throw error;
          throw new DeviceError(error.trouble, error.code, `${error.message} ${remains}`, error.library);
        }
        const looking = signal.aborted ? AbortSignal.timeout(5_000) : signal;
        for (const { spkiDer } of made)
          if ((await device.find(spkiDer, looking)) !== null)
            throw new DeviceError('refused', 'NOT_DESTROYED', remains);
        return { text: 'Nothing of this test is left on it.' };
      },
    },
    { code: 'keys', title: 'Keys on it', look: () => seeKeys(opened(), deps) },
    {
      code: 'binding',
      title: 'It is the device of this signer',
      async look() {
        const { device, facts } = opened();
        if (binding === null)
          return {
            text: `This signer has no device yet: the first contact binds it to the one with serial ${inFours(facts.serial)}.`,
          };
        const looking = { ...device, find: (key: Uint8Array) => device.find(key, signal) };
        await checkBinding(looking, facts, name, binding);
        return { text: `Its identity key is on it and signed; bound since ${binding.boundAt.slice(0, 10)}.` };
      },
    },
  ];
}
