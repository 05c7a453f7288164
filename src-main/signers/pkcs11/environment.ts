/** Which variables a PKCS#11 library may be given. The rest of its environment is made by the shells, and is small. */
import { faultOf } from './faults.ts';

/** They decide what the child itself loads and runs, not what the library reads. */
const REFUSED =
  /^(?:LD_|DYLD_|NODE_|ELECTRON_|UV_|MALLOC_|GLIBC_|GCONV_|OPENSSL_|P11_KIT_(?!SERVER_ADDRESS$))|^(?:PATH|IFS|ENV|BASH_ENV)$/i;

/** Names in `environment` that are never passed on, in their order. */
export function refusedVariables(environment: Readonly<Record<string, string>>): string[] {
  return Object.keys(environment).filter((name) => REFUSED.test(name));
}

/** Throws DeviceError `misconfigured` (ENVIRONMENT_REFUSED) and names what is refused. */
export function checkEnvironment(environment: Readonly<Record<string, string>>): void {
  const refused = refusedVariables(environment);
  if (refused.length > 0)
    throw faultOf(
      'ENVIRONMENT_REFUSED',
      '',
      `${refused.join(', ')} cannot be set for a library: it would change the program that loads it. Remove it from the signer's variables.`,
    );
}
