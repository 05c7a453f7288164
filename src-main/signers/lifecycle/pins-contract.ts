/** What a signer's PIN can be asked for, and what becomes of one that was sent. Types and the rule of what counts as sent; pins.ts does it. */
import type { RefusedPin } from '../../store/signer-columns.ts';
import { DeviceError, type Person } from '../device.ts';
import type { TypedPin } from './prompts.ts';

export type Why = Parameters<Person['pin']>[0];

/** The code of a login whose end nobody knows: the device may have counted a try. */
export const UNANSWERED = 'PIN_UNANSWERED';

/** Failures of a KMIP server after the password went out; what fails before leaves it unsent. */
const AFTER_PASSWORD = new Set([
  'READ_TIMEOUT',
  'WRITE_TIMEOUT',
  'CONNECTION_CLOSED',
  'General Failure',
  'No Reason',
  'Internal Server Error',
  'INTERNAL',
]);

/** A KMIP server that was not reached never saw the password; a token that failed after it got a PIN may have counted it. */
export function neverSent(kind: string, error: unknown): boolean {
  return kind === 'kmip' && !AFTER_PASSWORD.has(error instanceof DeviceError ? error.code : 'INTERNAL');
}

/** A PIN on its way to the device. SECURITY: whoever sends it settles it once. */
export interface SentPin extends TypedPin {
  mark: RefusedPin;
}

export interface Pins {
  /**
   * What the device gets; it wipes it. `alone`: nobody is asked. Called within `attempt`; outside of one it stays marked as not
   * answered to.
   */
  hand(why: Why, how: { alone: boolean; signal?: AbortSignal | undefined }): Promise<Uint8Array>;
  /**
   * Runs work with the device and settles the PINs that it was handed meanwhile, and no others: taken, refused, or not answered
   * to, which is DeviceError `pin-needed` with the code UNANSWERED. `handed`: whether it was handed any.
   */
  attempt<T>(work: () => Promise<T>): Promise<{ value: Awaited<T>; handed: boolean }>;
  /** Marks it as sent, durably. `typed.pin` belongs to the answer. */
  send(typed: TypedPin): Promise<SentPin>;
  /** The device took it: it is kept as the operator said. */
  taken(sent: SentPin): Promise<void>;
  /** It did not go out: it may be sent. The PIN stays. */
  unmark(sent: SentPin): Promise<void>;
  /** What may be sent without a person, a copy that the caller wipes; null: nothing. */
  unasked(): Promise<Uint8Array | null>;
  /** Asks a person; a PIN that was refused before is not taken. The caller wipes it. */
  ask(why: Why, signal?: AbortSignal): Promise<TypedPin>;
  /** Keeps it in memory until the lock. */
  hold(pin: Uint8Array): void;
  /** Throws AppError INVALID_INPUT when the device refused this PIN before. The PIN is wiped. */
  guard(pin: Uint8Array): Promise<void>;
  /** The device refused this PIN, which another than this part sent. It is wiped. */
  markRefused(pin: Uint8Array): Promise<void>;
  /** The device refused what bears this mark. */
  refused(mark: RefusedPin): Promise<void>;
  /** Puts it into the vault. */
  keep(pin: Uint8Array): Promise<void>;
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
  held(): boolean;
  stored(): boolean;
  /** Whether these sealed bytes are the ones it takes the PIN from. */
  holds(sealed: Uint8Array | null): boolean;
}
