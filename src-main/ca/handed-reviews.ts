/**
 * The reviews that main made and handed out: only what one of them showed is signed, once. Without one there is no way to a
 * signature, whatever the window computes for itself. They end with the session.
 */
import { AppError } from '../lib/app-error.ts';
import { toHex } from '../lib/bytes.ts';
import type { Random } from '../ports.ts';
import type { Session } from '../store/store-contract.ts';

const MOST_HELD = 100;
const TOKEN_BYTES = 32;

export interface HandedReviews {
  /** Answers the word by which the operator approves what `state` stands for (review.ts: everything that decides what is signed). */
  hand(state: string): string;
  /** Throws AppError CONFLICT unless that word was handed out for this state and was not used. */
  require(word: string, state: string): void;
  /** It is being signed: the word is good for nothing more. Throws AppError CONFLICT when it was used meanwhile. */
  use(word: string): void;
}

export function createHandedReviews(deps: { random: Random; session(): Session }): HandedReviews {
  const bySession = new WeakMap<Session, Map<string, string>>();

  function held(): Map<string, string> {
    const session = deps.session();
    const known = bySession.get(session) ?? new Map<string, string>();
    bySession.set(session, known);
    return known;
  }

  const changed = (): AppError =>
    new AppError('CONFLICT', 'Something changed since the review. Look at it again, then sign.');

  return {
    hand(state) {
      const word = toHex(deps.random.bytes(TOKEN_BYTES));
      const all = held().set(word, state);
      const [oldest] = all.keys();
      if (all.size > MOST_HELD && oldest !== undefined) all.delete(oldest);
      return word;
    },
    require(word, state) {
      if (held().get(word) !== state) throw changed();
    },
    use(word) {
      if (!held().delete(word)) throw changed();
    },
  };
}
