/** What can be done with a PKCS#11 library beside using a key: look, initialise, change a PIN. Types only; the child does it. */
import type { Answer } from '#shared/contract/index.ts';
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import type { Pkcs11Settings } from '#shared/contract/signer-settings.ts';

interface Library {
  libPath: string;
  environment: Readonly<Record<string, string>>;
}

/** All reject with DeviceError. PINs are UTF-8; SECURITY: the tools wipe them. */
export interface TokenTools {
  discover(): Promise<Answer<'signers.discover'>>;
  slots(library: Library, signal: AbortSignal): Promise<DeviceTable>;
  changePin(
    settings: Pkcs11Settings,
    pins: { oldPin: Uint8Array; newPin: Uint8Array },
    signal: AbortSignal,
  ): Promise<void>;
  /** Refuses a token that is initialised, unless `erase` is its serial. Answers the serial. */
  initToken(
    library: Library,
    token: { slot: number; label: string; soPin: Uint8Array; pin: Uint8Array; erase: string | null },
    signal: AbortSignal,
  ): Promise<{ serial: string }>;
  /** A SoftHSM token in `folder`, which it makes. Answers what the settings of its signer need. */
  rehearsalToken(
    request: { folder: string; label: string; pin: Uint8Array },
    signal: AbortSignal,
  ): Promise<Library & { serial: string }>;
}
