/**
 * Which device is whose (H-024, H-025; krill-ta.md 9.4): an identity key that lies on it, and a signature over the same words
 * that Krill signs. Names, addresses and slots may change; the key may not.
 */
import { inFours } from '#shared/fingerprint-text.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import type { Clock } from '../../ports.ts';
import type { SignerBinding } from '../../store/signer-columns.ts';
import { type Device, DeviceError, type DeviceFacts } from '../device.ts';
import { signatureHolds } from '../signature-scheme.ts';
import { keyAlgorithmOf } from '../stored-key.ts';
import { serialName } from './known-device.ts';

const CHALLENGE = Buffer.from('Krill signer verification challenge');

/** Throws DeviceError when the key behind `handle` does not sign for `spkiDer`. */
export async function proveKey(
  device: Pick<Device, 'sign'>,
  name: string,
  key: { handle: Uint8Array; spkiDer: Uint8Array },
): Promise<void> {
  const algorithm = keyAlgorithmOf(key.spkiDer);
  if (algorithm === null)
    throw new DeviceError('unsupported', 'KEY_TYPE', `${name} has a key of a type that is not used here.`);
  const signature = await device.sign(key.handle, algorithm, CHALLENGE);
  // SECURITY: Krill goes on here (its bug); a key that signs wrongly proves nothing.
  if (!signatureHolds(algorithm, key.spkiDer, CHALLENGE, signature))
    throw new DeviceError(
      'misconfigured',
      'WRONG_SIGNATURE',
      `${name} made a signature that its public key does not confirm. Do not use it before the device was checked.`,
    );
}

/** Throws DeviceError `unsupported`, which is never tried again (H-022). `force`: a server may say less than it can (H-010). */
export function requireOperations(
  { capabilities }: DeviceFacts,
  { name, settings }: { name: string; settings: SignerSettings },
): void {
  const missing = capabilities.filter(({ present, needed }) => needed && present === false);
  if (missing.length === 0 || (settings.kind === 'kmip' && settings.force)) return;
  const names = missing.map((one) => one.name).join(', ');
  throw new DeviceError(
    'unsupported',
    'MISSING_OPERATION',
    `${name} cannot be used: ${names} ${missing.length === 1 ? 'is' : 'are'} not supported.`,
  );
}

/** The label of keys on the device: Krill's, or the one in the settings. */
export function keyLabel(settings: SignerSettings): string {
  return settings.kind === 'pkcs11' ? settings.keyLabel : 'Krill';
}

/** What a signer brings to its binding. */
interface BoundSigner {
  name: string;
  settings: SignerSettings;
  clock: Clock;
}

/** Makes the identity key at the first contact. `store` keeps the binding; what fails takes the key away again. */
export async function bindDevice(
  device: Device,
  facts: DeviceFacts,
  signer: BoundSigner & { store(binding: SignerBinding): Promise<void> },
): Promise<SignerBinding> {
  // As Krill's; a device without RSA gets one of its own types.
  const algorithm = facts.algorithms.includes('rsa-2048') ? 'rsa-2048' : facts.algorithms[0];
  if (algorithm === undefined)
    throw new DeviceError(
      'unsupported',
      'NO_KEY_TYPE',
      `${signer.name} makes no keys of a type that is used here.`,
    );
  const made = await device.create({ algorithm, label: keyLabel(signer.settings) });
  try {
    await proveKey(device, signer.name, made);
    const binding = { ...made, serial: facts.serial, boundAt: signer.clock.now().toISOString() };
    await signer.store(binding);
    return binding;
  } catch (error) {
    // What it failed with counts; an orphan that stays is named by nobody.
    await device.destroy(made.handle, made.spkiDer).catch(() => undefined);
    throw error;
  }
}

/** Throws DeviceError `misconfigured`, IDENTITY_LOST where only the identity key of the bound device is gone, when this is another device than the bound one. */
export async function checkBinding(
  device: Pick<Device, 'find' | 'sign'>,
  facts: DeviceFacts,
  name: string,
  binding: SignerBinding,
): Promise<void> {
  const handle = await device.find(binding.spkiDer);
  if (handle === null)
    throw new DeviceError(
      'misconfigured',
      facts.serial === binding.serial ? 'IDENTITY_LOST' : 'ANOTHER_DEVICE',
      facts.serial === binding.serial
        ? `This is not the device that owns these keys: the one with serial ${inFours(facts.serial)} has lost the identity key of ${name}. Restore it from its own backup, or bind it again on its page when you know that it is the same device.`
        : `This is not the device that owns these keys: ${name} has serial ${inFours(binding.serial)}, and this one has ${inFours(facts.serial)}. Connect the right one, or add this one as a signer of its own.`,
    );
  await proveKey(device, name, { handle, spkiDer: binding.spkiDer });
}

/**
 * SECURITY: what has no identity key yet cannot prove itself, so that another one than was met first is not used. Throws DeviceError.
 */
export function requireMet(
  met: DeviceFacts | undefined,
  { serial }: DeviceFacts,
  { name, settings }: { name: string; settings: SignerSettings },
): void {
  if (met === undefined || met.serial === serial) return;
  throw new DeviceError(
    'unreachable',
    'ANOTHER_DEVICE',
    `${name} answers now with another ${serialName(settings)} than a moment ago, before it had an identity key: give the address of one device, and contact it again.`,
  );
}

/** What looks for its identity key can be cancelled. */
export const until = (device: Device, signal: AbortSignal): Device => ({
  ...device,
  find: (spkiDer) => device.find(spkiDer, signal),
});

/** A key of the workspace that a signer owns. */
export interface OwnedKey {
  label: string;
  spkiDer: Uint8Array;
}

/**
 * Throws DeviceError `misconfigured` unless the device has the keys that the signer owns, and each signs: with its serial, that
 * is what makes it the same device when its identity key is gone.
 */
async function requireKeys(
  device: Pick<Device, 'find' | 'sign'>,
  { name, owned }: { name: string; owned: readonly OwnedKey[] },
): Promise<void> {
  for (const { label, spkiDer } of owned) {
    const handle = await device.find(spkiDer);
    if (handle === null)
      throw new DeviceError(
        'misconfigured',
        'IDENTITY_LOST',
        `${name} cannot be bound again: its key "${label}" is not on this device either. Restore the device from its own backup.`,
      );
    await proveKey(device, name, { handle, spkiDer });
  }
}

/**
 * Proves that this is the bound device, or binds it at the first contact. `owned`: a person wants it bound again although its
 * identity key is gone, and knows it by these keys; null: nobody asked for it. Throws DeviceError.
 */
export async function proveOrBind(
  device: Device,
  facts: DeviceFacts,
  signer: BoundSigner & {
    binding: SignerBinding | null;
    owned: readonly OwnedKey[] | null;
    store(binding: SignerBinding, again: boolean): Promise<void>;
  },
): Promise<SignerBinding> {
  const { name, binding, owned } = signer;
  const bind = (again: boolean): Promise<SignerBinding> =>
    bindDevice(device, facts, { ...signer, store: (made) => signer.store(made, again) });
  if (binding === null) return bind(false);
  try {
    await checkBinding(device, facts, name, binding);
    return binding;
  } catch (error) {
    const lost = error instanceof DeviceError && error.code === 'IDENTITY_LOST';
    if (!lost || owned === null) throw error;
  }
  await requireKeys(device, { name, owned });
  return bind(true);
}
