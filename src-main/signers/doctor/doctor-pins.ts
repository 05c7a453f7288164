/**
 * The PIN or password of an examination: the kept one unless it was refused, else a person's, asked once. It is the signer's
 * own book of refused PINs that decides. SECURITY: nothing of it reaches a line.
 */
import { wipe } from '../../lib/bytes.ts';
import type { Pins } from '../lifecycle/pins.ts';
import type { Prompts, TypedPin } from '../lifecycle/prompts.ts';
import type { ExaminedPerson } from './examine.ts';

export function doctorPerson(deps: {
  signer: { id: string; name: string; kind: string };
  pins: Pins;
  prompts: Prompts;
  /** Into the vault; the PIN is wiped. */
  keep(pin: Uint8Array): Promise<void>;
  /** The mark is stored; what else has to be done. */
  refused(): Promise<void>;
}): ExaminedPerson & { end(): void } {
  const { signer, pins, prompts } = deps;
  const word = signer.kind === 'kmip' ? 'password' : 'PIN';
  let sent: (TypedPin & { typed: boolean }) | null = null;
  let said = '';

  return {
    async pin(why) {
      // The device is opened again by the same examination.
      if (sent !== null) return Uint8Array.from(sent.pin);
      const passedOver = (pins.stored() || pins.held()) && pins.refusals().length > 0;
      const known = await pins.unasked();
      if (known === null) {
        sent = { ...(await pins.ask(why)), typed: true };
        said = passedOver ? `The kept ${word} was refused before and was not sent.` : '';
      } else {
        sent = { pin: known, keep: 'no', typed: false };
        said = `The kept ${word} was taken.`;
      }
      return Uint8Array.from(sent.pin);
    },
    waits: (text, cancel) => prompts.waits(signer, text, cancel),
    said: () => said,
    async accepted() {
      if (sent?.keep === 'vault') await deps.keep(Uint8Array.from(sent.pin));
      if (sent?.keep === 'until-lock') pins.hold(Uint8Array.from(sent.pin));
    },
    async refused() {
      const given = sent;
      sent = null;
      if (given === null) return;
      await pins.markRefused(given.pin);
      if (!given.typed) await deps.refused();
    },
    end() {
      wipe(sent?.pin);
      sent = null;
    },
  };
}
