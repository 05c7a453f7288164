/**
 * The PIN or password of one signer: from the vault, from memory until the lock, or from a person. One that was refused, or sent
 * and not answered to, is marked before anything else happens and never sent again by itself. Nothing here reaches the renderer.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuditEntry } from '../../audit/audit-record.ts';
import { AppError } from '../../lib/app-error.ts';
import { equalBytes, wipe } from '../../lib/bytes.ts';
import type { Clock, Random } from '../../ports.ts';
import type { RefusedPin } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import { DeviceError } from '../device.ts';
import { createPinMarks } from './pin-marks.ts';
import { neverSent, type Pins, type SentPin, UNANSWERED, type Why } from './pins-contract.ts';
import type { Prompts, TypedPin } from './prompts.ts';
import { knownRefusal } from './refused-pins.ts';

/** Found out with the keys of a device, which are seen after its login. */
const AFTER_LOGIN: ReadonlySet<string> = new Set(['ANOTHER_DEVICE', 'IDENTITY_LOST', 'WRONG_SIGNATURE']);

export function createPins(deps: {
  clock: Clock;
  random: Random;
  session: Session;
  prompts: Prompts;
  signer(): { id: string; name: string; kind: string };
  sealed: Uint8Array | null;
  refused: readonly RefusedPin[];
  /** Of its audit records: the signer and, where it is known, its device; the signer alone when left out. */
  subjects?(): AuditEntry['subjects'];
  /** What is kept of the PIN is another. */
  kept(): void;
}): Pins {
  const { session, prompts, signer } = deps;
  const attempts = new AsyncLocalStorage<SentPin[]>();
  let sealed = deps.sealed;
  /** Kept until the lock because the operator ticked it. */
  let held: Uint8Array | null = null;
  /** Typed for a login that failed before the PIN was sent. */
  let unsent: TypedPin | null = null;
  /** The mark of the PIN that the open device took: what is refused later without another is this one. */
  let inUse: RefusedPin | null = null;
  let over: Error | null = null;

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

  function question({ reason, tries }: Why): string {
    const { name, kind } = signer();
    const left =
      tries === 'final' ? ' This is the last try.' : tries === 'low' ? ' A wrong one was given before.' : '';
    if (kind === 'kmip') return `Type the password of ${name}.`;
    if (reason === 'signature') return `Type the PIN of ${name} for this signature.${left}`;
    const all = marks.all();
    const stored =
      sealed === null || all.length === 0
        ? ''
        : all.every(({ unanswered }) => unanswered === true)
          ? 'The device did not say whether it took the stored PIN. '
          : 'The stored PIN was refused. ';
    return `${stored}Type the PIN of ${name}.${left}`;
  }

  /** Why a person's PIN is not sent. */
  async function faultOf(pin: Uint8Array): Promise<string | null> {
    const mark = await marks.refusal(pin);
    if (mark === null) return null;
    return `${signer().name} refused this PIN on ${mark.at.slice(0, 10)}. Type another. If it has become right again, press “I looked at it” on the page of the signer first.`;
  }

  async function keep(pin: Uint8Array): Promise<void> {
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
    wipe(held);
    held = null;
    if (inUse?.salt === mark.salt) inUse = null;
    await marks.refused(mark);
  }

  const ask: Pins['ask'] = (why, signal) =>
    prompts.pin(signer(), {
      text: question(why),
      tries: why.tries,
      token: why.token ?? null,
      check: faultOf,
      signal,
    });

  /** Throws what it was ended with, or what its signal says, and wipes. */
  function requireWanted(pin: Uint8Array | null, signal?: AbortSignal): void {
    if (over === null && signal?.aborted !== true) return;
    wipe(pin);
    throw over ?? new DeviceError('cancelled', 'CANCELLED', `No PIN was given to ${signer().name}.`);
  }

  async function choose(why: Why, alone: boolean, signal?: AbortSignal): Promise<TypedPin> {
    if (why.reason === 'login' && unsent !== null && !alone) {
      const again = unsent;
      unsent = null;
      return again;
    }
    const known = await unasked();
    requireWanted(known, signal);
    if (known !== null) return { pin: known, keep: 'no' };
    if (alone)
      throw new DeviceError('pin-needed', 'PIN_NEEDED', `${signer().name} waits for its PIN. Log in to it.`);
    return ask(why, signal);
  }

  async function send(typed: TypedPin): Promise<SentPin> {
    return { ...typed, mark: await marks.sending(typed.pin) };
  }

  async function taken({ pin, mark, keep: how }: SentPin): Promise<void> {
    try {
      await marks.taken(pin);
      if (how === 'vault') mark.kept = true;
      if (how === 'vault') await keep(Uint8Array.from(pin));
      else if (how === 'until-lock' && over === null) {
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
    const { trouble, code } = error instanceof DeviceError ? error : { trouble: null, code: 'INTERNAL' };
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
    if (AFTER_LOGIN.has(code)) {
      // What is known of the device was learned with it; it is kept for no device that is not the signer's.
      await marks.taken(last.pin);
      wipe(last.pin);
      return error;
    }
    if (error instanceof AppError || trouble === 'key-gone') {
      await taken(last);
      return error;
    }
    const { kind, name } = signer();
    if (neverSent(kind, error)) {
      await marks.taken(last.pin);
      wipe(unsent?.pin);
      unsent = { pin: last.pin, keep: last.keep };
      return error;
    }
    // One that was proven at the login bears no mark yet.
    if ((await marks.known(last.pin)) === null) await marks.sending(last.pin);
    if (inUse?.salt === last.mark.salt) inUse = null;
    wipe(last.pin);
    if (!(error instanceof DeviceError) || trouble !== 'unreachable') return error;
    return new DeviceError(
      'pin-needed',
      UNANSWERED,
      `${name} did not say whether it took the PIN, which may have cost a try. Look at the device, then log in to it.`,
      `${code}: ${error.message} ${error.library}`.trim(),
    );
  }

  return {
    async hand(why, { alone, signal }) {
      requireWanted(null, signal);
      const typed = await choose(why, alone, signal);
      requireWanted(typed.pin, signal);
      // One that this login took already is not written anew for each signature.
      const known = why.reason === 'signature' && inUse !== null ? inUse : null;
      const proven = known !== null && (await knownRefusal(typed.pin, [known])) !== null;
      const sent = proven ? { ...typed, mark: known } : await send(typed);
      // It does not go out after all.
      if (over !== null || signal?.aborted === true) await marks.taken(sent.pin);
      requireWanted(sent.pin, signal);
      attempts.getStore()?.push(sent);
      if (why.reason === 'login') inUse = sent.mark;
      return Uint8Array.from(sent.pin);
    },
    async attempt(work) {
      const sent: SentPin[] = [];
      try {
        const value = await attempts.run(sent, work);
        const handed = sent.length > 0;
        for (const one of sent.splice(0)) await taken(one);
        return { value, handed };
      } catch (error) {
        throw await settle(sent, error);
      }
    },
    send,
    taken,
    unmark: ({ pin }) => marks.taken(pin),
    refused,
    async guard(pin) {
      const fault = await faultOf(pin);
      wipe(pin);
      if (fault !== null)
        throw new AppError('INVALID_INPUT', fault, { fields: [{ path: 'oldPin', message: fault }] });
    },
    async markRefused(pin) {
      const mark = await marks.of(pin);
      wipe(pin);
      await refused(mark);
    },
    keep,
    unasked,
    ask,
    hold(pin) {
      wipe(held);
      held = pin;
      deps.kept();
    },
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
      wipe(held, unsent?.pin);
      held = null;
      unsent = null;
    },
    end(why) {
      over = why;
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
