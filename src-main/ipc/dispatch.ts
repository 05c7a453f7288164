/**
 * The one choke point between renderer and main: origin, frame, channel, state, schema in, handler, schema out,
 * secret check. No channel is defined here and nothing is thrown across.
 */
import { APP_ORIGIN } from '#shared/bridge.ts';
import { type ChannelName, contract, type Parsed } from '#shared/contract/index.ts';
import type { FieldError, Reply, ReplyError } from '#shared/errors.ts';
import type * as z from 'zod';
import { AppError } from '../lib/app-error.ts';
import type { Around } from '../lib/device-use.ts';
import type { Handlers } from '../lib/domain.ts';
import { sentence } from '../lib/sentence.ts';
import type { Log } from '../lib/log.ts';
import { holdsPrivateKey } from './secret-check.ts';

export type { Handlers } from '../lib/domain.ts';

/** Who calls: both shells fill it from what the browser says, never from the payload. */
export interface Caller {
  origin: string;
  mainFrame: boolean;
}

export type Dispatch = (channel: string, payload: unknown, caller: Caller) => Promise<Reply<unknown>>;

export interface DispatchDeps {
  handlers: Handlers;
  state(): 'none' | 'locked' | 'unlocked';
  log: Log;
  /** Around each call (lib/device-use.ts). */
  around: Around;
  /** Called for each refused call, with what was asked, so that a state-changing one leaves its audit entry. */
  refused(channel: ChannelName, error: AppError, payload: unknown): Promise<void>;
}

function isChannel(name: string): name is ChannelName {
  return Object.hasOwn(contract, name);
}

function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.slice(0, 50).map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}

function checkState(channel: ChannelName, state: 'none' | 'locked' | 'unlocked'): void {
  const { needs } = contract[channel];
  if (needs === 'nothing') return;
  if (state === 'none') throw new AppError('NO_WORKSPACE', 'No workspace is open. Open or create one first.');
  if (needs === 'unlocked' && state === 'locked')
    throw new AppError('LOCKED', 'The workspace is locked. Unlock it first.');
}

/** SECURITY: a key that was put into a field would be kept where names are, and then no answer with it could leave. Files come as blobs; text to be looked at is not kept. */
function refuseKeyIn(channel: ChannelName, given: object): void {
  if (channel === 'blob.put' || channel === 'inspect.text') return;
  const holding = Object.entries(given).filter(([, value]) => holdsPrivateKey(value));
  if (holding.length === 0) return;
  const message =
    'A private key stands in this text. Take it out; a key comes in as a file, and one that others saw is replaced.';
  throw new AppError('BAD_REQUEST', message, { fields: holding.map(([path]) => ({ path, message })) });
}

async function answer<C extends ChannelName>(
  deps: DispatchDeps,
  channel: C,
  payload: unknown,
): Promise<unknown> {
  checkState(channel, deps.state());
  const parsed = contract[channel].in.safeParse(payload);
  if (!parsed.success) {
    const fields = fieldErrors(parsed.error);
    const first = fields[0];
    throw new AppError(
      'BAD_REQUEST',
      first === undefined ? 'The request is not understood.' : sentence(first.message),
      { fields },
    );
  }
  refuseKeyIn(channel, parsed.data);
  const value = await deps.around(async () => deps.handlers[channel](parsed.data as Parsed<C>));
  const checked = contract[channel].out.safeParse(value);
  // SECURITY: an answer with anything the contract does not name never leaves main.
  if (!checked.success)
    throw new Error(
      `answer of ${channel} breaks its contract: ${JSON.stringify(fieldErrors(checked.error))}`,
    );
  if (holdsPrivateKey(checked.data)) throw new Error(`answer of ${channel} holds a private key`);
  return checked.data;
}

/** SECURITY: sentence and details of a refusal carry text of strangers, and go into the audit too. One with a key in it is a bug. */
function withoutKey(channel: string, error: unknown): unknown {
  return error instanceof AppError && holdsPrivateKey([error.message, error.details])
    ? new Error(`refusal ${error.code} of ${channel} holds a private key`)
    : error;
}

/** Builds the choke point. The returned function never rejects. */
export function createDispatch(deps: DispatchDeps): Dispatch {
  /** A change that was refused or failed is on record; a record that fails is in the log. */
  async function record(channel: string, error: AppError, payload: unknown): Promise<void> {
    if (isChannel(channel))
      await deps
        .refused(channel, error, payload)
        .catch((second: unknown) => deps.log.failure('audit of a refusal', second));
  }

  async function failure(channel: string, thrown: unknown, payload: unknown): Promise<ReplyError> {
    const error = withoutKey(channel, thrown);
    if (!(error instanceof AppError)) {
      const ref = deps.log.failure(`channel ${channel} failed`, error);
      const message = `Something went wrong inside Baleen; the log has it under ${ref}.`;
      await record(channel, new AppError('INTERNAL', message), payload);
      return { code: 'INTERNAL', message, ref };
    }
    const ref = error.cause === undefined ? '' : deps.log.failure(`channel ${channel} refused`, error.cause);
    await record(channel, error, payload);
    return {
      code: error.code,
      message: error.message,
      ref,
      ...(error.details === undefined ? {} : { details: error.details }),
    };
  }

  return async (channel, payload, caller) => {
    try {
      if (caller.origin !== APP_ORIGIN || !caller.mainFrame)
        throw new AppError('FORBIDDEN', 'This page may not ask Baleen anything.');
      if (!isChannel(channel)) throw new AppError('UNKNOWN_CHANNEL', 'Baleen does not know this request.');
      return { ok: true, value: await answer(deps, channel, payload) };
    } catch (error) {
      return { ok: false, error: await failure(channel, error, payload) };
    }
  };
}
