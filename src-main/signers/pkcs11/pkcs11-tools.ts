/** What the application does with PKCS#11 libraries beside using keys, as one thing for its channels. Builds nothing else. */
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import type { Pkcs11Settings } from '#shared/contract/signer-settings.ts';
import type { Clock, SignerHosts } from '../../ports.ts';
import { findLibraries } from './library-places.ts';
import { makeRehearsalToken, type SoftHsmTool, softhsmTool } from './softhsm-token.ts';
import { changePin, initToken, type Library, listSlots } from './token-tools.ts';

/** All reject with DeviceError. PINs are UTF-8; they are wiped. */
export interface Pkcs11Tools {
  discover(): Promise<{ libraries: { device: string; path: string }[]; softhsm: SoftHsmTool | null }>;
  slots(library: Library, signal: AbortSignal): Promise<DeviceTable>;
  changePin(
    settings: Pkcs11Settings,
    pins: { oldPin: Uint8Array; newPin: Uint8Array },
    signal: AbortSignal,
  ): Promise<void>;
  /** TOKEN_INITIALIZED where there is one already. Answers the serial number it has then. */
  initToken(
    library: Library,
    token: { slot: number; label: string; soPin: Uint8Array; pin: Uint8Array },
    signal: AbortSignal,
  ): Promise<{ serial: string }>;
  /** A SoftHSM token in `folder`, which is made. Answers what the settings of its signer need. */
  rehearsalToken(
    request: { folder: string; label: string; pin: Uint8Array },
    signal: AbortSignal,
  ): Promise<Library & { serial: string }>;
}

export function createPkcs11Tools(deps: { hosts: SignerHosts; clock: Clock }): Pkcs11Tools {
  return {
    discover: () => Promise.resolve({ libraries: findLibraries(), softhsm: softhsmTool() }),
    slots: (library, signal) => listSlots({ ...deps, signal }, library),
    changePin: (settings, { oldPin, newPin }, signal) =>
      changePin({ ...deps, signal }, settings, oldPin, newPin),
    initToken: (library, token, signal) => initToken({ ...deps, signal }, library, token),
    rehearsalToken: (request, signal) => makeRehearsalToken({ ...deps, signal }, request),
  };
}
