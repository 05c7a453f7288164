/**
 * The PIN or password of an examination: the kept one unless it was refused, else a person's, asked once. It is the signer's
 * own book of refused PINs that decides. SECURITY: nothing of it reaches a line.
 */
import { wipe } from '../../lib/bytes.ts';
import { DeviceError } from '../device.ts';
import { neverSent, type Pins, type SentPin } from '../lifecycle/pins-contract.ts';
import type { Prompts } from '../lifecycle/prompts.ts';
import type { ExaminedPerson } from './examine.ts';

export function doctorPerson(deps: {
  signer: { id: string; name: string; kind: string };
  pins: Pins;
  prompts: Prompts;
  /** Of the examination: with it the question ends. */
  signal: AbortSignal;
  /** Into the vault; the PIN is wiped. */
  keep(pin: Uint8Array): Promise<void>;
  /** The mark is stored; what else has to be done. */
  refused(): Promise<void>;
}): ExaminedPerson & { end(): void } {
  const { signer, pins, prompts, signal } = deps;
  const word = signer.kind === 'kmip' ? 'password' : 'PIN';
  let sent: (SentPin & { typed: boolean }) | null = null;
  let over = false;
  let said = '';

  return {
    async pin(why) {
      // The device is opened again by the same examination.
      if (sent !== null) return Uint8Array.from(sent.pin);
      const passedOver = (pins.stored() || pins.held()) && pins.refusals().length > 0;
      const known = await pins.unasked();
      const chosen = known === null ? await pins.ask(why, signal) : { pin: known, keep: 'no' as const };
      if (over || signal.aborted) {
        wipe(chosen.pin);
        throw new DeviceError('cancelled', 'CANCELLED', `No ${word} was given to ${signer.name}.`);
      }
      sent = { ...(await pins.send(chosen)), typed: known === null };
      said =
        known !== null
          ? pins.stored()
            ? `The kept ${word} was taken.`
            : `The ${word} that is kept in memory until the lock was taken.`
          : passedOver
            ? `The kept ${word} was refused before and was not sent.`
            : '';
      return Uint8Array.from(sent.pin);
    },
    waits: (text, cancel) => prompts.waits(signer, text, cancel),
    said: () => said,
    async accepted() {
      if (sent === null) return;
      // The examination goes on with its own copy.
      await pins.taken({ ...sent, pin: Uint8Array.from(sent.pin), keep: 'no' });
      if (sent.keep === 'vault') await deps.keep(Uint8Array.from(sent.pin));
      if (sent.keep === 'until-lock') pins.hold(Uint8Array.from(sent.pin));
    },
    async refused() {
      const given = sent;
      sent = null;
      if (given === null) return;
      wipe(given.pin);
      await pins.refused(given.mark);
      if (!given.typed) await deps.refused();
    },
    async unanswered(error) {
      const given = sent;
      sent = null;
      if (given === null) return;
      const unsent = neverSent(signer.kind, error);
      if (unsent) await pins.unmark(given);
      wipe(given.pin);
      if (unsent) return;
      if (!given.typed) await deps.refused();
    },
    end() {
      over = true;
      wipe(sent?.pin);
      sent = null;
    },
  };
}
