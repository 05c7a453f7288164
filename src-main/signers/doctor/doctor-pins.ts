/**
 * The PIN or password of an examination: the kept one unless it was refused, else a person's, asked once. It is the signer's
 * own book of marks that decides. SECURITY: nothing of it reaches a line.
 */
import { wipe } from '../../lib/bytes.ts';
import { DeviceError, type PinAsked } from '../device.ts';
import { type Pins, UNANSWERED } from '../lifecycle/pins-contract.ts';
import type { Prompts } from '../lifecycle/prompts.ts';
import type { ExaminedPerson } from './examine.ts';

export function doctorPerson(deps: {
  signer: { id: string; name: string; kind: string };
  pins: Pins;
  prompts: Prompts;
  /** Of the examination: with it the question ends. */
  signal: AbortSignal;
}): ExaminedPerson & { end(): void } {
  const { signer, pins, prompts } = deps;
  const word = signer.kind === 'kmip' ? 'password' : 'PIN';
  const over = new AbortController();
  const signal = AbortSignal.any([deps.signal, over.signal]);
  /** The last ones, for other openings of the same examination and for other signatures, as long as nothing failed with them. */
  const own: Record<PinAsked['reason'], Uint8Array | null> = { login: null, signature: null };
  let said = '';

  function forget(): void {
    wipe(own.login, own.signature);
    own.login = null;
    own.signature = null;
  }

  return {
    async pin(why) {
      const { reason } = why;
      const first = own.login === null && reason === 'login';
      const passedOver = (pins.stored() || pins.held()) && pins.refusals().length > 0;
      const inVault = pins.stored();
      let typed = false;
      const asked = (): void => {
        typed = true;
      };
      const last = own[reason];
      const known = last === null ? null : Uint8Array.from(last);
      const pin = await pins.hand(why, { alone: false, signal, known, asked });
      wipe(last);
      own[reason] = Uint8Array.from(pin);
      if (!first) return pin;
      if (typed) said = passedOver ? `The kept ${word} was refused before and was not sent.` : '';
      else
        said = inVault
          ? `The kept ${word} was taken.`
          : `The ${word} that is kept in memory until the lock was taken.`;
      return pin;
    },
    async settling(work) {
      try {
        const { value } = await pins.attempt(work);
        return value;
      } catch (error) {
        const pinFailed = error instanceof DeviceError && error.trouble.startsWith('pin-');
        if (pinFailed) forget();
        // What is told is what was met.
        throw pinFailed && error.code === UNANSWERED ? (error.cause ?? error) : error;
      }
    },
    waits: (text, cancel) => prompts.waits(signer, text, cancel),
    said: () => said,
    end() {
      over.abort();
      pins.abandon();
      forget();
    },
  };
}
