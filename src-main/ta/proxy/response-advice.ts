/** A response that is of the future, one of a signer that forgot what it signed, and what to do with one: said by its cause. */
import { momentText } from '../../lib/moment-text.ts';
import type { Fault } from '../../rpki/fault.ts';
import type { ProxyKnowledge } from '../judge-answers.ts';
import { judgeResponse } from '../judge-response.ts';
import type { OpenedExchange } from '../open-exchange.ts';

/** When it was signed, where that is after `now` and nothing else is wrong with it; else null. */
export function futureOf(
  bytes: Uint8Array,
  knowledge: ProxyKnowledge,
  message: OpenedExchange['message'],
): Date | null {
  const at = message?.signingTime ?? null;
  if (at === null || message?.untimely.early.length === 0) return null;
  return judgeResponse(bytes, knowledge, at).faults.length === 0 ? at : null;
}

/** It takes back what was published here: what was revoked, or replaced, is on no CRL any more. */
export function isForgetful(faults: readonly Fault[]): boolean {
  return faults.some(({ text }) => text.endsWith('is not on the CRL'));
}

/** What the proxy's operator does with it, as sentences; `forgotten`: see isForgetful. */
export function adviceOf(canPublish: boolean, future: Date | null, forgotten: boolean): string {
  if (canPublish) return 'It is taken, its objects are published, and the children get their answers.';
  if (forgotten)
    return 'Nothing was changed. Its signer no longer knows what was published here: it must have been restored from a backup. Write the last response and its request again (“Files of the proxy”), have the signer take them back, then have the open request signed once more.';
  return future === null
    ? 'Nothing was changed. Have the signer make another response, or leave it.'
    : `Nothing was changed. If this clock is behind, set it and open the file again. If the signer’s was ahead, the response can be taken from ${momentText(future)} on; to go on sooner, its operator sets the clock, presses “Go on from this clock…” there, and signs the request again.`;
}
