/**
 * What is done with a library outside a signer, in a child that ends at once: list its slots, initialise an empty token,
 * change a PIN. The lifecycle decides who may ask for it.
 */
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import type { Pkcs11Settings } from '#shared/contract/signer-settings.ts';
import { wipe } from '../../lib/bytes.ts';
import type { Clock, SignerHosts } from '../../ports.ts';
import { DeviceError } from '../device.ts';
import { askHost, DEADLINES, loadLibrary, triesOf } from './connection.ts';
import { CKF } from './cryptoki.ts';
import { checkEnvironment } from './environment.ts';
import { explainFault, faultOf } from './faults.ts';
import { type HostClient, startHostClient } from './host-client.ts';
import { checkLibraryFile } from './library-file.ts';
import type { HostAnswer, SlotRow } from './protocol.ts';
import { chooseSlot } from './slot-choice.ts';

export interface ToolDeps {
  hosts: SignerHosts;
  clock: Clock;
  signal?: AbortSignal;
}
export type Library = Pick<Pkcs11Settings, 'libPath' | 'environment'>;

/** Without the promise of a signer's: here nothing is tried again by itself. */
function said({ trouble, code, message, library }: DeviceError): DeviceError {
  const text = message.replace(/(?:;|,? and) it is (?:tried again|begun anew)\./, '.');
  return new DeviceError(trouble, code, text, library);
}

async function withLibrary<T>(
  deps: ToolDeps,
  { libPath, environment }: Library,
  task: (client: HostClient, library: HostAnswer<'load'>) => Promise<T>,
): Promise<T> {
  if (deps.signal?.aborted === true) throw faultOf('CANCELLED');
  checkEnvironment(environment);
  checkLibraryFile(libPath);
  const client = startHostClient({ ...deps, environment });
  const abort = (): void => client.end(faultOf('CANCELLED'));
  deps.signal?.addEventListener('abort', abort);
  try {
    return await task(client, await loadLibrary(client, libPath, DEADLINES.call));
  } catch (error) {
    throw error instanceof DeviceError ? said(error) : error;
  } finally {
    deps.signal?.removeEventListener('abort', abort);
    client.end(faultOf('SIGNER_CLOSED'));
  }
}

function tokenOf({ token }: SlotRow): DeviceTable['slots'][number]['token'] {
  if (token === null) return null;
  const { flags, ...shown } = token;
  return {
    ...shown,
    initialized: (flags & CKF.tokenInitialized) !== 0,
    loginRequired: (flags & CKF.loginRequired) !== 0,
    pinPad: (flags & CKF.protectedAuthenticationPath) !== 0,
    tries: triesOf(flags),
  };
}

const isInitialised = ({ token }: SlotRow): boolean =>
  token !== null && (token.flags & CKF.tokenInitialized) !== 0;

/** The library and its slots, empty ones too; nobody logs in. Throws DeviceError. */
export function listSlots(deps: ToolDeps, library: Library): Promise<DeviceTable> {
  return withLibrary(deps, library, async (client, about) => {
    const slots = await askHost(client, { op: 'slots' }, DEADLINES.call);
    return {
      library: about,
      slots: slots.map((row) => ({
        id: row.id,
        description: row.fault === '' ? row.description : `${row.description} (${row.fault})`,
        token: tokenOf(row),
      })),
    };
  });
}

/** SECURITY: nobody is told "refused" of a token that may have lost its keys. */
function inDoubt(error: unknown): never {
  if (!(error instanceof DeviceError) || error.trouble === 'unreachable' || error.trouble === 'cancelled')
    throw faultOf('TOKEN_IN_DOUBT', error instanceof Error ? error.message : '');
  throw error;
}

/**
 * Gives an empty token a label, a security officer's PIN and a user's PIN. SECURITY: TOKEN_INITIALIZED where there is one
 * already, because its keys would be lost, unless `erase` is its serial; `soPin` is the one that it has then. Both PINs are wiped.
 * TOKEN_WITHOUT_PIN and TOKEN_IN_DOUBT: it was, or may have been, erased. Answers the serial number; some libraries give a new one.
 */
export async function initToken(
  deps: ToolDeps,
  library: Library,
  token: { slot: number; label: string; soPin: Uint8Array; pin: Uint8Array; erase: string | null },
): Promise<{ serial: string }> {
  try {
    if (Buffer.byteLength(token.label) > 32)
      throw faultOf('LABEL_TOO_LONG', '', 'A token label has at most 32 octets. Choose a shorter one.');
    const before = await withLibrary(deps, library, async (client) => {
      const slots = await askHost(client, { op: 'slots' }, DEADLINES.call);
      await askHost(client, { op: 'initToken', ...token }, DEADLINES.init).catch(inDoubt);
      return slots;
    });
    const known = new Set(before.filter(isInitialised).map((row) => row.token?.serial));
    if (token.erase !== null) known.delete(token.erase);
    // SoftHSM moves the new token to another slot, which shows in a new child only.
    const after = await withLibrary(deps, library, (client) =>
      askHost(client, { op: 'slots' }, DEADLINES.call),
    ).catch(inDoubt);
    const made = after.filter(isInitialised).find((row) => !known.has(row.token?.serial));
    if (made?.token === undefined || made.token === null) throw faultOf('TOKEN_IN_DOUBT');
    return { serial: made.token.serial };
  } finally {
    wipe(token.soPin, token.pin);
  }
}

const NEW_PIN = new Set(['CKR_PIN_LEN_RANGE', 'CKR_PIN_INVALID', 'CKR_PIN_TOO_WEAK']);

/** Changes the user's PIN of the signer's token; both are wiped. Throws DeviceError, `pin-refused` for a wrong old one. */
export async function changePin(
  deps: ToolDeps,
  settings: Pkcs11Settings,
  oldPin: Uint8Array,
  newPin: Uint8Array,
): Promise<void> {
  try {
    await withLibrary(deps, settings, async (client) => {
      const slots = await askHost(client, { op: 'slots' }, DEADLINES.call);
      const { slot, token } = chooseSlot(slots, settings);
      if (triesOf(token.flags) === 'locked') throw faultOf('CKR_PIN_LOCKED');
      await askHost(client, { op: 'setPin', slot, oldPin, newPin }, DEADLINES.call);
    });
  } catch (error) {
    // These say what is wrong with the new one: the PIN that the token has was not refused.
    if (error instanceof DeviceError && NEW_PIN.has(error.code))
      throw new DeviceError('refused', error.code, explainFault(error.code).text, error.library);
    throw error;
  } finally {
    wipe(oldPin, newPin);
  }
}
