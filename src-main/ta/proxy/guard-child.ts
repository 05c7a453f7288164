/**
 * What stands between a child's message and its answer, for the proxy at work and for the locked one: no message twice, none
 * earlier than the last (RFC 6492 3), and no more open wishes than a child can mean.
 */
import { AppError } from '../../lib/app-error.ts';
import { NOT_PERFORMED, type Payload } from '../../rpki/provisioning-message.ts';
import { answerChild, type ChildAnswer } from './answer-child.ts';
import type { ProxyChild, ProxyState } from './proxy-state.ts';

/** What is known of the message a query came in; null for a CA of this workspace, which is called and not written to. */
export interface Carried {
  signedAt: Date;
  /** SHA-256 of its octets, upper-case hex. */
  sha256: string;
}

/** A roll has two keys, a careful operator some more; a thousand is an accident. */
const MOST_OPEN = 16;

/** Throws AppError CONFLICT for a message that was sent before or is earlier than the last one. */
function requireNew(child: ProxyChild, { signedAt, sha256 }: Carried): void {
  const last = child.lastSignedAt === null ? null : Date.parse(child.lastSignedAt);
  const isEarlier = last !== null && signedAt.getTime() < last;
  if (isEarlier || child.lastDigests.includes(sha256))
    throw new AppError(
      'CONFLICT',
      `A message of ${child.handle} is not newer than its last one (${child.lastSignedAt ?? ''}): it was sent before, or the child's clock went back.`,
    );
}

/** The message remembered: all of the last second, because a child may send several in it. */
function heard(child: ProxyChild, at: Date, message: Carried | null): ProxyChild {
  const lastContactAt = at.toISOString();
  if (message === null) return { ...child, lastContactAt };
  const lastSignedAt = message.signedAt.toISOString();
  const same = child.lastSignedAt === lastSignedAt ? child.lastDigests : [];
  return { ...child, lastContactAt, lastSignedAt, lastDigests: [...same, message.sha256] };
}

/** The state does not grow by one child's wishes without end. */
function isTooMuch(child: ProxyChild, before: ProxyChild): boolean {
  return child.openRequests.size > before.openRequests.size && child.openRequests.size > MOST_OPEN;
}

/** Answers `query` of `child` at `now`. Throws AppError CONFLICT. */
export function answerGuarded(
  state: ProxyState,
  child: ProxyChild,
  query: Payload,
  message: Carried | null,
  now: Date,
): ChildAnswer {
  if (message !== null) requireNew(child, message);
  const answered = answerChild(state, child, query, now);
  if (isTooMuch(answered.child, child))
    return {
      child: heard(child, now, message),
      reply: {
        type: 'error_response',
        status: NOT_PERFORMED.internalError,
        description: `${MOST_OPEN} requests of this child are open already`,
      },
    };
  return { child: heard(answered.child, now, message), reply: answered.reply };
}
