/** What a signer's PIN can be asked for, and what becomes of one that was sent. Types; pins.ts does it. */
import type { RefusedPin } from '../../store/signer-columns.ts';
import type { Person } from '../device.ts';
import type { TypedPin } from './prompts.ts';

export type Why = Parameters<Person['pin']>[0];

/** The code of a login whose end nobody knows: the device may have counted a try. */
export const UNANSWERED = 'PIN_UNANSWERED';

export interface ChosenPin extends TypedPin {
  /** The device took it for this before. */
  proven?: boolean;
}

/** A PIN on its way to the device. SECURITY: whoever sends it settles it once. */
export interface SentPin extends TypedPin {
  reason: Why['reason'];
  mark: RefusedPin;
}

export interface Pins {
  /**
   * What the device gets; it wipes it. Waits until no other is under way. `alone`: nobody is asked. Called within `attempt`; outside
   * of one it stays marked as not answered to. `known`: of one that the device of this caller took before, sent unless it bears a mark;
   * it is wiped. `asked`: called when a person is.
   */
  hand(
    why: Why,
    how: {
      alone: boolean;
      signal?: AbortSignal | undefined;
      known?: Uint8Array | null;
      asked?: () => void;
    },
  ): Promise<Uint8Array>;
  /**
   * Runs work with the device and settles the PINs that it was handed meanwhile, and no others: taken, refused, or not answered
   * to, which is DeviceError `pin-needed` with the code UNANSWERED. `handed`: whether it was handed any.
   */
  attempt<T>(work: () => Promise<T>): Promise<{ value: Awaited<T>; handed: boolean }>;
  /**
   * Waits until no PIN of this signer is under way; answers what ends the turn. Whoever looks one up, marks and sends it has the turn
   * until its answer is known; `hand` and `attempt` do so themselves. Rejects with DeviceError `cancelled`, or what it was ended with.
   */
  turn(signal?: AbortSignal): Promise<() => void>;
  /** Marks it as sent, durably; for a login unless it says otherwise. `typed.pin` belongs to the answer. Throws what it was ended with, and wipes it. */
  send(typed: TypedPin, reason?: Why['reason']): Promise<SentPin>;
  /** It did not go out: it may be sent. The PIN stays. */
  unmark(sent: SentPin): Promise<void>;
  /** Throws AppError INVALID_INPUT when the device refused this PIN before. The PIN is wiped. */
  guard(pin: Uint8Array): Promise<void>;
  /** The device refused what bears this mark. */
  refused(mark: RefusedPin): Promise<void>;
  /** The PIN of the device was changed from one to the other: whoever keeps it, here or for another signer on it, keeps the new one. */
  changed(oldPin: Uint8Array, newPin: Uint8Array): Promise<void>;
  /** What a person typed, for the next login. A copy is taken. */
  offer(pin: Uint8Array): void;
  /** The operator looked at it: every PIN may be tried again. */
  forgetRefusals(): Promise<void>;
  /** The marks of those that are not sent by themselves. */
  refusals(): readonly RefusedPin[];
  /** What a person typed for a login that did not come to the PIN: nobody goes on with it. */
  abandon(): void;
  /** Memory only: log out. */
  forget(): void;
  /** For ever: who waits for a PIN or asks for one gets `why`. */
  end(why: Error): void;
  /** The one in memory, which belongs to the answer; null: there is none. It is not held here any more. */
  takeHeld(): Uint8Array | null;
  held(): boolean;
  stored(): boolean;
  /** Whether these sealed bytes are the ones it takes the PIN from. */
  holds(sealed: Uint8Array | null): boolean;
}
