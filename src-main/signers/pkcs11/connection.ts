/**
 * From settings to an open token: child, library, slot, login, capabilities. It ends what it began when a step fails. What is
 * done with the token then is pkcs11-device.ts's affair.
 */
import type { Pkcs11Settings } from '#shared/contract/signer-settings.ts';
import type { Clock, SignerHosts } from '../../ports.ts';
import { type Capability, DeviceError, type DeviceFacts, type Person } from '../device.ts';
import { CKF, CKM } from './cryptoki.ts';
import { checkEnvironment } from './environment.ts';
import { endedForOne, faultOf } from './faults.ts';
import { type HostClient, HostRefusal, type Patience, startHostClient } from './host-client.ts';
import { makeable } from './key-objects.ts';
import { checkLibraryFile } from './library-file.ts';
import type { HostAnswer, HostOp, HostRequest, TokenRow } from './protocol.ts';
import { chooseSlot } from './slot-choice.ts';

/** How long an answer may take, ms. What signs or makes keys has no limit: a person is told and can cancel (quiet-notice.ts). */
export interface Deadlines {
  /** Loading, slots, login, searching, destroying. */
  call: number;
  /** Some devices erase themselves for minutes. */
  init: number;
}
export const DEADLINES: Deadlines = { call: 30_000, init: 600_000 };

export interface Pkcs11Deps {
  hosts: SignerHosts;
  clock: Clock;
  person: Person;
  settings: Pkcs11Settings;
  deadlines?: Partial<Deadlines>;
}

export interface Connection {
  client: HostClient;
  token: TokenRow;
  mechanisms: ReadonlyMap<number, { min: number; max: number }>;
  facts: DeviceFacts;
  /** The PIN is typed on the device. */
  pinPad: boolean;
}

/** Beside the one that searches; as many as Node has threads for them. */
const SESSIONS = 4;

export function triesOf(flags: number): DeviceFacts['tries'] {
  if ((flags & CKF.userPinLocked) !== 0) return 'locked';
  if ((flags & CKF.userPinFinalTry) !== 0) return 'final';
  return (flags & CKF.userPinCountLow) !== 0 ? 'low' : null;
}

const LEFT = {
  low: 'The device refused the PIN and has counted it. Type the right one.',
  final:
    'The device refused the PIN: one more wrong PIN locks it. Make sure which PIN it is before you type it.',
};

/** The library's refusal as the lifecycle understands it. */
function errorOf(error: unknown): unknown {
  if (!(error instanceof HostRefusal)) return error;
  const tries = error.flags === null ? null : triesOf(error.flags);
  const known = faultOf(error.code, error.message);
  if (known.trouble !== 'pin-refused' || tries === null) return known;
  return tries === 'locked'
    ? new DeviceError('pin-locked', error.code, faultOf('CKR_PIN_LOCKED').message, error.message)
    : new DeviceError('pin-refused', error.code, LEFT[tries], error.message);
}

/** One request; its refusals are DeviceError. A child whose token is out of reach is ended: its sessions stay dead. */
export async function askHost<O extends HostOp>(
  client: HostClient,
  request: Extract<HostRequest, { op: O }>,
  patience: Patience,
): Promise<HostAnswer<O>> {
  try {
    return await client.ask<O>(request, patience);
  } catch (error) {
    const told = errorOf(error);
    if (told instanceof DeviceError && told.trouble === 'unreachable') client.end(told);
    throw told;
  }
}

/** While `task` waits for somebody at the device, the screen says `text`; cancelling ends the child: `task` is cancelled then. */
export async function whileWaiting<T>(
  client: HostClient,
  person: Person,
  text: string,
  task: () => Promise<T>,
): Promise<T> {
  let cancelled = false;
  const stop = person.waits(text, () => {
    cancelled = true;
    client.end(endedForOne());
  });
  try {
    return await task();
  } catch (error) {
    throw cancelled ? faultOf('CANCELLED') : error;
  } finally {
    stop();
  }
}

async function logIn(
  client: HostClient,
  deps: Pkcs11Deps,
  token: TokenRow,
  deadlines: Deadlines,
): Promise<void> {
  const { settings, person } = deps;
  if (!settings.login || (token.flags & CKF.loginRequired) === 0) return;
  const tries = triesOf(token.flags);
  if (tries === 'locked') throw faultOf('CKR_PIN_LOCKED');
  if ((token.flags & CKF.userPinInitialized) === 0) throw faultOf('CKR_USER_PIN_NOT_INITIALIZED');
  if (hasPinPad(token, settings)) {
    await whileWaiting(client, person, `Type the PIN of ${token.label} on its reader.`, () =>
      askHost(client, { op: 'login', pin: null }, null),
    );
    return;
  }
  const { label, serial } = token;
  const pin = await person.pin({ reason: 'login', tries, token: { label, serial } });
  await askHost(client, { op: 'login', pin }, deadlines.call);
}

const hasPinPad = (token: TokenRow, settings: Pkcs11Settings): boolean =>
  settings.pinPad || (token.flags & CKF.protectedAuthenticationPath) !== 0;

/** The functions as far as they were called, then the mechanisms; of plain and hashing one is enough. */
export async function capabilitiesOf(
  { client, mechanisms }: Pick<Connection, 'client' | 'mechanisms'>,
  deadlineMs: number,
): Promise<Capability[]> {
  const functions = await askHost(client, { op: 'functions' }, deadlineMs);
  const rows: Capability[] = functions.map((one) => ({ ...one, needed: true }));
  const has = (type: number): boolean => mechanisms.has(type);
  const signsRsa = has(CKM.CKM_RSA_PKCS) || has(CKM.CKM_SHA256_RSA_PKCS);
  const signsEc = has(CKM.CKM_ECDSA) || has(CKM.CKM_ECDSA_SHA256);
  for (const [name, type] of Object.entries(CKM))
    rows.push({
      name,
      present: has(type),
      needed: !has(type) && !signsRsa && !signsEc && name !== 'CKM_ECDSA_SHA384',
    });
  return rows;
}

/**
 * Throws DeviceError; the child is gone then. `signal` ends it at any step (`cancelled`).
 */
export async function connect(deps: Pkcs11Deps, signal?: AbortSignal): Promise<Connection> {
  const { settings } = deps;
  const deadlines = { ...DEADLINES, ...deps.deadlines };
  if (signal?.aborted === true) throw faultOf('CANCELLED');
  checkEnvironment(settings.environment);
  checkLibraryFile(settings.libPath);
  const client = startHostClient({ ...deps, environment: settings.environment });
  const abort = (): void => client.end(faultOf('CANCELLED'));
  signal?.addEventListener('abort', abort);
  try {
    // Whoever is asked for a PIN may never answer.
    return await unlessCancelled(openToken(deps, client, deadlines), signal);
  } catch (error) {
    client.end(error instanceof DeviceError ? error : faultOf('SIGNER_CLOSED'));
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** What comes of `work`, or `cancelled` as soon as `signal` is; the library ends what it does in its time, and nobody waits. */
export async function unlessCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const { promise: left, reject } = Promise.withResolvers<never>();
  const leave = (): void => reject(faultOf('CANCELLED'));
  if (signal?.aborted === true) leave();
  signal?.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, left]);
  } finally {
    signal?.removeEventListener('abort', leave);
  }
}

async function openToken(deps: Pkcs11Deps, client: HostClient, deadlines: Deadlines): Promise<Connection> {
  const { settings } = deps;
  const library = await loadLibrary(client, settings.libPath, deadlines.call);
  const slots = await askHost(client, { op: 'slots' }, deadlines.call);
  const { slot } = chooseSlot(slots, settings);
  const selected = await askHost(client, { op: 'select', slot, sessions: SESSIONS }, deadlines.call);
  // SECURITY: login first, then search: before it a token shows its public objects only.
  await logIn(client, deps, selected.token, deadlines);
  const mechanisms = new Map(selected.mechanisms.map(({ type, min, max }) => [type, { min, max }]));
  const capabilities = await capabilitiesOf({ client, mechanisms }, deadlines.call);
  const token = await askHost(client, { op: 'token' }, deadlines.call);
  const { manufacturer, model, serial, firmware, label } = token;
  return {
    client,
    token,
    mechanisms,
    pinPad: hasPinPad(token, settings),
    facts: {
      ...{ manufacturer, model, serial, firmware, label, slot },
      library: `${library.description} ${library.version} (${settings.libPath})`,
      capabilities,
      algorithms: makeable(mechanisms),
      tries: triesOf(token.flags),
    },
  };
}

/** `load`; the loader's words decide between a missing part and a file that is no PKCS#11 library. */
export async function loadLibrary(
  client: HostClient,
  path: string,
  deadlineMs: number,
): Promise<HostAnswer<'load'>> {
  try {
    return await askHost(client, { op: 'load', library: path }, deadlineMs);
  } catch (error) {
    if (!(error instanceof DeviceError) || error.code !== 'HOST_FAULT') throw error;
    const text = error.library.includes('C_GetFunctionList')
      ? `${path} is no PKCS#11 library. Choose the PKCS#11 library of the device.`
      : `The library ${path} cannot be loaded. Install the software of its vendor completely.`;
    throw faultOf('LIBRARY_NOT_LOADED', error.library, text);
  }
}
