/** Which variables a PKCS#11 library may be given. The rest of its environment is made by the shells, and is small. */
import { accessSync, constants, statSync } from 'node:fs';
import { DeviceError } from '../device.ts';
import { faultOf } from './faults.ts';

/** They decide what the child itself loads and runs, not what the library reads. */
const REFUSED =
  /^(?:LD_|DYLD_|NODE_|ELECTRON_|UV_|MALLOC_|GLIBC_|GCONV_|OPENSSL_|P11_KIT_(?!SERVER_ADDRESS$))|^(?:PATH|IFS|ENV|BASH_ENV)$/i;

/** Names in `environment` that are never passed on, in their order. */
export function refusedVariables(environment: Readonly<Record<string, string>>): string[] {
  return Object.keys(environment).filter((name) => REFUSED.test(name));
}

/** Variables of well-known libraries that name a file of settings, without which the library finds no token and does not say why. */
export const FILE_VARIABLES: ReadonlySet<string> = new Set([
  ...['SOFTHSM2_CONF', 'YUBIHSM_PKCS11_CONF', 'OPENSC_CONF'],
  ...['CS_PKCS11_R2_CFG', 'CS_PKCS11_R3_CFG', 'KMS_PKCS11_CONFIG'],
]);

/** Throws DeviceError VARIABLE_FILE_MISSING, VARIABLE_FILE_NOT_READABLE, with the variable and its path. */
function checkFile(name: string, path: string, readable: (path: string) => void): void {
  const refused = (text: string, why = ''): Error => faultOf('VARIABLE_FILE_NOT_READABLE', why, text);
  try {
    if (statSync(path).isDirectory())
      throw refused(`${path}, which ${name} names, is a folder. Name the file of settings in it.`);
    readable(path);
  } catch (error) {
    if (error instanceof DeviceError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT' || code === 'ENOTDIR'
      ? faultOf(
          'VARIABLE_FILE_MISSING',
          '',
          `There is no file ${path}, which ${name} names. Put it back or correct the variable.`,
        )
      : refused(`${path}, which ${name} names, cannot be read. Mend its permissions.`, String(error));
  }
}

/**
 * Throws DeviceError `misconfigured` (ENVIRONMENT_REFUSED) and names what is refused; or that of the first file of settings that is
 * not there or cannot be read. `readable` throws when it cannot; in tests another.
 */
export function checkEnvironment(
  environment: Readonly<Record<string, string>>,
  readable = (path: string): void => accessSync(path, constants.R_OK),
): void {
  const refused = refusedVariables(environment);
  if (refused.length > 0)
    throw faultOf(
      'ENVIRONMENT_REFUSED',
      '',
      `${refused.join(', ')} cannot be set for a library: it would change the program that loads it. Remove it from the signer's variables.`,
    );
  for (const [name, path] of Object.entries(environment))
    if (FILE_VARIABLES.has(name)) checkFile(name, path, readable);
}
