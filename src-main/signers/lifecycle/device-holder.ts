/** The one device object behind a signer: made when it is opened, given up when nothing may stay logged in to it. */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { type Device, DeviceError, type DeviceFacts, type Person } from '../device.ts';

/** The token with the serial that was asked for is not where it was: words of the PKCS#11 device. */
const NOT_THAT_TOKEN = new Set(['TOKEN_OTHER', 'TOKEN_GONE', 'SLOT_EMPTY', 'SLOT_NOT_FOUND']);

export interface DeviceHolder {
  /**
   * Makes it when there is none, and opens it. The token whose serial is known comes first; then whatever the settings lead
   * to, and its identity key decides.
   */
  open(signal: AbortSignal): Promise<{ device: Device; facts: DeviceFacts }>;
  device(): Device | null;
  /** Never rejects. */
  drop(): Promise<void>;
}

export function createDeviceHolder(deps: {
  make(settings: SignerSettings, person: Person): Device;
  person: Person;
  settings(): SignerSettings;
  /** Of the device that the signer is bound to. */
  serial(): string | null;
  log(what: string, error: unknown): void;
}): DeviceHolder {
  const { make, person } = deps;
  let held: { device: Device; hinted: boolean } | null = null;

  async function drop(): Promise<void> {
    const closing = held;
    held = null;
    await closing?.device.close().catch((error: unknown) => deps.log('closing a device', error));
  }

  function hinted(): { device: Device; hinted: boolean } {
    const settings = deps.settings();
    const serial = deps.serial();
    if (settings.kind !== 'pkcs11' || settings.serial !== null || serial === null)
      return { device: make(settings, person), hinted: false };
    return { device: make({ ...settings, serial }, person), hinted: true };
  }

  return {
    async open(signal) {
      const first = (held ??= hinted());
      try {
        return { device: first.device, facts: await first.device.open(signal) };
      } catch (error) {
        if (!first.hinted || !(error instanceof DeviceError && NOT_THAT_TOKEN.has(error.code))) throw error;
        await drop();
        signal.throwIfAborted();
        const { device } = (held = { device: make(deps.settings(), person), hinted: false });
        return { device, facts: await device.open(signal) };
      }
    },
    device: () => held?.device ?? null,
    drop,
  };
}
