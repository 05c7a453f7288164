/**
 * The library in the child: one request after the other becomes calls of PKCS#11. It decides nothing: which slot, which
 * mechanism and what a failure means is main's affair (pkcs11-device.ts).
 */
import { Buffer } from 'node:buffer';
import { wipe } from '../../lib/bytes.ts';
import { CKA, CKF, CKM, CKO, CKU, type Attribute, type Cryptoki, type Handle, numberOf } from './cryptoki.ts';
import { failureOf, HostError } from './host-fault.ts';
import { presentFunctions } from './host-functions.ts';
import { findObjects, listObjects, objectRowOf } from './host-objects.ts';
import { openSessions, type Sessions } from './host-sessions.ts';
import { HOST_CODE, type HostRequest, type ObjectRow, type SlotRow, type TokenRow } from './protocol.ts';

/** SECURITY: the library's binding takes text and no octets, so a copy that nobody can wipe lives until it is collected. */
function asText(pin: Uint8Array | null): string {
  return pin === null ? '' : Buffer.from(pin.buffer, pin.byteOffset, pin.byteLength).toString('utf8');
}

const clean = (text: string): string => text.replaceAll('\0', '').trim();

function tokenRowOf(library: Cryptoki, slot: Handle): TokenRow {
  const info = library.C_GetTokenInfo(slot);
  return {
    label: clean(info.label),
    serial: clean(info.serialNumber),
    manufacturer: clean(info.manufacturerID),
    model: clean(info.model),
    firmware: `${info.firmwareVersion.major}.${info.firmwareVersion.minor}`,
    flags: info.flags,
  };
}

function slotRowOf(library: Cryptoki, slot: Handle): SlotRow {
  const row: SlotRow = { id: numberOf(slot), description: '', token: null, fault: '' };
  try {
    const info = library.C_GetSlotInfo(slot);
    row.description = clean(info.slotDescription);
    return (info.flags & CKF.tokenPresent) === 0 ? row : { ...row, token: tokenRowOf(library, slot) };
  } catch (error) {
    // One that does not answer hides no other.
    return { ...row, fault: failureOf(error).text };
  }
}

/** C_InitToken reads exactly 32 octets, padded with blanks (PKCS#11 2.40, 5.5). */
function paddedLabel(label: string): string {
  return label + ' '.repeat(Math.max(0, 32 - Buffer.byteLength(label)));
}

const templateOf = (rows: Extract<HostRequest, { op: 'generate' }>['publicKey']): Attribute[] =>
  rows.map(({ type, value }) => ({ type, value: value instanceof Uint8Array ? Buffer.from(value) : value }));

export interface HostLibrary {
  handle(request: HostRequest): unknown;
  /** The token's flags, for a failed login; null when it does not say. */
  tries(): number | null;
}

/** `create` gives the binding, unloaded; it throws HostError when this build has none. */
export function createHostLibrary(create: () => Promise<Cryptoki>): HostLibrary {
  let loaded: Cryptoki | null = null;
  let token: { slot: Handle; sessions: Sessions } | null = null;
  /** Objects by CKA_ID in hex, as found on this login. */
  const handles = new Map<string, Handle>();
  /** Settled when no key is being made. */
  let making: Promise<unknown> = Promise.resolve();
  /** The slot that was logged in to or used last. */
  let asked: Handle | null = null;

  function library(): Cryptoki {
    if (loaded === null) throw new HostError(HOST_CODE.notLoaded, 'no library is loaded');
    return loaded;
  }
  function open(): { slot: Handle; sessions: Sessions } {
    if (token === null) throw new HostError(HOST_CODE.notLoaded, 'no slot is selected');
    return token;
  }
  function slotOf(id: number): Handle {
    const slot = library()
      .C_GetSlotList(false)
      .find((one) => numberOf(one) === id);
    if (slot === undefined) throw new Error('CKR_SLOT_ID_INVALID:3');
    asked = slot;
    return slot;
  }
  function privateKeys(id: Uint8Array): Handle[] {
    return findObjects(library(), open().sessions.first, [
      { type: CKA.class, value: CKO.privateKey },
      { type: CKA.id, value: Buffer.from(id) },
    ]);
  }
  /** SECURITY: two objects that answer to one CKA_ID: nobody can tell which is meant, so neither is used. */
  function keyOf(id: Uint8Array): Handle {
    const name = Buffer.from(id).toString('hex');
    const known = handles.get(name);
    if (known !== undefined) return known;
    const [key, other] = privateKeys(id);
    if (key === undefined) throw new HostError(HOST_CODE.noKey, `no private key has the CKA_ID ${name}`);
    if (other !== undefined)
      throw new HostError(HOST_CODE.ambiguous, `several private keys have the CKA_ID ${name}`);
    handles.set(name, key);
    return key;
  }
  async function sign(request: Extract<HostRequest, { op: 'sign' }>): Promise<Uint8Array> {
    const { login, input, mechanism, most } = request;
    // A search while another thread makes a key crashes SoftHSM; main asks nothing else meanwhile (pkcs11-device.ts).
    if (!handles.has(Buffer.from(request.id).toString('hex'))) await making;
    const key = keyOf(request.id);
    try {
      return await open().sessions.use(async (session) => {
        library().C_SignInit(session, { mechanism }, key);
        if (login !== null) library().C_Login(session, CKU.contextSpecific, asText(login.pin));
        return library().C_SignAsync(session, Buffer.from(input), Buffer.alloc(most));
      });
    } catch (error) {
      // It may be gone or the token another one: the next use searches again.
      handles.delete(Buffer.from(request.id).toString('hex'));
      throw error;
    } finally {
      wipe(login?.pin);
    }
  }
  async function generate(request: Extract<HostRequest, { op: 'generate' }>): Promise<ObjectRow[]> {
    const made = open().sessions.use(async (session) => {
      const pair = await library().C_GenerateKeyPairAsync(
        session,
        { mechanism: request.mechanism },
        templateOf(request.publicKey),
        templateOf(request.privateKey),
      );
      return [
        objectRowOf(library(), session, pair.privateKey, CKO.privateKey),
        objectRowOf(library(), session, pair.publicKey, CKO.publicKey),
      ];
    });
    making = made.catch(() => undefined);
    return made;
  }
  /** The pair of one CKA_ID; certificates beside it stay. */
  function destroy(id: Uint8Array): null {
    const { first } = open().sessions;
    handles.delete(Buffer.from(id).toString('hex'));
    const keys = privateKeys(id);
    if (keys.length > 1) throw new HostError(HOST_CODE.ambiguous, 'several private keys have this CKA_ID');
    const publicKeys = findObjects(library(), first, [
      { type: CKA.class, value: CKO.publicKey },
      { type: CKA.id, value: Buffer.from(id) },
    ]);
    for (const object of [...keys, ...publicKeys]) library().C_DestroyObject(first, object);
    return null;
  }

  async function load(path: string): Promise<unknown> {
    const made = await create();
    made.load(path);
    try {
      made.C_Initialize({ flags: CKF.osLockingOk });
    } catch (error) {
      if (!String(error).includes('CKR_CRYPTOKI_ALREADY_INITIALIZED')) throw error;
    }
    loaded = made;
    const info = made.C_GetInfo();
    return {
      manufacturer: clean(info.manufacturerID),
      description: clean(info.libraryDescription),
      version: `${info.libraryVersion.major}.${info.libraryVersion.minor}`,
    };
  }
  function sizesOf(slot: Handle, type: number): { min: number; max: number } {
    try {
      const { minKeySize, maxKeySize } = library().C_GetMechanismInfo(slot, type);
      return { min: minKeySize, max: maxKeySize };
    } catch {
      // Some libraries list mechanisms of which they say nothing: zero says as much.
      return { min: 0, max: 0 };
    }
  }
  function select(id: number, most: number): unknown {
    const slot = slotOf(id);
    const row = tokenRowOf(library(), slot);
    const limit = library().C_GetTokenInfo(slot).maxRwSessionCount;
    // 0: no limit; all ones: it does not say.
    const allowed = limit === 0 || limit >= 0xffff_ffff ? most : Math.max(1, Math.min(most, limit - 1));
    token = { slot, sessions: openSessions(library(), slot, allowed) };
    const listed = new Set(library().C_GetMechanismList(slot));
    const mechanisms = Object.values(CKM)
      .filter((type) => listed.has(type))
      .map((type) => ({ type, ...sizesOf(slot, type) }));
    return { token: row, mechanisms };
  }
  function logIn(pin: Uint8Array | null): null {
    const { sessions } = open();
    try {
      library().C_Login(sessions.first, CKU.user, asText(pin));
    } catch (error) {
      if (!String(error).includes('CKR_USER_ALREADY_LOGGED_IN')) throw error;
    } finally {
      wipe(pin);
    }
    return null;
  }
  /** The only login of a security officer: the user's PIN is set once, on a token that has just been made. */
  function initToken(request: Extract<HostRequest, { op: 'initToken' }>): null {
    const { soPin, pin, label, erase } = request;
    const slot = slotOf(request.slot);
    try {
      const { flags, serialNumber, minPinLen, maxPinLen } = library().C_GetTokenInfo(slot);
      // SECURITY: C_InitToken destroys every key of an initialised token.
      if ((flags & CKF.tokenInitialized) !== 0 && erase !== clean(serialNumber))
        throw new HostError('TOKEN_INITIALIZED', 'the token is initialised');
      // Found out before, or the token would be made and have no PIN.
      if ([pin, soPin].some(({ length }) => length < minPinLen || (maxPinLen > 0 && length > maxPinLen)))
        throw new HostError('CKR_PIN_LEN_RANGE', `the token takes ${minPinLen} to ${maxPinLen} octets`);
      library().C_InitToken(slot, asText(soPin), paddedLabel(label));
      const session = library().C_OpenSession(slot, CKF.serialSession | CKF.rwSession);
      library().C_Login(session, CKU.so, asText(soPin));
      library().C_InitPIN(session, asText(pin));
      library().C_Logout(session);
      library().C_CloseSession(session);
    } finally {
      wipe(soPin, pin);
    }
    return null;
  }
  function setPin(request: Extract<HostRequest, { op: 'setPin' }>): null {
    const slot = slotOf(request.slot);
    try {
      const session = library().C_OpenSession(slot, CKF.serialSession | CKF.rwSession);
      library().C_SetPIN(session, asText(request.oldPin), asText(request.newPin));
      library().C_CloseSession(session);
    } finally {
      wipe(request.oldPin, request.newPin);
    }
    return null;
  }
  function close(): null {
    token?.sessions.closeAll();
    loaded?.C_Finalize();
    return null;
  }

  return {
    handle(request) {
      switch (request.op) {
        case 'load':
          return load(request.library);
        case 'slots':
          return library()
            .C_GetSlotList(false)
            .map((slot) => slotRowOf(library(), slot));
        case 'select':
          return select(request.slot, request.sessions);
        case 'login':
          return logIn(request.pin);
        case 'functions':
          return presentFunctions(library(), open().sessions.first);
        case 'token':
          library().C_GetSessionInfo(open().sessions.first);
          return tokenRowOf(library(), open().slot);
        case 'key':
          return listObjects(library(), open().sessions.first, request.id);
        case 'objects':
          return listObjects(library(), open().sessions.first, null);
        case 'generate':
          return generate(request);
        case 'sign':
          return sign(request);
        case 'destroy':
          return destroy(request.id);
        case 'initToken':
          return initToken(request);
        case 'setPin':
          return setPin(request);
        case 'close':
          return close();
      }
    },
    tries() {
      try {
        const slot = token?.slot ?? asked;
        return slot === null || slot === undefined || loaded === null
          ? null
          : loaded.C_GetTokenInfo(slot).flags;
      } catch {
        // The answer to the failed request says enough.
        return null;
      }
    },
  };
}
