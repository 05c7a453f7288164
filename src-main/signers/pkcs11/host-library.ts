/**
 * The library in the child: one request after the other becomes calls of PKCS#11. It decides nothing: which slot, which
 * mechanism and what a failure means is main's affair (pkcs11-device.ts).
 */
import { wipe } from '../../lib/bytes.ts';
import { CKF, CKM, CKU, type Cryptoki, type Handle, numberOf } from './cryptoki.ts';
import { failureOf, HostError } from './host-fault.ts';
import { callHarmless, watchFunctions, type WatchedLibrary } from './host-functions.ts';
import { createHostKeys, type HostKeys } from './host-keys.ts';
import { openSessions, type Sessions, type Turn } from './host-sessions.ts';
import { clean, paddedLabel, pinText } from './host-text.ts';
import { HOST_CODE, type HostRequest, type SlotRow, type TokenRow } from './protocol.ts';

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

interface Open {
  slot: Handle;
  sessions: Sessions;
  keys: HostKeys;
}

export interface HostLibrary {
  /** A promise where it has to wait; `turn` tells main when. */
  handle(request: HostRequest, turn: Turn): unknown;
  /** The token's flags, for a failed login; null when it does not say. */
  tries(): number | null;
}

/** `create` gives the binding, unloaded; it throws HostError when this build has none. */
export function createHostLibrary(create: () => Promise<Cryptoki>): HostLibrary {
  let loaded: Cryptoki | null = null;
  let seen: WatchedLibrary['seen'] = () => [];
  let token: Open | null = null;
  /** What can be called without doing anything was called on this token. */
  let tried = false;
  /** The slot that was logged in to or used last. */
  let asked: Handle | null = null;

  function library(): Cryptoki {
    if (loaded === null) throw new HostError(HOST_CODE.notLoaded, 'no library is loaded');
    return loaded;
  }
  function open(): Open {
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
  async function load(path: string): Promise<unknown> {
    const real = await create();
    real.load(path);
    const watched = watchFunctions(real);
    const made = watched.library;
    try {
      made.C_Initialize({ flags: CKF.osLockingOk });
    } catch (error) {
      if (!String(error).includes('CKR_CRYPTOKI_ALREADY_INITIALIZED')) throw error;
    }
    loaded = made;
    ({ seen } = watched);
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
    const sessions = openSessions(library(), slot, allowed);
    tried = false;
    token = { slot, sessions, keys: createHostKeys(library(), sessions) };
    const listed = new Set(library().C_GetMechanismList(slot));
    const mechanisms = Object.values(CKM)
      .filter((type) => listed.has(type))
      .map((type) => ({ type, ...sizesOf(slot, type) }));
    return { token: row, mechanisms };
  }
  function logIn(pin: Uint8Array | null): null {
    const { sessions } = open();
    try {
      library().C_Login(sessions.first, CKU.user, pinText(pin));
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
      library().C_InitToken(slot, pinText(soPin), paddedLabel(label));
      try {
        const session = library().C_OpenSession(slot, CKF.serialSession | CKF.rwSession);
        library().C_Login(session, CKU.so, pinText(soPin));
        library().C_InitPIN(session, pinText(pin));
        library().C_Logout(session);
        library().C_CloseSession(session);
      } catch (error) {
        // Whatever it is, it is no refusal any more.
        throw new HostError(HOST_CODE.noPin, failureOf(error).text);
      }
    } finally {
      wipe(soPin, pin);
    }
    return null;
  }
  function setPin(request: Extract<HostRequest, { op: 'setPin' }>): null {
    const slot = slotOf(request.slot);
    try {
      const session = library().C_OpenSession(slot, CKF.serialSession | CKF.rwSession);
      library().C_SetPIN(session, pinText(request.oldPin), pinText(request.newPin));
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
    handle(request, turn) {
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
        case 'functions': {
          const { slot, sessions } = open();
          // Once, at the contact: SoftHSM loses a key that is made while another thread searches, and what was seen stays.
          if (tried) return seen();
          tried = true;
          return sessions.read(turn, (session) => {
            callHarmless(library(), slot, session);
            return seen();
          });
        }
        case 'token':
          library().C_GetSessionInfo(open().sessions.first);
          return tokenRowOf(library(), open().slot);
        case 'key':
          return open().keys.list(request.id, turn);
        case 'objects':
          return open().keys.list(null, turn);
        case 'generate':
          return open().keys.generate(request, turn);
        case 'sign':
          return open().keys.sign(request, turn);
        case 'destroy':
          return open().keys.destroy(request.id, turn);
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
