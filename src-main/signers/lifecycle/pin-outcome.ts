/** What the end of a login or a signature says of the PIN that was sent last, and how a missing one is told. Pure. */
import { AppError } from '../../lib/app-error.ts';
import { DeviceError } from '../device.ts';
import { UNANSWERED } from './pins-contract.ts';

/** Found out with the keys of a device, which are seen after its login. */
const AFTER_LOGIN: ReadonlySet<string> = new Set(['ANOTHER_DEVICE', 'IDENTITY_LOST', 'WRONG_SIGNATURE']);

/**
 * - `refused`, `locked`: the device refused it, or takes none any more.
 * - `stranger`: a device took it that is not the signer's, or not to be used: it is kept for no such device.
 * - `taken`: what failed came afterwards.
 * - `unsent`: it never went out.
 * - `unanswered`: the device may have counted a try.
 */
export type PinOutcome = 'refused' | 'locked' | 'stranger' | 'taken' | 'unsent' | 'unanswered';

export function outcomeOf(error: unknown): PinOutcome {
  if (error instanceof AppError) return 'taken';
  if (!(error instanceof DeviceError)) return 'unanswered';
  if (error.trouble === 'pin-refused') return 'refused';
  if (error.trouble === 'pin-locked') return 'locked';
  if (AFTER_LOGIN.has(error.code) || error.pin === 'taken') return 'stranger';
  if (error.trouble === 'key-gone') return 'taken';
  return error.pin === 'unsent' ? 'unsent' : 'unanswered';
}

/** What a failure is called after which nobody knows whether the PIN was taken: the login waits for a person. */
export function unanswered(name: string, error: unknown): unknown {
  if (!(error instanceof DeviceError) || error.trouble !== 'unreachable') return error;
  const told = new DeviceError(
    'pin-needed',
    UNANSWERED,
    `${name} did not say whether it took the PIN, which may have cost a try. Look at the device, then log in to it.`,
    `${error.code}: ${error.message} ${error.library}`.trim(),
  );
  told.cause = error;
  return told;
}

export const unwanted = (name: string): DeviceError =>
  new DeviceError('cancelled', 'PIN_NOT_GIVEN', `No PIN was given to ${name}.`);

export const needed = (name: string): DeviceError =>
  new DeviceError('pin-needed', 'PIN_NEEDED', `${name} waits for its PIN. Log in to it.`);
