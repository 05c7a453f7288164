/** The change of a PIN as everybody else who sends PINs of that signer sees it. The device is changed by the caller. */
import { wipe } from '../../lib/bytes.ts';
import { DeviceError } from '../device.ts';
import type { Pins } from './pins-contract.ts';

/** After them nobody knows which PIN counts. */
const IN_DOUBT: ReadonlySet<string> = new Set(['unreachable', 'cancelled']);

/**
 * Runs `work`, which changes the PIN. SECURITY: nobody logs in meanwhile, and where its end is not known, neither the old PIN nor the new one goes
 * out by itself any more.
 */
export async function changePin(
  pins: Pins,
  oldPin: Uint8Array,
  newPin: Uint8Array,
  work: (pins: { oldPin: Uint8Array; newPin: Uint8Array }) => Promise<void>,
): Promise<void> {
  const end = await pins.turn();
  try {
    await pins.guard(Uint8Array.from(oldPin));
    const sent = await pins.send({ pin: oldPin, keep: 'no' });
    try {
      await work({ oldPin: Uint8Array.from(oldPin), newPin: Uint8Array.from(newPin) });
    } catch (error) {
      const trouble = error instanceof DeviceError ? error.trouble : 'unreachable';
      if (trouble === 'pin-refused' || trouble === 'pin-locked') await pins.refused(sent.mark);
      else if (!IN_DOUBT.has(trouble)) await pins.unmark(sent);
      throw error;
    }
    await pins.forgetRefusals();
    if (pins.stored()) await pins.keep(Uint8Array.from(newPin));
  } finally {
    end();
    wipe(oldPin, newPin);
  }
}
