/** The keys of the selected token: found by CKA_ID, made, used, destroyed. Runs in the child and decides nothing. */
import { Buffer } from 'node:buffer';
import { wipe } from '../../lib/bytes.ts';
import { type Attribute, CKA, CKO, CKU, type Cryptoki, type Handle } from './cryptoki.ts';
import { HostError } from './host-fault.ts';
import { findObjects, listObjects, objectRowOf } from './host-objects.ts';
import type { Sessions, Turn } from './host-sessions.ts';
import { pinText } from './host-text.ts';
import { HOST_CODE, type HostRequest, type ObjectRow, type SignRequest } from './protocol.ts';

type Generate = Extract<HostRequest, { op: 'generate' }>;
const templateOf = (rows: Generate['publicKey']): Attribute[] =>
  rows.map(({ type, value }) => ({ type, value: value instanceof Uint8Array ? Buffer.from(value) : value }));
const nameOf = (id: Uint8Array): string =>
  Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex');

/** Below this a thread for a signature costs more than it gives, ms. */
const QUICK_MS = 0.25;
/** Above this it is another device than it seemed to be. */
const SLOW_MS = 20;
/** The fastest of so many counts: whatever else the machine does makes them slower. */
const LAST = 8;

interface Found {
  key: Handle;
  /** How long its last signatures took, ms. */
  took: number[];
  /** It signs at once, before the child does anything else. */
  quick: boolean;
}

function noteTime(found: Found, started: number): void {
  const ms = performance.now() - started;
  if (ms > SLOW_MS) found.took = [];
  else found.took.push(ms);
  if (found.took.length > LAST) found.took.shift();
  found.quick = found.took.length === LAST && Math.min(...found.took) < QUICK_MS;
}

export interface HostKeys {
  /** With a session of its own; on a quick token at once, so that no promise and no thread is needed. */
  sign(request: SignRequest, turn: Turn): Uint8Array | Promise<Uint8Array>;
  generate(request: Generate, turn: Turn): Promise<ObjectRow[]>;
  /** The pair of one CKA_ID; certificates beside it stay. */
  destroy(id: Uint8Array, turn: Turn): null | Promise<null>;
  /** null: all. */
  list(id: Uint8Array | null, turn: Turn): ObjectRow[] | Promise<ObjectRow[]>;
}

export function createHostKeys(library: Cryptoki, sessions: Sessions): HostKeys {
  /** By CKA_ID in hex, as found on this login. */
  const known = new Map<string, Found>();
  /** Settled when no key is being made. */
  let making: Promise<unknown> | null = null;

  /** What signs many times with one key names it with one array (sign-runs.ts). */
  let lastId: Uint8Array | null = null;
  let lastName = '';
  function knownUnder(id: Uint8Array): Found | undefined {
    if (id !== lastId) {
      lastId = id;
      lastName = nameOf(id);
    }
    return known.get(lastName);
  }

  /** SECURITY: two objects that answer to one CKA_ID: nobody can tell which is meant, so neither is used. */
  function find(session: Handle, id: Uint8Array): Found {
    const name = nameOf(id);
    const before = known.get(name);
    if (before !== undefined) return before;
    const [key, other] = privateKeys(session, id);
    if (key === undefined) throw new HostError(HOST_CODE.noKey, `no private key has the CKA_ID ${name}`);
    if (other !== undefined)
      throw new HostError(HOST_CODE.ambiguous, `several private keys have the CKA_ID ${name}`);
    const found = { key, took: [], quick: false };
    known.set(name, found);
    return found;
  }
  function privateKeys(session: Handle, id: Uint8Array): Handle[] {
    return findObjects(library, session, [
      { type: CKA.class, value: CKO.privateKey },
      { type: CKA.id, value: Buffer.from(id) },
    ]);
  }

  function signNow(request: SignRequest, found: Found): Uint8Array | null {
    const done = sessions.useNow((session) => {
      const started = performance.now();
      library.C_SignInit(session, { mechanism: request.mechanism }, found.key);
      // Nothing comes between that could fail.
      const signature = library.C_Sign(session, octets(request.input), Buffer.alloc(request.most));
      noteTime(found, started);
      return signature;
    });
    return done === null ? null : done.value;
  }
  async function signLater(request: SignRequest, turn: Turn): Promise<Uint8Array> {
    const { login, input, mechanism, most } = request;
    try {
      // A search while another thread makes a key crashes SoftHSM; main asks nothing else meanwhile (pkcs11-device.ts).
      if (making !== null && !known.has(nameOf(request.id))) {
        turn(false);
        await making;
        turn(true);
      }
      return await sessions.use(turn, async (session) => {
        const found = find(session, request.id);
        const started = performance.now();
        library.C_SignInit(session, { mechanism }, found.key);
        sessions.begun(session, true);
        if (login !== null) library.C_Login(session, CKU.contextSpecific, pinText(login.pin));
        sessions.begun(session, false);
        const signature = await library.C_SignAsync(session, octets(input), Buffer.alloc(most));
        noteTime(found, started);
        return signature;
      });
    } catch (error) {
      known.delete(nameOf(request.id));
      throw error;
    } finally {
      wipe(login?.pin);
    }
  }

  return {
    sign(request, turn) {
      const found = knownUnder(request.id);
      if (found?.quick !== true || request.login !== null) return signLater(request, turn);
      try {
        return signNow(request, found) ?? signLater(request, turn);
      } catch (error) {
        // It may be gone or the token another one: the next use searches again.
        known.delete(nameOf(request.id));
        throw error;
      }
    },
    async generate(request, turn) {
      const made = sessions.use(turn, async (session) => {
        const pair = await library.C_GenerateKeyPairAsync(
          session,
          { mechanism: request.mechanism },
          templateOf(request.publicKey),
          templateOf(request.privateKey),
        );
        return [
          objectRowOf(library, session, pair.privateKey, CKO.privateKey),
          objectRowOf(library, session, pair.publicKey, CKO.publicKey),
        ];
      });
      const ended = made.then(
        () => undefined,
        () => undefined,
      );
      making = ended;
      void ended.then(() => {
        if (making === ended) making = null;
      });
      return made;
    },
    destroy: (id, turn) =>
      sessions.read(turn, (session) => {
        known.delete(nameOf(id));
        const keys = privateKeys(session, id);
        if (keys.length > 1)
          throw new HostError(HOST_CODE.ambiguous, 'several private keys have this CKA_ID');
        const publicKeys = findObjects(library, session, [
          { type: CKA.class, value: CKO.publicKey },
          { type: CKA.id, value: Buffer.from(id) },
        ]);
        for (const object of [...keys, ...publicKeys]) library.C_DestroyObject(session, object);
        return null;
      }),
    list: (id, turn) => sessions.read(turn, (session) => listObjects(library, session, id)),
  };
}

/** The same octets as the binding wants them. */
const octets = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
