/**
 * A bridge for tests: answers by channel from a table, records what was asked, sends events on demand.
 * It is not part of the application; only test files import it.
 */
import type { AppEvent, Bridge } from '#shared/bridge.ts';
import type { ReplyError } from '#shared/errors.ts';

/** Throw this from an answer to refuse the call. */
export class Refusal extends Error {
  readonly reply: ReplyError;

  constructor(reply: ReplyError) {
    super(reply.message);
    this.reply = reply;
  }
}

export interface FakeBridge extends Bridge {
  calls: { channel: string; payload: unknown }[];
  emit(event: unknown): void;
  callsOf(channel: string): unknown[];
}

type Answers = Record<string, (payload: never) => unknown>;

/** Puts a bridge on the window. An answer may be a promise; an unknown channel is refused. */
export function installBridge(answers: Answers): FakeBridge {
  const listeners = new Set<(event: AppEvent) => void>();
  const bridge: FakeBridge = {
    calls: [],
    async invoke(channel, payload) {
      bridge.calls.push({ channel, payload });
      const answer = answers[channel];
      if (!answer) {
        return {
          ok: false,
          error: { code: 'UNKNOWN_CHANNEL', message: `No channel ${channel}.`, ref: 'r0' },
        };
      }
      try {
        return { ok: true, value: await answer(payload as never) };
      } catch (thrown) {
        if (thrown instanceof Refusal) return { ok: false, error: thrown.reply };
        throw thrown;
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit(event) {
      for (const listener of listeners) listener(event as AppEvent);
    },
    callsOf: (channel) => bridge.calls.filter((one) => one.channel === channel).map((one) => one.payload),
  };
  window.bridge = bridge;
  return bridge;
}
