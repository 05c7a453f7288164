/** What went wrong with a device, as an error of this application and as advice. Decides nothing about when to try again. */
import type { SignerTrouble } from '#shared/contract/signers.ts';
import { AppError, errorText } from '../../lib/app-error.ts';
import { DeviceError, type DeviceTrouble } from '../device.ts';

export type Advice = Pick<SignerTrouble, 'cause' | 'check' | 'fix'>;

/** For codes of which no table knows more. */
const ADVICE: Record<DeviceTrouble, Advice> = {
  unreachable: {
    cause:
      'The device is unplugged or off, its server does not answer, or the process that speaks with it ended.',
    check: 'Look whether the device is there and whether another program reaches it.',
    fix: 'Plug it in or start it. It is tried again by itself; "Test" tries at once.',
  },
  'pin-refused': {
    cause: 'The PIN or password is not the one of this device.',
    check: 'Compare slot, label and serial with the device that was meant.',
    fix: 'Log in with the right PIN. The refused one is not sent again.',
  },
  'pin-locked': {
    cause: 'A wrong PIN was given too often.',
    check: "Ask the device's own tool how many tries are left.",
    fix: 'Unblock the PIN with the security officer, then log in again.',
  },
  'pin-needed': {
    cause: 'Nobody is logged in, and no PIN is kept here.',
    check: '',
    fix: 'Log in, and tick that the PIN is kept if it may be.',
  },
  misconfigured: {
    cause: 'The settings do not lead to the device.',
    check: 'Compare library, slot, host and certificates with the device.',
    fix: 'Mend the settings and apply them.',
  },
  unsupported: {
    cause: 'The device cannot do something that every signer has to.',
    check: 'Look at the list of capabilities.',
    fix: 'Use another device, or another firmware or library for this one.',
  },
  'key-gone': {
    cause: 'The key was deleted from the device, or the device was made anew.',
    check: 'List the keys of the device.',
    fix: 'Restore the device from its own backup, or roll what used the key.',
  },
  refused: {
    cause: 'The device works and refused this operation.',
    check: 'Its log may say why.',
    fix: 'Allow the operation in the settings of the device.',
  },
  cancelled: { cause: 'It was cancelled.', check: '', fix: 'Do it again when you are ready.' },
};

/** `advice`: what a table says of its code; null: the general advice. */
export function troubleOf(error: DeviceError, advice: Advice | null): SignerTrouble {
  const { code, message: text, library } = error;
  const { cause, check, fix } = advice ?? ADVICE[error.trouble];
  return { code, text, cause, check, fix, library };
}

/** For calls that were under way when a person logged out. */
export function loggedOut(name: string): DeviceError {
  const text = `${name} was logged out meanwhile, and what it was doing ended. Do it again when you are ready.`;
  return new DeviceError('cancelled', 'LOGGED_OUT', text);
}

/** Another failure of a device's code than it should have: treated as out of reach. */
export function asDeviceError(error: unknown, name: string): DeviceError {
  if (error instanceof DeviceError) return error;
  if (error instanceof Error && error.name === 'AbortError')
    return new DeviceError('cancelled', 'CANCELLED', `What ${name} was doing was cancelled.`);
  return new DeviceError(
    'unreachable',
    'INTERNAL',
    `${name} failed in an unexpected way; the log has it. Test it again.`,
    errorText(error),
  );
}

/**
 * A failure of one operation on a device that was ready: what it does not do refuses this call, unless nothing at all can be
 * made with it; its other keys go on.
 */
export function answered(error: unknown): unknown {
  if (!(error instanceof DeviceError) || error.trouble !== 'unsupported' || error.code === 'NO_KEY_TYPE')
    return error;
  return new DeviceError('refused', error.code, error.message, error.library);
}

/** With the name of the signer, where the sentence has it not. */
const named = (name: string, text: string): string => (text.includes(name) ? text : `“${name}”: ${text}`);

/** It was reached: only its PIN or password stands in the way. */
const OF_PINS: ReadonlySet<DeviceTrouble> = new Set(['pin-refused', 'pin-locked', 'pin-needed']);

/** As everybody above the signers knows it. `key`: the one that was to be used. */
export function asAppError(
  error: DeviceError,
  signer: { id: string; name: string },
  key: string | null,
): AppError {
  const details = { ids: [signer.id], ...(error.library === '' ? {} : { library: error.library }) };
  const made = (code: AppError['code'], text: string, ids = details.ids): AppError =>
    new AppError(code, text, { ...details, ids }, { cause: error });
  switch (error.trouble) {
    case 'key-gone':
      return made(
        'NOT_FOUND',
        `This key is no longer on ${signer.name}. Restore the device from its own backup, or roll what used the key.`,
        key === null ? details.ids : [key],
      );
    case 'refused':
      return made('POLICY_REFUSED', error.message);
    case 'cancelled':
      return made('CANCELLED', error.message);
    default:
      if (error.code === 'SIGNER_HOST_CRASHED') return made('SIGNER_HOST_CRASHED', error.message);
      // H-026
      return made(
        'SIGNER_UNAVAILABLE',
        key === null
          ? error.message
          : OF_PINS.has(error.trouble)
            ? named(signer.name, error.message)
            : `The signer that possesses this key is not reachable. ${named(signer.name, error.message)}`,
      );
  }
}
