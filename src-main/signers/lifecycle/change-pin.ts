/** The change of a PIN as everybody else who sends PINs to that device sees it. The device is changed by the caller. */
import { AppError } from '../../lib/app-error.ts';
import { wipe } from '../../lib/bytes.ts';
import type { JobContext } from '../../lib/jobs.ts';
import { DeviceError } from '../device.ts';
import { anotherDevice } from './device-holder.ts';
import type { ManagedSigner } from './managed-signer.ts';
import type { Pins } from './pins-contract.ts';
import { asAppError } from './trouble.ts';

interface BothPins {
  oldPin: Uint8Array;
  newPin: Uint8Array;
}

/** After them nobody knows which PIN counts. */
const isInDoubt = (error: unknown): boolean =>
  !(error instanceof DeviceError) || error.trouble === 'unreachable' || error.trouble === 'cancelled';

/** Before it looks at any PIN, a device that has no room for a second user says so. */
const OCCUPIED: ReadonlySet<string> = new Set([
  ...['CKR_SESSION_COUNT', 'CKR_SESSION_EXISTS', 'CKR_SESSION_EXCLUSIVE_EXISTS'],
  ...['CKR_USER_ALREADY_LOGGED_IN', 'CKR_USER_ANOTHER_ALREADY_LOGGED_IN'],
]);
const isOccupied = (error: unknown): boolean => error instanceof DeviceError && OCCUPIED.has(error.code);

/** At the field; it is marked, and not sent again. */
function oldPinRefused(name: string, cause: DeviceError): AppError {
  const message = `${name} refused the present PIN, which may have cost a try. Type the right one.`;
  return new AppError('INVALID_INPUT', message, { fields: [{ path: 'oldPin', message }] }, { cause });
}

/** SECURITY: nobody logs in meanwhile, and where its end is not known, neither PIN goes out by itself any more. */
async function marked(
  pins: Pins,
  { oldPin, newPin }: BothPins,
  work: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const end = await pins.turn(signal);
  try {
    await pins.guard(Uint8Array.from(oldPin));
    const sent = await pins.send({ pin: oldPin, keep: 'no' });
    try {
      await work();
    } catch (error) {
      const trouble = error instanceof DeviceError ? error.trouble : null;
      if (trouble === 'pin-refused' || trouble === 'pin-locked') await pins.refused(sent.mark);
      else if (!isInDoubt(error)) await pins.unmark(sent);
      throw error;
    }
    await pins.changed(oldPin, newPin);
  } finally {
    end();
  }
}

/**
 * Changes the PIN of a signer's device by `change`, which is given copies; both PINs are wiped. A refused old PIN costs its try and
 * nothing else: a login and a kept PIN that are good stay so. Afterwards the signer goes on as it was; it logs in with the new PIN
 * where it had to log out, or waited for a PIN. Throws AppError INVALID_INPUT with the field of the old PIN, or as the signer port says.
 */
export async function changePin(
  managed: ManagedSigner,
  signer: { id: string; name: string },
  both: BothPins,
  change: (both: BothPins) => Promise<void>,
  job: JobContext,
): Promise<void> {
  const { contact, pins } = managed;
  let released = false;
  const changed = (): Promise<void> =>
    change({ oldPin: Uint8Array.from(both.oldPin), newPin: Uint8Array.from(both.newPin) });
  async function work(): Promise<void> {
    job.commit();
    try {
      await changed().catch(async (error: unknown) => {
        if (!isOccupied(error)) throw error;
        // The signer's own login is in the way.
        released = true;
        await contact.release();
        await changed();
      });
    } catch (error) {
      throw anotherDevice(error);
    }
  }
  try {
    await marked(pins, both, work, job.signal);
    if (!released && ['ready', 'announced'].includes(contact.status().state)) return;
    job.report(null, 'Logging in with the new PIN');
    pins.offer(both.newPin);
    // The PIN was changed all the same; the signer says itself what it met.
    await managed.withDevice({ force: true }, () => Promise.resolve()).catch(() => undefined);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    if (error.trouble === 'pin-refused') throw oldPinRefused(signer.name, error);
    // Nothing goes on with a login by a PIN that may be the old one.
    if (isInDoubt(error)) await contact.release();
    throw asAppError(error, signer, null);
  } finally {
    wipe(both.oldPin, both.newPin);
  }
}
