/** What is looked at once a signer is opened as a device, whatever its kind: operations, mechanisms, keys, binding. */
import { inFours } from '#shared/fingerprint-text.ts';
import { shownText } from '#shared/hidden-characters.ts';
import { algorithmName } from '#shared/contract/keys.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { keyView } from '../../x509/public-key.ts';
import type { SignerBinding } from '../../store/signer-columns.ts';
import { type Device, DeviceError, type DeviceFacts, type DeviceKey } from '../device.ts';
import { checkBinding } from '../lifecycle/binding.ts';
import type { Seen, Step } from './steps.ts';
import { type LeftKey, names, testKeySteps, TRIED } from './test-keys.ts';

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
  /** This test key may still lie on it, and nobody destroys it here any more. */
  leave?(key: LeftKey, serial: string): void;
  /** What earlier examinations left on it, and how it is destroyed; null: they left nothing. */
  earlier?: { see(opened: Opened): Promise<Seen> } | null;
}

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
  const expected = [...deps.ours].filter(([, { here }]) => here);
  let keys = await device.list(deps.signal);
  if (keys.length === 0 && expected.length > 0) {
    // A session that died quietly shows nothing either.
    await device.close();
    await device.open(deps.signal);
    keys = await device.list(deps.signal);
  }
  const found = new Set(keys.flatMap(({ spkiDer }) => (spkiDer === null ? [] : [sha256Hex(spkiDer)])));
  const gone = expected.filter(([sha256]) => !found.has(sha256));
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

/** From a key that is made to what others left; `opened` is asked when each runs. */
export function deviceSteps(deps: DeviceStepsDeps): Step[] {
  const { name, signal, binding, opened, earlier = null } = deps;
  return [
    ...testKeySteps(deps),
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
    ...(earlier === null
      ? []
      : [{ code: 'left', title: 'What an earlier examination left', look: () => earlier.see(opened()) }]),
  ];
}
