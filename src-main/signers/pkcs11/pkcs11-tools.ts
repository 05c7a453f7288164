/** What the application does with PKCS#11 libraries beside using keys, as one thing for its channels. Builds nothing else. */
import type { Clock, SignerHosts } from '../../ports.ts';
import type { TokenTools } from '../token-tools.ts';
import { findLibraries } from './library-places.ts';
import { makeRehearsalToken, softhsmTool } from './softhsm-token.ts';
import { changePin, initToken, listSlots } from './token-tools.ts';

export function createPkcs11Tools(deps: { hosts: SignerHosts; clock: Clock }): TokenTools {
  return {
    discover: () => Promise.resolve({ libraries: findLibraries(), softhsm: softhsmTool() }),
    slots: (library, signal) => listSlots({ ...deps, signal }, library),
    changePin: (settings, { oldPin, newPin }, signal) =>
      changePin({ ...deps, signal }, settings, oldPin, newPin),
    initToken: (library, token, signal) => initToken({ ...deps, signal }, library, token),
    rehearsalToken: (request, signal) => makeRehearsalToken({ ...deps, signal }, request),
  };
}
