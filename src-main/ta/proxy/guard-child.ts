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

/** Messages of one second that are remembered; nobody means more. */
const MOST_DIGESTS = 64;

/** A child's clock may be that much before ours; one signed later would shut out all that follow. */
const AHEAD_MS = 5 * 60_000;

/** Throws AppError CONFLICT for a message that was sent before, is earlier than the last one or comes from the future. */
function requireNew(child: ProxyChild, { signedAt, sha256 }: Carried, now: Date): void {
  if (signedAt.getTime() > now.getTime() + AHEAD_MS)
    throw new AppError(
      'CONFLICT',
      `A message of ${child.handle} was signed at ${signedAt.toISOString()}, and it is ${now.toISOString()} here: one of the two clocks is wrong.`,
    );
  const last = child.lastSignedAt === null ? null : Date.parse(child.lastSignedAt);
  const isEarlier = last !== null && signedAt.getTime() < last;
  if (isEarlier || child.lastDigests.includes(sha256))
    throw new AppError(
      'CONFLICT',
      `A message of ${child.handle} is not newer than its last one (${child.lastSignedAt ?? ''}): it was sent before, or the child's clock went back.`,
    );
  if (last === signedAt.getTime() && child.lastDigests.length >= MOST_DIGESTS)
    throw new AppError(
      'CONFLICT',
      `${child.handle} signed more than ${MOST_DIGESTS} messages in one second.`,
    );
}

/** What is known of a child's last message: who it was before is not. */
export type Heard = Pick<ProxyChild, 'lastContactAt' | 'lastSignedAt' | 'lastDigests'>;

const instant = (text: string | null): number => (text === null ? 0 : Date.parse(text));

/** The child after it was heard elsewhere too: the later of both. */
export function heardToo(child: ProxyChild, { lastContactAt, lastSignedAt, lastDigests }: Heard): ProxyChild {
  const [mine, theirs] = [instant(child.lastSignedAt), instant(lastSignedAt)];
  return {
    ...child,
    lastContactAt:
      instant(lastContactAt) > instant(child.lastContactAt) ? lastContactAt : child.lastContactAt,
    ...(theirs > mine ? { lastSignedAt, lastDigests } : {}),
    ...(theirs === mine ? { lastDigests: [...new Set([...child.lastDigests, ...lastDigests])] } : {}),
  };
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
  if (message !== null) requireNew(child, message, now);
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
