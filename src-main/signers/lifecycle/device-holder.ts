/** The one device object behind a signer: made when it is opened, given up when nothing may stay logged in to it. */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { type Device, DeviceError, type DeviceFacts, type Person, type Proof } from '../device.ts';

export interface DeviceHolder {
  /**
   * Makes it when there is none, and opens it. SECURITY: a token is asked for by the serial that was bound, so that no PIN goes
   * to a stranger; one that took its place for good is named in the settings, and its identity key decides.
   */
  open(signal: AbortSignal): Promise<{ device: Device; facts: DeviceFacts }>;
  device(): Device | null;
  /** As it was opened last, bound or not; null: it did not open. */
  opened(): { device: Device; facts: DeviceFacts } | null;
  /** Never rejects. */
  drop(): Promise<void>;
}

/** The settings by which a signer is opened, and every PIN sent: with the serial that was bound, where the operator named none. */
export function boundSettings<S extends SignerSettings>(settings: S, serial: string | null): S {
  return serial !== null && settings.kind === 'pkcs11' && settings.serial === null
    ? { ...settings, serial }
    : settings;
}

/** A token with another serial than the bound one, as everybody is told of it; any other failure as it is. */
export function anotherDevice(error: unknown): unknown {
  if (!(error instanceof DeviceError && error.code === 'TOKEN_OTHER')) return error;
  const text = `This is not the device that owns these keys. ${error.message}`;
  return new DeviceError('misconfigured', 'ANOTHER_DEVICE', text, error.library);
}

export function createDeviceHolder(deps: {
  make(settings: SignerSettings, person: Person): Device;
  person: Person;
  settings(): SignerSettings;
  /** Of the device that the signer is bound to. */
  serial(): string | null;
  /** For what the device begins anew by itself. */
  proof: Proof;
  log(what: string, error: unknown): void;
}): DeviceHolder {
  const { make, person } = deps;
  let held: Device | null = null;
  let opened: ReturnType<DeviceHolder['opened']> = null;

  async function drop(): Promise<void> {
    const closing = held;
    held = null;
    opened = null;
    await closing?.close().catch((error: unknown) => deps.log('closing a device', error));
  }

  return {
    async open(signal) {
      const settings = deps.settings();
      const bound = boundSettings(settings, deps.serial());
      held ??= make(bound, person);
      const device = held;
      opened = null;
      try {
        opened = { device, facts: await device.open(signal, deps.proof) };
        return opened;
      } catch (error) {
        const isBound = bound.kind === 'pkcs11' && bound.serial !== null && bound.serial === deps.serial();
        throw isBound ? anotherDevice(error) : error;
      }
    },
    device: () => held,
    opened: () => opened,
    drop,
  };
}
