/** The kinds of devices that Baleen speaks with, built from the ports: the application gets them as one thing, and tests bring their own. */
import type { Clock, Net, Random, SignerHosts } from '../ports.ts';
import type { MakeLooks } from './doctor/doctor.ts';
import { kmipLooks } from './doctor/kmip-looks.ts';
import { pkcs11Looks } from './doctor/pkcs11-looks.ts';
import { createKmipDevice } from './kmip/kmip-device.ts';
import { resultReasonNamed } from './kmip/result-reasons.ts';
import type { DeviceKinds } from './lifecycle/live-signers.ts';
import { doctorAdvice } from './doctor/doctor-advice.ts';
import { knownFault } from './pkcs11/faults.ts';
import { createPkcs11Device } from './pkcs11/pkcs11-device.ts';
import { createPkcs11Tools } from './pkcs11/pkcs11-tools.ts';
import type { TokenTools } from './token-tools.ts';

export interface DeviceParts {
  kinds: DeviceKinds;
  tools: TokenTools;
  looks: MakeLooks;
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
      explain: (kind, { code }) =>
        doctorAdvice(code) ?? (kind === 'kmip' ? resultReasonNamed(code) : knownFault(code)),
    },
    tools: createPkcs11Tools({ hosts, clock }),
    looks: (settings, about) =>
      settings.kind === 'kmip'
        ? kmipLooks({ ...deps, ...about, settings })
        : pkcs11Looks({ ...deps, ...about, settings }),
  };
}
