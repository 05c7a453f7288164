/**
 * The PIN or password of one signer: from the vault, from memory until the lock, or from a person. One that was refused, or sent
 * and not answered to, is marked before anything else happens and never sent again by itself. Nothing here reaches the renderer.
 */
import type { AuditEntry } from '../../audit/audit-record.ts';
import { AppError } from '../../lib/app-error.ts';
import { equalBytes, wipe } from '../../lib/bytes.ts';
import type { Clock, Random } from '../../ports.ts';
import type { RefusedPin } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import { DeviceError } from '../device.ts';
import { createAttempts, endTurn } from './pin-attempts.ts';
import { createTurns, type PinBook } from './pin-book.ts';
import { createPinMarks } from './pin-marks.ts';
import { pinQuestion } from './pin-question.ts';
import { type Pins, type SentPin, UNANSWERED, type Why } from './pins-contract.ts';
import type { Prompts, TypedPin } from './prompts.ts';

/** Found out with the keys of a device, which are seen after its login. */
const AFTER_LOGIN: ReadonlySet<string> = new Set(['ANOTHER_DEVICE', 'IDENTITY_LOST', 'WRONG_SIGNATURE']);

export function createPins(deps: {
  clock: Clock;
  random: Random;
  session: Session;
  prompts: Prompts;
  signer(): { id: string; name: string; kind: string };
  sealed: Uint8Array | null;
  /** Of this signer at this place, shared with who else sends its PINs. `stored: false`: of another place than the one in force. */
  book: PinBook;
  stored?: boolean;
  /** Of its audit records: the signer and, where it is known, its device; the signer alone when left out. */
  subjects?(): AuditEntry['subjects'];
  /** What is kept of the PIN is another. */
  kept(): void;
  /** Of what is not in force yet: where a PIN is kept, and what else has to be done when the stored one was refused or not answered to. */
  pending?: { keep(pin: Uint8Array): Promise<void>; refused(): Promise<void> };
}): Pins {
  const { session, prompts, signer } = deps;
  const attempts = createAttempts();
  const turns = createTurns(deps.book, () => unwanted());
  let sealed = deps.sealed;
  /** Kept until the lock because the operator ticked it. */
  let held: Uint8Array | null = null;
  /** Typed for a login that failed before the PIN was sent. */
  let unsent: TypedPin | null = null;
  /** The mark of the PIN that the open device took: what is refused later without another is this one. */
  let inUse: RefusedPin | null = null;
  let over: Error | null = null;
  /** Counts what ends the login for which a signature waits: refusals and log outs. */
  let ends = 0;

  const marks = createPinMarks({
    ...deps,
    subjects: () => subjects(),
    kept(pin) {
      if (sealed === null) return false;
      const stored = session.open(signer().id, sealed);
      const same = equalBytes(stored, pin);
      wipe(stored);
      return same;
    },
  });
  const subjects = deps.subjects ?? (() => [{ type: 'signer', id: signer().id, sha256: null }]);

  async function unasked(): Promise<Uint8Array | null> {
    const known =
      held === null ? (sealed === null ? null : session.open(signer().id, sealed)) : Uint8Array.from(held);
    if (known === null) return null;
    // SECURITY: a refused PIN costs a try each time it is sent.
    if ((await marks.known(known)) === null) return known;
    wipe(known);
    return null;
  }

  /** Why a person's PIN is not sent. */
  async function faultOf(pin: Uint8Array): Promise<string | null> {
    const mark = await marks.refusal(pin);
    if (mark === null) return null;
    return `${signer().name} refused this PIN on ${mark.at.slice(0, 10)}. Type another. If it has become right again, press “I looked at it” on the page of the signer first.`;
  }

  async function keep(pin: Uint8Array): Promise<void> {
    if (deps.pending !== undefined) return deps.pending.keep(pin);
    const { id, name } = signer();
    const next = session.seal(id, pin);
    wipe(pin);
    await session.store.run('signers.setSecret', {
      id,
      sealed: next,
      audit: {
        action: 'signers.keepPin',
        outcome: 'done',
        summary: `The PIN of ${name} is kept in the vault from now on`,
        subjects: subjects(),
      },
    });
    sealed = next;
    marks.replaced();
    deps.kept();
  }

  async function refused(mark: RefusedPin): Promise<void> {
    ends += 1;
    wipe(held);
    held = null;
    if (inUse?.salt === mark.salt) inUse = null;
    await marks.refused(mark);
    if (mark.kept === true) await deps.pending?.refused();
  }

  const unwanted = (): DeviceError =>
    new DeviceError('cancelled', 'CANCELLED', `No PIN was given to ${signer().name}.`);

  const needed = (): DeviceError =>
    new DeviceError('pin-needed', 'PIN_NEEDED', `${signer().name} waits for its PIN. Log in to it.`);
  /** Throws what it was ended with, or what its signal says, and wipes. */
  function requireWanted(pin: Uint8Array | null, signal?: AbortSignal): void {
    if (over === null && signal?.aborted !== true) return;
    wipe(pin);
    throw over ?? unwanted();
  }

  async function choose(
    why: Why,
    { alone, signal, known: own, asked }: Parameters<Pins['hand']>[1],
  ): Promise<TypedPin> {
    if (own !== undefined && own !== null) {
      if ((await marks.known(own)) === null) return { pin: own, keep: 'no' };
      wipe(own);
    }
    if (why.reason === 'login' && unsent !== null && !alone) {
      const again = unsent;
      unsent = null;
      return again;
    }
    const known = await unasked();
    requireWanted(known, signal);
    if (known !== null) return { pin: known, keep: 'no' };
    if (alone) throw needed();
    asked?.();
    return prompts.pin(signer(), {
      text: pinQuestion(signer(), why, { stored: sealed !== null, marks: marks.all() }),
      why,
      check: faultOf,
      signal,
    });
  }

  /** A PIN for the device, marked as sent. The caller has the turn. */
  async function give(why: Why, how: Parameters<Pins['hand']>[1]): Promise<SentPin> {
    const typed = await choose(why, how);
    requireWanted(typed.pin, how.signal);
    const sent = await send(typed);
    if (over !== null || how.signal?.aborted === true) await marks.taken(sent.pin);
    requireWanted(sent.pin, how.signal);
    return sent;
  }

  async function send(typed: TypedPin): Promise<SentPin> {
    // SECURITY: what was ended has no say in what is kept any more.
    requireWanted(typed.pin);
    return { ...typed, mark: await marks.sending(typed.pin) };
  }

  async function taken({ pin, mark, keep: how }: SentPin): Promise<void> {
    try {
      await marks.taken(pin);
      if (how === 'vault') {
        mark.kept = true;
        await keep(Uint8Array.from(pin));
      } else if (how === 'until-lock' && over === null) {
        wipe(held);
        held = Uint8Array.from(pin);
      }
    } finally {
      wipe(pin);
    }
    deps.kept();
  }

  /** What becomes of the PINs of an attempt that failed. Answers what it failed with. */
  async function settle(sent: SentPin[], error: unknown): Promise<unknown> {
    const last = sent.pop();
    const { trouble, code, pin } =
      error instanceof DeviceError ? error : { trouble: null, code: 'INTERNAL', pin: null };
    // Each but the last was taken: another was asked for after it.
    for (const one of sent) await taken(one);
    if (trouble === 'pin-refused' || trouble === 'pin-locked') {
      // A token that was locked elsewhere says nothing of the PIN that it took once.
      const mark = last?.mark ?? (trouble === 'pin-refused' ? inUse : null);
      wipe(last?.pin);
      if (mark !== null) await refused(mark);
      return error;
    }
    if (last === undefined) return error;
    if (AFTER_LOGIN.has(code) || pin === 'taken') {
      // What is known of the device was learned with it; it is kept for no device that is not the signer's.
      await marks.taken(last.pin);
      wipe(last.pin);
      return error;
    }
    if (error instanceof AppError || trouble === 'key-gone') {
      await taken(last);
      return error;
    }
    if (pin === 'unsent') {
      await marks.taken(last.pin);
      wipe(unsent?.pin);
      unsent = { pin: last.pin, keep: last.keep };
      return error;
    }
    if (inUse?.salt === last.mark.salt) inUse = null;
    wipe(last.pin);
    if (last.mark.kept === true) await deps.pending?.refused();
    if (!(error instanceof DeviceError) || trouble !== 'unreachable') return error;
    const told = new DeviceError(
      'pin-needed',
      UNANSWERED,
      `${signer().name} did not say whether it took the PIN, which may have cost a try. Look at the device, then log in to it.`,
      `${code}: ${error.message} ${error.library}`.trim(),
    );
    told.cause = error;
    return told;
  }

  return {
    async hand(why, how) {
      requireWanted(null, how.signal);
      const [mine, ...around] = attempts.now();
      const before = ends;
      // What was handed to the work before was taken: another is asked for after it.
      for (const one of [mine, ...around])
        for (const handed of one?.sent.splice(0) ?? []) await taken(handed);
      for (const one of around) endTurn(one);
      const release = mine?.release ?? (await turns.take(how.signal));
      let kept = false;
      try {
        // SECURITY: the login for which it waited is over, so its PIN would go nowhere, or be asked of a person for nothing.
        if (why.reason === 'signature' && ends !== before) throw needed();
        const sent = await give(why, how);
        // Nobody waits for its answer any more: it stays marked.
        if (mine !== undefined && !mine.over) {
          mine.sent.push(sent);
          mine.handed = true;
          mine.release = release;
          kept = true;
        }
        if (why.reason === 'login' && how.known === undefined) inUse = sent.mark;
        return Uint8Array.from(sent.pin);
      } finally {
        if (!kept) release();
      }
    },
    attempt: (work) =>
      attempts.run(work, async (mine, came) => {
        if ('error' in came) throw await settle(mine.sent, came.error);
        for (const one of mine.sent.splice(0)) await taken(one);
        return { value: came.value, handed: mine.handed };
      }),
    turn: turns.take,
    send,
    unmark: ({ pin }) => marks.taken(pin),
    refused,
    async guard(pin) {
      const fault = await faultOf(pin);
      wipe(pin);
      if (fault !== null)
        throw new AppError('INVALID_INPUT', fault, { fields: [{ path: 'oldPin', message: fault }] });
    },
    keep,
    async forgetRefusals() {
      await marks.forget();
      deps.kept();
    },
    refusals: marks.all,
    abandon() {
      wipe(unsent?.pin);
      unsent = null;
    },
    forget() {
      ends += 1;
      wipe(held, unsent?.pin);
      held = null;
      unsent = null;
    },
    end(why) {
      over = why;
      turns.end(why);
      wipe(held, unsent?.pin);
      held = null;
      unsent = null;
    },
    held: () => held !== null,
    stored: () => sealed !== null,
    holds: (other) =>
      sealed === null || other === null ? sealed === other : Buffer.from(sealed).equals(other),
  };
}
