/** What devices ask of the person at the screen: shown in the whole window, answered once. It sends nothing to a device. */
import { shownText } from '#shared/hidden-characters.ts';
import type { SignerPrompt } from '#shared/contract/signers.ts';
import { AppError } from '../../lib/app-error.ts';
import { wipe } from '../../lib/bytes.ts';
import { newId } from '../../lib/ids.ts';
import type { Clock, Random } from '../../ports.ts';
import { DeviceError, type PinAsked } from '../device.ts';

export type KeepPin = 'no' | 'until-lock' | 'vault';

/** SECURITY: whoever gets it wipes it. */
export interface TypedPin {
  pin: Uint8Array;
  keep: KeepPin;
}

interface Asker {
  id: string;
  name: string;
}

export interface Prompts {
  list(): SignerPrompt[];
  /**
   * Waits without a deadline for a person. `check` says why a typed PIN may not be sent, and the question stays.
   * Rejects with DeviceError `cancelled`.
   */
  pin(
    asker: Asker,
    question: {
      text: string;
      why: PinAsked;
      check(pin: Uint8Array): Promise<string | null>;
      /** Of what the PIN is for: with it the question ends. */
      signal?: AbortSignal | undefined;
    },
  ): Promise<TypedPin>;
  /** Shows what a device waits for until the answered function is called. */
  waits(asker: Asker, text: string, cancel: () => void): () => void;
  /** Throws AppError NOT_FOUND, INVALID_INPUT when it may not be sent. */
  answer(id: string, typed: TypedPin): Promise<void>;
  cancel(id: string): void;
  /** Those of one signer, or all: they end as cancelled. */
  clear(signer?: string): void;
  /** For ever: what is open ends as cancelled, and what would be asked from now on is refused at once with `why`. */
  end(why: Error): void;
}

interface Open {
  shown: SignerPrompt;
  check(pin: Uint8Array): Promise<string | null>;
  resolve(typed: TypedPin): void;
  cancel(): void;
}

export function createPrompts(deps: { clock: Clock; random: Random; changed(): void }): Prompts {
  const open = new Map<string, Open>();
  let over: Error | null = null;

  function find(id: string): Open {
    const found = open.get(id);
    if (found === undefined)
      throw new AppError('NOT_FOUND', 'This question is over. Look at the signer, and begin again there.');
    return found;
  }

  function show(shown: Omit<SignerPrompt, 'id' | 'since'>, rest: Omit<Open, 'shown'>): string {
    const id = newId('prompt', deps.random);
    const since = deps.clock.now().toISOString();
    // SECURITY: the device names itself, and a person types a PIN by that name.
    const token =
      shown.token === null
        ? null
        : { label: shownText(shown.token.label), serial: shownText(shown.token.serial) };
    open.set(id, { shown: { ...shown, text: shownText(shown.text), token, id, since }, ...rest });
    deps.changed();
    return id;
  }

  function close(id: string): void {
    if (open.delete(id)) deps.changed();
  }

  function cancel(id: string): void {
    const found = find(id);
    close(id);
    found.cancel();
  }

  function clear(signer?: string): void {
    for (const [id, { shown }] of open) if (signer === undefined || shown.signer === signer) cancel(id);
  }

  return {
    list: () => [...open.values()].map(({ shown }) => shown),
    pin({ id, name }, { text, why: { reason, tries, token = null, server = null }, check, signal }) {
      const none = (): DeviceError =>
        new DeviceError('cancelled', 'PIN_NOT_GIVEN', `No PIN was given to ${name}: nothing was done.`);
      if (over !== null) return Promise.reject(over);
      if (signal?.aborted === true) return Promise.reject(none());
      const { promise, resolve, reject } = Promise.withResolvers<TypedPin>();
      const shown = show(
        {
          ...{ signer: id, signerName: name, kind: 'pin', text, tries, token, server },
          forSignature: reason === 'signature',
        },
        { check, resolve, cancel: () => reject(none()) },
      );
      const leave = (): void => {
        close(shown);
        reject(none());
      };
      signal?.addEventListener('abort', leave, { once: true });
      return promise.finally(() => signal?.removeEventListener('abort', leave));
    },
    waits({ id, name }, text, whenCancelled) {
      if (over !== null) {
        queueMicrotask(whenCancelled);
        return () => undefined;
      }
      const shown = show(
        {
          ...{ signer: id, signerName: name, kind: 'waits', text, tries: null, token: null, server: null },
          forSignature: false,
        },
        { check: () => Promise.resolve(null), resolve: () => undefined, cancel: whenCancelled },
      );
      return () => close(shown);
    },
    async answer(id, typed) {
      const found = find(id);
      if (found.shown.kind === 'waits')
        throw new AppError('NOT_ALLOWED_NOW', 'The device waits for something that is done on it, not here.');
      if (found.shown.forSignature && typed.keep === 'vault') {
        wipe(typed.pin);
        throw new AppError(
          'INVALID_INPUT',
          'A PIN for signatures is not kept in the workspace. Keep it until the lock, or use it once.',
        );
      }
      const wrong = await found.check(typed.pin);
      if (wrong !== null) {
        wipe(typed.pin);
        throw new AppError('INVALID_INPUT', wrong, { fields: [{ path: 'pin', message: wrong }] });
      }
      // It may have been answered or cancelled while it was looked at.
      if (!open.has(id)) wipe(typed.pin);
      find(id);
      close(id);
      found.resolve(typed);
    },
    cancel,
    clear,
    end(why) {
      over = why;
      clear();
    },
  };
}
