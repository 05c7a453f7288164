/**
 * What the signer is known to have signed and this proxy never took: a request made before its signer-info.json is taken over
 * may ask for what is done already, and a request that is open may do so since. Values in, values out.
 */
import { momentText } from '../../lib/moment-text.ts';
import { Faults } from '../../rpki/fault.ts';
import { openExchange, readInto } from '../open-exchange.ts';
import { readResponse } from '../response.ts';
import { openContent, wishesOf } from './make-request.ts';
import { numberShown, type ProxyState } from './proxy-state.ts';

/** The number of a genuine response to a withdrawn request, where it is above all that is known; else null. */
export function unseenNumber(state: ProxyState, bytes: Uint8Array, now: Date): bigint | null {
  if (state.signer === null) return null;
  const opened = openExchange(bytes, 'response', state.signer.identity.spkiDer, now, new Faults());
  if (opened === null || opened.edited !== null || opened.message?.genuine !== true) return null;
  const response = readInto(new Faults(), 'The response', () => readResponse(opened.said));
  if (response === null || !state.cancelled.some(({ nonce }) => nonce === response.nonce)) return null;
  const { number } = response.objects;
  return number > numberShown(state) && number > (state.unseen ?? 0n) ? number : null;
}

/** Why signer-info.json comes before the next request, as sentences; null: it does not. */
export function infoWanted(state: ProxyState): string | null {
  const { unseen, cancelled } = state;
  if (unseen === undefined || unseen <= numberShown(state)) return null;
  const last = cancelled.at(-1);
  return `The signer signed a withdrawn request all the same, as number ${unseen}${last === undefined ? '' : `; the last one was withdrawn on ${momentText(last.at)}`}. Take its signer-info.json over first: another request may ask for what is done already, and then none of it can be signed.`;
}

/** The open request asks for a revocation that the signer has done, as its signer-info.json showed. */
export function isVoid(state: ProxyState): boolean {
  const { open, signer } = state;
  if (open === null || signer === null || numberShown(state) <= signer.objects.number) return false;
  const wanted = new Map(wishesOf(state).map(({ handle, requests }) => [handle, requests]));
  return openContent(open).children.some(({ handle, requests }) =>
    [...requests].some(
      ([key, { type }]) => type === 'revocation' && wanted.get(handle)?.get(key)?.type !== 'revocation',
    ),
  );
}
