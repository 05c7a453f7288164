/**
 * The PIN or password of one signer: from the vault, from memory until the lock, or from a person. A refused one is marked
 * before anything else happens and never sent again by itself. Nothing here reaches the renderer.
 */
import { AppError } from '../../lib/app-error.ts';
import { wipe } from '../../lib/bytes.ts';
import type { Clock, Random } from '../../ports.ts';
import type { RefusedPin } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import { DeviceError, type Person } from '../device.ts';
import type { Prompts, TypedPin } from './prompts.ts';
import { knownRefusal, refusedPin } from './refused-pins.ts';

type Why = Parameters<Person['pin']>[0];

export interface Pins {
  /** What the device gets; it wipes it. `alone`: nobody is asked. */
  hand(why: Why, alone: boolean): Promise<Uint8Array>;
  /** The device took what it got last: it is kept as the operator said. */
  accepted(): Promise<void>;
  /** The device refused it. Resolves when the mark is stored. */
  refused(): Promise<void>;
  /** What may be sent without a person, a copy that the caller wipes; null: nothing. */
  unasked(): Promise<Uint8Array | null>;
  /** Asks a person; a PIN that was refused before is not taken. The caller wipes it. */
  ask(why: Why): Promise<TypedPin>;
  /** Keeps it in memory until the lock. */
  hold(pin: Uint8Array): void;
  /** Whether the device got one since the last `accepted` or `refused`. */
  handed(): boolean;
  /** Throws AppError INVALID_INPUT when the device refused this PIN before. The PIN is wiped. */
  guard(pin: Uint8Array): Promise<void>;
  /** The device refused this PIN, which another than this part sent. */
  markRefused(pin: Uint8Array): Promise<void>;
  /** Puts it into the vault. */
  keep(pin: Uint8Array): Promise<void>;
  /** The operator looked at it: every PIN may be tried again. */
  forgetRefusals(): Promise<void>;
  /** The marks of the refused ones. */
  refusals(): readonly RefusedPin[];
  /** What was handed out and not answered to is over: nobody goes on with it. */
  abandon(): void;
  /** Memory only: log out, lock. */
  forget(): void;
  held(): boolean;
  stored(): boolean;
  /** Whether these sealed bytes are the ones it takes the PIN from. */
  holds(sealed: Uint8Array | null): boolean;
}

export function createPins(deps: {
  clock: Clock;
  random: Random;
  session: Session;
  prompts: Prompts;
  signer(): { id: string; name: string; kind: string };
  sealed: Uint8Array | null;
  refused: readonly RefusedPin[];
  /** What is kept of the PIN is another. */
  kept(): void;
}): Pins {
  const { clock, random, session, prompts, signer } = deps;
  let sealed = deps.sealed;
  let marks = [...deps.refused];
  /** Kept until the lock because the operator ticked it. */
  let held: Uint8Array | null = null;
  /** What the device got and did not answer to yet. */
  let sent: TypedPin | null = null;
  let asking: Promise<TypedPin> | null = null;

  const subjects = () => [{ type: 'signer', id: signer().id, sha256: null }];

  function note(typed: TypedPin): Uint8Array {
    if (sent !== typed) wipe(sent?.pin);
    sent = typed;
    return Uint8Array.from(typed.pin);
  }

  /** What may be sent without a person, a copy; null: nothing. */
  async function unasked(): Promise<Uint8Array | null> {
    const known =
      held === null ? (sealed === null ? null : session.open(signer().id, sealed)) : Uint8Array.from(held);
    if (known === null) return null;
    // SECURITY: a refused PIN costs a try each time it is sent.
    if ((await knownRefusal(known, marks)) === null) return known;
    wipe(known);
    return null;
  }

  function question({ reason, tries }: Why): string {
    const { name, kind } = signer();
    const left =
      tries === 'final' ? ' This is the last try.' : tries === 'low' ? ' A wrong one was given before.' : '';
    if (kind === 'kmip') return `Type the password of ${name}.`;
    if (reason === 'signature') return `Type the PIN of ${name} for this signature.${left}`;
    return `${sealed !== null && marks.length > 0 ? 'The stored PIN was refused. ' : ''}Type the PIN of ${name}.${left}`;
  }

  /** Why a person's PIN is not sent. */
  async function faultOf(pin: Uint8Array): Promise<string | null> {
    const mark = await knownRefusal(pin, marks);
    if (mark === null) return null;
    return `${signer().name} refused this PIN on ${mark.at.slice(0, 10)}. Type another, or forget the refusal under Signers first.`;
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
  }

  async function markRefused(pin: Uint8Array): Promise<void> {
    const { id, name } = signer();
    try {
      const mark = await refusedPin(pin, random, clock.now());
      // In memory first: a disk that cannot be written must not cost the device its last try.
      marks.push(mark);
      wipe(held);
      held = null;
      await session.store.run('signers.refused', {
        id,
        pin: mark,
        audit: {
          action: 'signers.pinRefused',
          outcome: 'refused',
          summary: `${name} refused the PIN; it is not sent again`,
          subjects: subjects(),
        },
      });
    } finally {
      wipe(pin);
    }
  }

  async function askPerson(why: Why): Promise<TypedPin> {
    return prompts.pin(signer(), {
      text: question(why),
      tries: why.tries,
      check: faultOf,
    });
  }

  return {
    async hand(why, alone) {
      // Typed a moment ago for the same login.
      if (why.reason === 'login' && sent !== null) return Uint8Array.from(sent.pin);
      const known = await unasked();
      if (known !== null) return note({ pin: known, keep: 'no' });
      if (alone)
        throw new DeviceError(
          'pin-needed',
          'PIN_NEEDED',
          `${signer().name} waits for its PIN. Log in to it.`,
        );
      // A login is one question however many wait for it; a signature is agreed to one by one.
      if (why.reason === 'signature') return note(await askPerson(why));
      asking ??= askPerson(why).finally(() => {
        asking = null;
      });
      return note(await asking);
    },
    async accepted() {
      const typed = sent;
      sent = null;
      if (typed === null) return;
      if (typed.keep === 'vault') await keep(typed.pin);
      else if (typed.keep === 'until-lock') {
        wipe(held);
        held = typed.pin;
      } else wipe(typed.pin);
      deps.kept();
    },
    async refused() {
      const typed = sent;
      sent = null;
      if (typed !== null) await markRefused(typed.pin);
    },
    async guard(pin) {
      const fault = await faultOf(pin);
      wipe(pin);
      if (fault !== null)
        throw new AppError('INVALID_INPUT', fault, { fields: [{ path: 'oldPin', message: fault }] });
    },
    markRefused,
    keep,
    unasked,
    ask: askPerson,
    hold(pin) {
      wipe(held);
      held = pin;
      deps.kept();
    },
    handed: () => sent !== null,
    async forgetRefusals() {
      const { id, name } = signer();
      await session.store.run('signers.forgetRefused', {
        id,
        audit: {
          action: 'signers.forgetRefusal',
          outcome: 'done',
          summary: `PINs that ${name} refused may be sent to it again`,
          subjects: subjects(),
        },
      });
      marks = [];
    },
    refusals: () => marks,
    abandon() {
      wipe(sent?.pin);
      sent = null;
    },
    forget() {
      wipe(held, sent?.pin);
      held = null;
      sent = null;
    },
    held: () => held !== null,
    stored: () => sealed !== null,
    holds: (other) =>
      sealed === null || other === null ? sealed === other : Buffer.from(sealed).equals(other),
  };
}
