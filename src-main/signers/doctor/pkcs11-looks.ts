/** What is looked at of a PKCS#11 signer before anybody logs in: file, child, library, slots, token. The child ends with `end`. */
import { existsSync } from 'node:fs';
import type { DoctorReport } from '#shared/contract/signer-doctor.ts';
import type { Pkcs11Settings } from '#shared/contract/signer-settings.ts';
import type { Clock, SignerHosts } from '../../ports.ts';
import { shownVariables } from '../config/secret-variables.ts';
import type { DeviceError } from '../device.ts';
import type { Advice } from '../lifecycle/trouble.ts';
import { askHost, DEADLINES, loadLibrary, triesOf } from '../pkcs11/connection.ts';
import { CKF } from '../pkcs11/cryptoki.ts';
import { checkEnvironment } from '../pkcs11/environment.ts';
import { explainFault, faultOf } from '../pkcs11/faults.ts';
import { type HostClient, startHostClient } from '../pkcs11/host-client.ts';
import { checkLibraryFile } from '../pkcs11/library-file.ts';
import type { SlotRow, TokenRow } from '../pkcs11/protocol.ts';
import { chooseSlot } from '../pkcs11/slot-choice.ts';
import { attempt, type Seen, type Step } from './steps.ts';

export interface Looks {
  steps: Step[];
  /** Which line a failure to open the device belongs to, and these lines in their order. */
  opening: { lines: { code: string; title: string }[]; lineOf(error: DeviceError): string };
  /** A failure to open the device by what the looks know of its cause. */
  because?(error: unknown): unknown;
  /** The certificate that a server showed; null: none yet. */
  certificate?(): DoctorReport['certificate'];
  /** Of a failure to open: nothing of the looks runs any more. */
  end(): void;
}

const FILE_LINES: Readonly<Record<string, string>> = {
  LIBRARY_NOT_ABSOLUTE: 'library-found',
  LIBRARY_NOT_FOUND: 'library-found',
  LIBRARY_IS_FOLDER: 'library-found',
  LIBRARY_NOT_READABLE: 'library-readable',
};
const OWN_SOCKETS =
  'What the library itself connects to cannot be seen or kept from it here: it is code of its vendor, in a process of its own.';
const SYSTEMS = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

const hexSlot = (id: number): string => `slot ${id} (0x${id.toString(16)})`;
const adviceOf = (code: string): Advice => {
  const { cause, check, fix } = explainFault(code);
  return { cause, check, fix };
};

function slotText({ id, description, token, fault }: SlotRow): string {
  if (token === null) return `${hexSlot(id)}: ${fault === '' ? 'no token' : fault}; ${description}`;
  const empty = (token.flags & CKF.tokenInitialized) === 0 ? ', not initialised' : '';
  return `${hexSlot(id)}: "${token.label}", serial ${token.serial}${empty}; ${description}`;
}

function noTokenText({ libPath, environment }: Pkcs11Settings): string {
  const set = Object.keys(environment).find((name) => name.endsWith('_CONF'));
  if (set !== undefined)
    return `No token is initialised where ${set} leads: correct this variable, or initialise one.`;
  const name = /softhsm/i.test(libPath) ? 'SOFTHSM2_CONF' : 'its own variable, which often ends with _CONF';
  return `No token is initialised here: lead the library to its tokens by ${name}, or initialise one.`;
}

/** The flags of the token; throws DeviceError when nobody can log in. */
function seeFlags(token: TokenRow, { login }: Pkcs11Settings): Seen {
  const has = (flag: number): boolean => (token.flags & flag) !== 0;
  const details = [
    has(CKF.loginRequired) ? 'It wants a login.' : 'It wants no login.',
    ...(has(CKF.protectedAuthenticationPath) ? ['Its PIN is typed on the device.'] : []),
    ...(has(CKF.writeProtected) ? ['It is write-protected: no key can be made on it.'] : []),
  ];
  const tries = triesOf(token.flags);
  if (tries === 'locked') throw faultOf('CKR_PIN_LOCKED');
  if (login && has(CKF.loginRequired) && !has(CKF.userPinInitialized))
    throw faultOf('CKR_USER_PIN_NOT_INITIALIZED');
  if (tries === 'final')
    return {
      text: 'One more wrong PIN locks the token. Make sure which PIN it is before you go on.',
      details,
      careful: {
        cause: 'Wrong PINs were typed since the last login.',
        check: 'Look for the PIN of the token with this serial.',
        fix: 'Type the right PIN: a login gives the token its tries back.',
      },
    };
  if (has(CKF.writeProtected))
    return {
      text: 'The token is write-protected: keys on it are used, none is made.',
      details,
      careful: adviceOf('CKR_TOKEN_WRITE_PROTECTED'),
    };
  // What was typed before is no fault of the present; the login shows what is true now.
  return {
    text:
      tries === 'low'
        ? 'A wrong PIN was typed before this login. The token does not say how many tries were left; it can be written.'
        : 'No try of the PIN is used up, and the token can be written.',
    details,
  };
}

function seeEnvironment({ environment }: Pkcs11Settings): Seen {
  checkEnvironment(environment);
  const shown = Object.entries(shownVariables(environment));
  const rows = shown.map(([name, value]) => `${name}=${value}`);
  // Those of well-known libraries were looked at above; what another one does without its file is not known.
  const missing = shown.find(
    ([name, value]) => name.endsWith('_CONF') && value.startsWith('/') && !existsSync(value),
  );
  if (missing !== undefined)
    return {
      text: `There is no file ${missing[1]}, which ${missing[0]} names.`,
      details: rows,
      careful: {
        cause: 'The file was moved, or the variable is misspelt.',
        check: 'Look for the file with the file manager.',
        fix: 'Correct the variable under Signers.',
      },
    };
  return {
    text:
      rows.length === 0
        ? 'The child gets no variable of this signer.'
        : `The child alone gets ${rows.length === 1 ? 'one variable' : `${rows.length} variables`} of this signer.`,
    details: rows,
  };
}

/** `check`: of the file, in tests. */
export function pkcs11Looks(deps: {
  hosts: SignerHosts;
  clock: Clock;
  settings: Pkcs11Settings;
  signal: AbortSignal;
  name: string;
  check?: typeof checkLibraryFile;
}): Looks {
  const { settings, signal, name, check = checkLibraryFile } = deps;
  const { libPath, environment } = settings;
  const file = attempt(
    () => Promise.resolve().then(() => check(libPath)),
    name,
    ({ code }) => FILE_LINES[code] ?? 'library-architecture',
  );
  let client: HostClient | null = null;
  let slots: SlotRow[] = [];
  let token: TokenRow | null = null;

  function end(): void {
    client?.end(faultOf(signal.aborted ? 'CANCELLED' : 'SIGNER_CLOSED'));
    client = null;
  }
  signal.addEventListener('abort', end, { once: true });
  function child(): HostClient {
    if (client === null) throw faultOf('CANCELLED');
    return client;
  }

  const steps: Step[] = [
    {
      code: 'library-found',
      title: 'The library is there',
      async look() {
        await file('library-found');
        return { text: `${libPath} is there.` };
      },
    },
    {
      code: 'library-readable',
      title: 'It can be read',
      async look() {
        await file('library-readable');
        return { text: 'This user may read it.' };
      },
    },
    {
      code: 'library-architecture',
      title: 'It is for this computer',
      async look() {
        const program = await file('library-architecture');
        return {
          text: `It is made for ${program === null ? process.platform : SYSTEMS[program.system]} on ${program?.machines.join(', ') ?? process.arch}.`,
        };
      },
    },
    {
      code: 'environment',
      title: 'Its variables',
      look: () => Promise.resolve().then(() => seeEnvironment(settings)),
    },
    {
      code: 'library-loads',
      title: 'It loads in a process of its own',
      async look() {
        client = startHostClient({ ...deps, environment });
        const about = await loadLibrary(client, libPath, DEADLINES.call);
        return {
          text: `${about.description.trim()} ${about.version} of ${about.manufacturer.trim()} is loaded. ${OWN_SOCKETS}`,
        };
      },
    },
    {
      code: 'slots',
      title: 'It shows slots',
      async look() {
        slots = await askHost(child(), { op: 'slots' }, DEADLINES.call);
        if (slots.length === 0)
          throw faultOf(
            'SLOT_EMPTY',
            '',
            'The library shows no slot at all. Plug the device in, or start its service.',
          );
        const tokens = slots.filter(
          (one) => one.token !== null && (one.token.flags & CKF.tokenInitialized) !== 0,
        ).length;
        if (tokens === 0 && slots.some((one) => one.token !== null))
          throw faultOf('NO_TOKEN', slots.slice(0, 50).map(slotText).join('\n'), noTokenText(settings));
        return {
          text: `${slots.length === 1 ? 'One slot' : `${slots.length} slots`}, ${tokens === 1 ? 'one token that is initialised' : `${tokens} tokens that are initialised`}.`,
          details: slots.slice(0, 50).map(slotText),
        };
      },
    },
    {
      code: 'token',
      title: 'The token is there',
      async look() {
        const chosen = chooseSlot(slots, settings);
        ({ token } = chosen);
        const { label, serial, manufacturer, model, firmware } = token;
        return {
          text: `“${label}” with serial ${serial} is in ${hexSlot(chosen.slot)}.`,
          details: [`${manufacturer} ${model}`.trim(), `Firmware ${firmware}`],
        };
      },
    },
    {
      code: 'token-flags',
      title: 'It can be used',
      async look() {
        // The device opens a child of its own next.
        end();
        if (token === null) throw faultOf('TOKEN_GONE');
        return seeFlags(token, settings);
      },
    },
  ];
  return {
    steps,
    end,
    opening: {
      lines: [
        { code: 'session', title: 'A session opens' },
        { code: 'login', title: 'Login' },
      ],
      lineOf: ({ trouble, code, library }) =>
        ['pin-refused', 'pin-locked', 'pin-needed', 'cancelled'].includes(trouble) ||
        /^CKR_(?:PIN|USER)_/.test(code) ||
        /\blogin\b|C_Login/.test(library)
          ? 'login'
          : 'session',
    },
  };
}
