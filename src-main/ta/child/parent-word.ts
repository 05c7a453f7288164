/** What a parent said about one key when it did not perform: as a state with words, because 1104 and 1101 are no errors (T-005). */
import { stopped } from '../../lib/sentence.ts';
import { NOT_PERFORMED, type Payload } from '../../rpki/provisioning-message.ts';
import { type ChildKey } from './local-child.ts';
import { shortKey } from '../short-key.ts';
import type { Wish } from './wishes.ts';

export interface Said {
  severity: 'good' | 'note' | 'careful' | 'bad';
  says: string;
}

/** Whether the parent has the request and will answer it. */
export const isWaiting = (status: number | null): boolean =>
  status === NOT_PERFORMED.scheduled || status === NOT_PERFORMED.alreadyProcessing;

const NOUN: Record<Wish['what'], string> = { issue: 'certificate', revoke: 'revocation' };

export function notPerformed(
  wish: Wish,
  reply: Extract<Payload, { type: 'error_response' }>,
  at: Date,
): { word: NonNullable<ChildKey['word']>; said: Said } {
  const { status, description } = reply;
  const what = `${NOUN[wish.what]} of key ${shortKey(wish.keyId)}`;
  const text =
    status === NOT_PERFORMED.scheduled
      ? `The ${what} is scheduled (1104): it goes to the signer with the next exchange.`
      : status === NOT_PERFORMED.alreadyProcessing
        ? `The ${what} is under way (1101): the signer’s response is still to come.`
        : `The parent refused the ${what}: ${description.slice(0, 200)} (${status}).`;
  return {
    word: { status, text, at: at.toISOString() },
    said: { severity: isWaiting(status) ? 'note' : 'careful', says: text },
  };
}

/** Our own refusal of what the parent answered. */
export function notTaken(
  wish: Pick<Wish, 'what' | 'keyId'>,
  fault: string,
  at: Date,
): { word: NonNullable<ChildKey['word']>; said: Said } {
  const text = `What the parent answered for key ${shortKey(wish.keyId)} was not taken: ${stopped(fault)}`;
  return { word: { status: null, text, at: at.toISOString() }, said: { severity: 'bad', says: text } };
}

const ORDER: readonly Said['severity'][] = ['note', 'good', 'careful', 'bad'];

/** Several as one: the gravest severity, all sentences. */
export function together(said: readonly Said[]): Said {
  return {
    severity: ORDER[Math.max(...said.map(({ severity }) => ORDER.indexOf(severity)), 0)] ?? 'note',
    says: said.map(({ says }) => says).join(' '),
  };
}
