/**
 * The typed client over `window.bridge`: one function that asks main and throws what was refused.
 * It keeps nothing; query-store.ts does.
 */
import type { Answer, ChannelName, Payload } from '#shared/contract/index.ts';
import type { Bridge } from '#shared/bridge.ts';
import type { ErrorCode, ErrorDetails, Reply, ReplyError } from '#shared/errors.ts';
import { showToast, useView } from './state.ts';

declare global {
  interface Window {
    bridge: Bridge;
  }
}

/** What main refused, as an Error. `reply` is the envelope as it came; it holds no secret. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly channel: ChannelName;
  readonly reply: ReplyError;

  constructor(channel: ChannelName, reply: ReplyError) {
    super(reply.message);
    this.channel = channel;
    this.reply = reply;
  }

  get code(): ErrorCode {
    return this.reply.code;
  }

  get details(): ErrorDetails {
    return this.reply.details ?? {};
  }

  /** The sentence for one field of the payload ("name"), when main named it. */
  fieldError(path: string): string | null {
    return this.details.fields?.find((field) => field.path === path)?.message ?? null;
  }
}

const refusalListeners = new Set<(code: ErrorCode) => void>();

/** Hears every refusal's code: the session watches for LOCKED that came by itself. */
export function onRefusal(listener: (code: ErrorCode) => void): () => void {
  refusalListeners.add(listener);
  return () => refusalListeners.delete(listener);
}

/**
 * Asks main. Resolves with the channel's answer, which dispatch has already checked against its schema.
 * @throws CallError for every refusal, MAIN_GONE included.
 */
export async function call<C extends ChannelName>(channel: C, payload: Payload<C>): Promise<Answer<C>> {
  const reply = (await window.bridge.invoke(channel, payload)) as Reply<Answer<C>>;
  if (reply.ok) return reply.value;
  if (reply.error.code === 'MAIN_GONE') useView.setState({ mainGone: true });
  for (const listener of refusalListeners) listener(reply.error.code);
  throw new CallError(channel, reply.error);
}

/** Any thrown value as a CallError, so that one component can show it. A bug in the page is INTERNAL. */
export function asCallError(channel: ChannelName, thrown: unknown): CallError {
  if (thrown instanceof CallError) return thrown;
  const library = thrown instanceof Error ? thrown.message : String(thrown);
  return new CallError(channel, {
    code: 'INTERNAL',
    message: 'The window could not finish this step.',
    ref: '',
    details: { library },
  });
}

/** Says in passing that a step failed: for steps without a place of their own for an error. */
export function toastError(thrown: unknown): void {
  showToast(thrown instanceof Error ? thrown.message : String(thrown), { tone: 'bad' });
}
