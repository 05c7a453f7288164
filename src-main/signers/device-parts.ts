/** The kinds of devices that Baleen speaks with, built from the ports: the application gets them as one thing, and tests bring their own. */
import type { Clock, Net, Random, SignerHosts } from '../ports.ts';
import { createKmipDevice } from './kmip/kmip-device.ts';
import { resultReasonNamed } from './kmip/result-reasons.ts';
import type { DeviceKinds } from './lifecycle/live-signers.ts';
import { explainFault } from './pkcs11/faults.ts';
import { findLibraries } from './pkcs11/library-places.ts';
import { createPkcs11Device } from './pkcs11/pkcs11-device.ts';
import { makeRehearsalToken, softhsmTool } from './pkcs11/softhsm-token.ts';
import { changePin, initToken, listSlots } from './pkcs11/token-tools.ts';
import type { TokenTools } from './token-tools.ts';

export interface DeviceParts {
  kinds: DeviceKinds;
  tools: TokenTools;
}

/** `net`: behind the gate, which lets an offline station reach its one HSM. */
export function deviceParts(deps: {
  clock: Clock;
  random: Random;
  net: Net;
  hosts: SignerHosts;
}): DeviceParts {
  const { hosts, clock } = deps;
  return {
    kinds: {
      deviceFor: (settings, person) =>
        settings.kind === 'kmip'
          ? createKmipDevice({ ...deps, settings, person })
          : createPkcs11Device({ ...deps, settings, person }),
      explain: (kind, { code }) => (kind === 'kmip' ? resultReasonNamed(code) : explainFault(code)),
    },
    tools: {
      discover: () => Promise.resolve({ libraries: findLibraries(), softhsm: softhsmTool() }),
      slots: (library, signal) => listSlots({ hosts, clock, signal }, library),
      changePin: (settings, { oldPin, newPin }, signal) =>
        changePin({ hosts, clock, signal }, settings, oldPin, newPin),
      async initToken(library, token, signal) {
        await initToken({ hosts, clock, signal }, library, token);
        // SoftHSM gives an initialised token another slot: it is known again by the label it got.
        const { slots } = await listSlots({ hosts, clock, signal }, library);
        const made = slots.find(
          (slot) => slot.token?.initialized === true && slot.token.label === token.label,
        );
        return { serial: made?.token?.serial ?? '' };
      },
      rehearsalToken: (request, signal) => makeRehearsalToken({ hosts, clock, signal }, request),
    },
  };
}
