/**
 * The PIN or password of one signer: from the vault, from memory until the lock, or from a person. One that was refused, or sent
 * and not answered to, is marked before anything else happens and never sent again by itself. Nothing here reaches the renderer.
 */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import type { AuditEntry } from '../../audit/audit-record.ts';
import { AppError } from '../../lib/app-error.ts';
import { wipe } from '../../lib/bytes.ts';
import type { Clock, Random } from '../../ports.ts';
import type { RefusedPin } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import { createKeptPins } from './kept-pins.ts';
import { createAttempts, endTurn } from './pin-attempts.ts';
import { createTurns, type PinBook, type PinUser } from './pin-book.ts';
import { createPinMarks } from './pin-marks.ts';
import { needed, outcomeOf, unanswered, unwanted } from './pin-outcome.ts';
import { pinQuestion, refusedBefore } from './pin-question.ts';
import type { ChosenPin, Pins, SentPin, Why } from './pins-contract.ts';
import type { Prompts, TypedPin } from './prompts.ts';

export function createPins(deps: {
  clock: Clock;
  random: Random;
  session: Session;
  prompts: Prompts;
  signer(): { id: string; name: string; kind: string };
  sealed: Uint8Array | null;
  /** In memory until the lock already; it belongs to the answer. */
  held?: Uint8Array | null;
  /** Of this signer at this place, shared with who else sends PINs to its device. */
  book: PinBook;
  /** Where the PINs go, when that is not in force. */
  place?: SignerSettings | undefined;
  /** Of its audit records: the signer and, where it is known, its device; the signer alone when left out. */
  subjects?(): AuditEntry['subjects'];
  /** What is kept of the PIN is another. */
  kept(): void;
  /** Another signer on the device learned that the kept PIN is refused. */
  outdated?(): void;
  /** The kept PIN is the one that the device has now. */
  renewed?(): void;
  /** Of what is not in force yet: where a PIN is kept, and what else has to be done when the stored one was refused or not answered to. */
  pending?: { keep(pin: Uint8Array): Promise<void>; refused(): Promise<void> };
}): Pins {
  const { prompts, signer } = deps;
  const attempts = createAttempts();
  const turns = createTurns(deps.book, () => unwanted(signer().name));
  /** Typed for a login that failed before the PIN was sent. */
  let unsent: TypedPin | null = null;
  /** The mark of the PIN that the open device took: what is refused later without another is this one. */
  let inUse: RefusedPin | null = null;
  let over: Error | null = null;
  /** Failures from which marks were made. */
  const settled = new WeakSet<object>();
  /** Counts what ends the login for which a signature waits: refusals and log outs. */
  let ends = 0;

  const subjects = deps.subjects ?? (() => [{ type: 'signer', id: signer().id, sha256: null }]);
  const marks = createPinMarks({ ...deps, subjects, kept: (pin) => own.stores(pin) });
  const own = createKeptPins({
    ...{ ...deps, subjects, keepPending: deps.pending?.keep },
    replaced() {
      marks.replaced();
      deps.kept();
    },
  });

  const user: PinUser = {
    get id() {
      return signer().id;
    },
    inForce: deps.pending === undefined,
    stores: own.stores,
    async refusedElsewhere(mark) {
      const stored = deps.book.marks.some(({ salt, kept }) => salt === mark.salt && kept === true);
      if ((await own.dropMarked(mark)) || stored) deps.outdated?.();
      deps.kept();
    },
    async changedElsewhere(oldPin, newPin) {
      await own.changed(oldPin, newPin, { marks: marks.ofLogin() });
      inUse = null;
      if (own.stores(newPin)) deps.renewed?.();
      deps.kept();
    },
  };
  deps.book.users.add(user);
  /** Those who send PINs to the same device, for another signer or place. */
  const neighbours = (): PinUser[] =>
    deps.book.device().flatMap(({ users }) => [...users].filter((one) => one !== user));

  function abandon(): void {
    wipe(unsent?.pin);
    unsent = null;
  }

  async function unasked({ reason }: Why): Promise<Uint8Array | null> {
    const known = own.copy(reason);
    if (known === null) return null;
    // SECURITY: a refused PIN costs a try each time it is sent. A card may have a PIN of its own for signatures.
    const fits = reason === 'login' || (await marks.signs(known));
    if (fits && (await marks.known(known, reason)) === null) return known;
    wipe(known);
    return null;
  }

  /** Why a person's PIN is not sent. */
  async function faultOf(pin: Uint8Array, reason: Why['reason']): Promise<string | null> {
    const mark = await marks.refusal(pin, reason);
    return mark === null ? null : refusedBefore(signer().name, mark);
  }

  async function refused(mark: RefusedPin): Promise<void> {
    await own.dropMarked(mark);
    if (inUse?.salt === mark.salt) inUse = null;
    await marks.refused(mark);
    for (const one of neighbours()) await one.refusedElsewhere(mark);
    if (mark.kept === true) await deps.pending?.refused();
  }

  /** Throws what it was ended with, or what its signal says, and wipes. */
  function requireWanted(pin: Uint8Array | null, signal?: AbortSignal): void {
    if (over === null && signal?.aborted !== true) return;
    wipe(pin);
    throw over ?? unwanted(signer().name);
  }

  async function choose(
    why: Why,
    { alone, signal, known: before, asked }: Parameters<Pins['hand']>[1],
  ): Promise<ChosenPin> {
    const again = before ?? why.known;
    if (again !== why.known) wipe(why.known);
    if (again !== undefined) {
      if ((await marks.known(again, why.reason)) === null) return { pin: again, keep: 'no', proven: true };
      wipe(again);
    }
    if (why.reason === 'login' && unsent !== null && !alone) {
      const typed = unsent;
      unsent = null;
      return typed;
    }
    const known = await unasked(why);
    requireWanted(known, signal);
    if (known !== null) return { pin: known, keep: 'no', proven: true };
    if (alone) throw needed(signer().name);
    asked?.();
    return prompts.pin(signer(), {
      text: pinQuestion(signer(), why, { stored: own.stored(), marks: marks.own() }),
      why,
      check: (pin) => faultOf(pin, why.reason),
      signal,
    });
  }

  /** A PIN for the device, marked as sent. The caller has the turn. */
  async function give(why: Why, how: Parameters<Pins['hand']>[1]): Promise<SentPin> {
    const typed = await choose(why, how);
    requireWanted(typed.pin, how.signal);
    const sent = await send(typed, why.reason);
    if (over !== null || how.signal?.aborted === true) await marks.taken(sent.pin, sent.mark);
    requireWanted(sent.pin, how.signal);
    return sent;
  }

  async function send({ proven, ...typed }: ChosenPin, reason: Why['reason'] = 'login'): Promise<SentPin> {
    // SECURITY: what was ended has no say in what is kept any more.
    requireWanted(typed.pin);
    const apart = reason === 'signature' && proven !== true && !(await marks.signs(typed.pin));
    return { ...typed, reason, mark: await marks.sending(typed.pin, apart) };
  }

  async function taken({ pin, reason, mark, keep: how }: SentPin): Promise<void> {
    try {
      await marks.taken(pin, mark);
      if (mark.signature === true) await marks.signed(pin);
      if (reason === 'login') await marks.passed();
      if (how === 'vault') {
        mark.kept = true;
        await own.keep(Uint8Array.from(pin));
      } else if (how === 'until-lock' && over === null) own.hold(pin, reason);
    } finally {
      wipe(pin);
    }
    deps.kept();
  }

  /** What becomes of the PINs of an attempt that failed. Answers what it failed with. */
  async function settle(sent: SentPin[], error: unknown): Promise<unknown> {
    const last = sent.pop();
    // What failed within said all there is to say of a PIN.
    if (last === undefined && error instanceof Error && settled.has(error)) return error;
    if (error instanceof Error) settled.add(error);
    // Each but the last was taken: another was asked for after it.
    for (const one of sent) await taken(one);
    const outcome = outcomeOf(error);
    if (outcome === 'refused' || outcome === 'locked') {
      // A token that was locked elsewhere says nothing of the PIN that it took once.
      const mark = last?.mark ?? (outcome === 'refused' ? inUse : null);
      wipe(last?.pin);
      ends += 1;
      if (mark !== null) await refused(mark);
      return error;
    }
    if (last !== undefined && outcome === 'taken') await taken(last);
    if (last === undefined || outcome === 'taken') return error;
    if (outcome === 'stranger' || outcome === 'unsent') await marks.taken(last.pin, last.mark);
    if (outcome === 'unsent') {
      abandon();
      if (last.reason === 'login') unsent = { pin: last.pin, keep: last.keep };
      else wipe(last.pin);
      return error;
    }
    wipe(last.pin);
    if (outcome === 'stranger') return error;
    if (inUse?.salt === last.mark.salt) inUse = null;
    if (last.mark.kept === true) await deps.pending?.refused();
    return unanswered(signer().name, error);
  }

  return {
    async hand(why, how) {
      requireWanted(null, how.signal);
      if (why.token !== undefined) deps.book.meet(why.token.serial);
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
        if (why.reason === 'signature' && ends !== before) throw needed(signer().name);
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
    unmark: ({ pin, mark }) => marks.taken(pin, mark),
    refused,
    async guard(pin) {
      const fault = await faultOf(pin, 'login');
      wipe(pin);
      if (fault !== null)
        throw new AppError('INVALID_INPUT', fault, { fields: [{ path: 'oldPin', message: fault }] });
    },
    async changed(oldPin, newPin) {
      await marks.changed(oldPin, newPin);
      inUse = null;
      await own.changed(oldPin, newPin, null);
      for (const one of neighbours()) await one.changedElsewhere(oldPin, newPin);
      deps.kept();
    },
    offer(pin) {
      abandon();
      if (over === null) unsent = { pin: Uint8Array.from(pin), keep: 'no' };
    },
    async forgetRefusals() {
      await marks.forget();
      deps.kept();
    },
    refusals: marks.own,
    abandon,
    forget() {
      ends += 1;
      own.drop();
      abandon();
    },
    end(why) {
      over = why;
      deps.book.users.delete(user);
      turns.end(why);
      own.drop();
      abandon();
    },
    takeHeld: own.takeHeld,
    held: own.held,
    stored: own.stored,
    holds: own.holds,
  };
}
