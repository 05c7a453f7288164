/**
 * A PKCS#11 token as a Device. Keys are known by CKA_ID alone; what it has open lives in a child that is thrown away when need be.
 */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import type { Random } from '../../ports.ts';
import { join, type Shared } from '../lifecycle/waiting.ts';
import { type Device, DeviceError, type Proof, staysInside, unproven } from '../device.ts';
import { atMost } from './at-most.ts';
import {
  askHost,
  capabilitiesOf,
  connect,
  DEADLINES,
  type Pkcs11Deps,
  unlessCancelled,
} from './connection.ts';
import { endedForOne, faultOf, isGone } from './faults.ts';
import { doubtful, newlyOpen, type OpenToken, showed } from './open-token.ts';
import { quietNotice } from './quiet-notice.ts';
import type { Patience } from './host-client.ts';
import { createSigning } from './signing.ts';
import type { HostAnswer, HostOp, HostRequest } from './protocol.ts';
import { generateRequest, type Key, keysOf, requireKey, spkiOf, theOne } from './key-objects.ts';

/** CKA_ID of new keys, as Krill makes it. */
const ID_LENGTH = 20;
/** So many signatures are in the child at once; more would only wait there. */
const IN_FLIGHT = 32;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/**
 * Starts nothing before `open`. `settings.serial`: what the caller kept of the first contact; null: the first token that
 * answers to the slot, and that one from then on.
 */
export function createPkcs11Device(deps: Pkcs11Deps & { random: Random }): Device {
  const { settings } = deps;
  const deadlines = { ...DEADLINES, ...deps.deadlines };
  /** Of the token that was met first: no other takes its place unnoticed. */
  let { serial } = settings;
  let open: OpenToken | null = null;
  let opening: Shared<OpenToken> | null = null;
  let proof = unproven;
  /** It was opened before. */
  let used = false;
  /** Ends what is being opened when the device is closed. */
  let closed = new AbortController();
  const inFlight = atMost(IN_FLIGHT);
  /** What makes, removes or looks for objects: SoftHSM crashes when one thread searches while another makes a key. */
  const objectsAlone = atMost(1);
  const unlessQuiet = quietNotice(deps.person);

  async function connected(until: AbortSignal, prove: Proof): Promise<OpenToken> {
    const made = await connect({ ...deps, settings: { ...settings, serial } }, until);
    const on: OpenToken = newlyOpen(made);
    const abort = (): void => on.client.end(faultOf('CANCELLED'));
    until.addEventListener('abort', abort);
    try {
      if (until.aborted) throw faultOf('CANCELLED');
      const find = async (spkiDer: Uint8Array) => theOne(await objectsOn(on), spkiDer);
      const sign: Device['sign'] = (handle, algorithm, data) => signOn(on, handle, algorithm, data);
      await prove({ find, sign }, on.facts);
      if (until.aborted) throw faultOf('CANCELLED');
    } catch (error) {
      on.client.end(error instanceof DeviceError ? error : faultOf('SIGNER_CLOSED'));
      throw error;
    } finally {
      until.removeEventListener('abort', abort);
    }
    ({ serial } = on.facts);
    open = on;
    used = true;
    return on;
  }
  /** `prove`: what nobody above looks at is looked at here. */
  async function begin(prove: Proof, signal?: AbortSignal): Promise<OpenToken> {
    if (opening === null || opening.abort.signal.aborted) {
      const abort = new AbortController();
      const promise = connected(AbortSignal.any([abort.signal, closed.signal]), prove).finally(() => {
        if (opening === mine) opening = null;
      });
      const mine: Shared<OpenToken> = { promise, abort, joined: 0 };
      opening = mine;
    }
    return join(opening, signal, () => faultOf('CANCELLED'));
  }
  /** `askHost`; a login that the device has forgotten is no question of the PIN. */
  async function ask<O extends HostOp>(
    on: OpenToken,
    request: Extract<HostRequest, { op: O }>,
    patience: Patience,
  ): Promise<HostAnswer<O>> {
    try {
      return await askHost<O>(on.client, request, patience);
    } catch (error) {
      const loggedOut = error instanceof DeviceError && error.code === 'CKR_USER_NOT_LOGGED_IN';
      if (!loggedOut || !settings.login) throw error;
      const told = new DeviceError(
        'unreachable',
        error.code,
        'The device ended the login by itself; it is begun anew.',
        error.library,
      );
      on.client.end(told);
      throw told;
    }
  }
  async function current(): Promise<OpenToken> {
    if (open === null) throw faultOf('SIGNER_CLOSED');
    const ended = open.client.ended();
    if (ended === null) return open;
    open = null;
    // Somebody else cancelled what he was doing: that ended the child, and nothing is wrong with the device.
    if (ended.code === 'SIGNER_CLOSED') return begin(proof);
    throw ended;
  }
  /** Another child looks again, unless another caller had it look meanwhile. */
  async function again(old: OpenToken, prove: Proof, signal?: AbortSignal): Promise<OpenToken> {
    if (open === old) {
      open = null;
      old.client.end(faultOf('SIGNER_CLOSED'));
    }
    return open ?? begin(prove, signal);
  }
  /**
   * A key that is not seen may be gone, or the token was out meanwhile and its session died quietly: a fresh connection
   * tells, and one more try.
   */
  async function withKey<T>(handle: Uint8Array, task: (on: OpenToken) => Promise<T>): Promise<T> {
    const name = hex(handle);
    const on = await current();
    if (on.gone.has(name)) throw faultOf('KEY_NOT_FOUND');
    try {
      const value = await task(on);
      on.fresh = false;
      return value;
    } catch (error) {
      if (!isGone(error)) throw error;
      on.keys.delete(name);
      const next = on.fresh ? on : await again(on, proof);
      try {
        return await task(next);
      } catch (still) {
        if (!isGone(still)) throw still;
        next.gone.add(name);
        next.keys.delete(name);
        throw faultOf('KEY_NOT_FOUND', still instanceof DeviceError ? still.library : '');
      }
    }
  }
  const rowsUnder = (on: OpenToken, id: Uint8Array) =>
    objectsAlone(() => ask(on, { op: 'key', id }, deadlines.call));
  function keyOn(on: OpenToken, handle: Uint8Array): Promise<Key> {
    const name = hex(handle);
    const known = on.keys.get(name);
    if (known !== undefined) return known;
    const asked = rowsUnder(on, handle).then((rows) => {
      const [key, other] = keysOf(rows);
      if (key === undefined) throw faultOf('KEY_NOT_FOUND');
      if (other !== undefined) throw faultOf('KEY_AMBIGUOUS');
      return key;
    });
    on.keys.set(name, asked);
    asked.catch(() => on.keys.delete(name));
    return asked;
  }
  /** A key that was there is there: a soft token's library does not notice that its folder went away. */
  async function shows(on: OpenToken): Promise<boolean> {
    const [name] = on.keys.keys();
    if (name === undefined) return true;
    return keysOf(await rowsUnder(on, Buffer.from(name, 'hex'))).length > 0;
  }
  const signWith = createSigning<OpenToken>({ person: deps.person, ask, unlessQuiet });
  async function signOn(
    on: OpenToken,
    handle: Uint8Array,
    algorithm: KeyAlgorithm,
    data: Uint8Array,
  ): Promise<Uint8Array> {
    return signWith(on, await keyOn(on, handle), algorithm, data);
  }
  const objectsOn = async (on: OpenToken): Promise<Key[]> =>
    keysOf(await objectsAlone(() => ask(on, { op: 'objects' }, deadlines.call)));
  async function destroyOn(on: OpenToken, id: Uint8Array, spkiDer: Uint8Array | null = null): Promise<void> {
    if (spkiDer !== null) requireKey(await rowsUnder(on, id), spkiDer);
    await objectsAlone(() => ask(on, { op: 'destroy', id }, deadlines.call));
    on.keys.delete(hex(id));
    on.shown?.delete(hex(id));
    on.gone.add(hex(id));
  }
  async function keys(): Promise<Key[]> {
    let on = await current();
    let found = await objectsOn(on);
    if (doubtful(on, found)) {
      on = await again(on, proof);
      found = await objectsOn(on);
    }
    on.fresh = false;
    showed(
      on,
      found.map((key) => key.identifier),
    );
    return found;
  }

  return {
    async open(signal, prove = unproven) {
      // SECURITY: whoever uses it already may join what is begun here, and its caller looks at it only afterwards.
      const first = used ? prove : unproven;
      proof = prove;
      const there = open;
      if (there === null || there.client.ended() !== null) return (await begin(first, signal)).facts;
      const token = await ask(there, { op: 'token' }, deadlines.call);
      const same = token.serial === there.token.serial && (await shows(there));
      return (same ? there : await again(there, first, signal)).facts;
    },
    seen: async () => capabilitiesOf(await current(), deadlines.call),
    async create({ algorithm, label, begun, unmade }, signal) {
      const on = await current();
      if (!on.facts.algorithms.includes(algorithm))
        throw faultOf(
          'CKR_MECHANISM_INVALID',
          '',
          `${on.token.label} makes no keys of this kind. Choose another algorithm.`,
        );
      const id = deps.random.bytes(ID_LENGTH);
      const request = generateRequest(algorithm, id, label === '' ? settings.keyLabel : label, settings);
      let cancelled = false;
      const cancel = (): void => {
        cancelled = true;
        on.client.end(endedForOne());
      };
      await begun?.(id, null);
      if (signal?.aborted === true) {
        unmade?.();
        throw faultOf('CANCELLED');
      }
      signal?.addEventListener('abort', cancel);
      try {
        const patience = unlessQuiet(
          on,
          `${on.token.label} is making a key, which may take minutes. Touch it if it blinks.`,
        );
        const [privateKey, publicKey] = await objectsAlone(() => ask(on, request, patience));
        const spkiDer = publicKey === undefined ? null : spkiOf(publicKey);
        if (privateKey === undefined || spkiDer === null) throw faultOf('KEY_INCOMPLETE');
        showed(on, [hex(id)]);
        if (privateKey.sensitive === false || privateKey.extractable === true)
          throw faultOf('KEY_NOT_PROTECTED');
        on.fresh = false;
        return { handle: id, spkiDer, mayLeave: !staysInside(privateKey) };
      } catch (error) {
        // SECURITY: a key that nobody will know of does not stay behind.
        if (on.client.ended() === null && error instanceof DeviceError && error.code.startsWith('KEY_')) {
          await destroyOn(on, id);
          unmade?.();
        }
        throw cancelled ? faultOf('CANCELLED') : error;
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
    publicKey: (handle) =>
      withKey(handle, async (on) => {
        // Asked anew: what was seen before is no proof that it is there.
        on.keys.delete(hex(handle));
        const { spkiDer } = await keyOn(on, handle);
        if (spkiDer === null) throw faultOf('KEY_INCOMPLETE');
        return spkiDer;
      }),
    sign: (handle, algorithm, data) =>
      inFlight(() => withKey(handle, (on) => signOn(on, handle, algorithm, data))),
    destroy: async (handle, spkiDer) => destroyOn(await current(), handle, spkiDer),
    async destroyIf(id, may) {
      const on = await current();
      const rows = await rowsUnder(on, id);
      if (rows.length === 0) return 'nothing';
      const [key, other] = keysOf(rows);
      if (other !== undefined) return 'left';
      if (!(await may({ handle: id, spkiDer: key?.spkiDer ?? null }))) return 'left';
      await destroyOn(on, id);
      return 'destroyed';
    },
    find: async (spkiDer, signal) => theOne(await unlessCancelled(keys(), signal), spkiDer),
    list: (signal) => unlessCancelled(keys(), signal),
    async close() {
      closed.abort();
      closed = new AbortController();
      const there = open;
      open = null;
      if (there === null || there.client.ended() !== null) return;
      // A library that does not answer is ended all the same.
      await there.client.ask({ op: 'close' }, 2_000).catch(() => undefined);
      there.client.end(faultOf('SIGNER_CLOSED'));
    },
  };
}
