/**
 * Main's side of a child with a PKCS#11 library: requests by number, how long an answer may take, and what becomes of them when
 * the child crashes, hangs or is ended. It knows no tokens; pkcs11-device.ts does.
 */
import { wipe } from '../../lib/bytes.ts';
import type { Clock, SignerHost, SignerHosts } from '../../ports.ts';
import type { DeviceError } from '../device.ts';
import { faultOf } from './faults.ts';
import {
  type HostAnswer,
  hostAnswers,
  type HostOp,
  hostReplies,
  type HostReply,
  type HostRequest,
} from './protocol.ts';
import { ENOUGH, type Numbered, packRequests } from './sign-runs.ts';
import { createWatch, type Watched } from './watch.ts';

/** A refusal by the library, before the device has put it into its own words. */
export class HostRefusal extends Error {
  readonly code: string;
  /** The token's flags at that moment; null when it did not say. */
  readonly flags: number | null;
  constructor(code: string, text: string, flags: number | null) {
    super(text);
    this.code = code;
    this.flags = flags;
  }
}

/**
 * How long an answer may take, from when the child begins with it: ms, then the child is killed; null: a person is waited for.
 * A function: without a limit too, and it is called once when the answer has not come for a while (QUIET_MS), so that a person
 * is told. `leave` gives this request up as cancelled, and nothing else; what it answers is called when there is nothing to tell
 * any more.
 */
export type Patience = number | null | ((leave: () => void) => () => void);

export interface HostClient {
  /**
   * Rejects with HostRefusal when the library says no; with DeviceError `unreachable` when the child crashed
   * (SIGNER_HOST_CRASHED), hung (SIGNER_HOST_TIMEOUT: it is killed) or was ended.
   * SECURITY: the PIN in a request is wiped once it was sent.
   */
  ask<O extends HostOp>(request: Extract<HostRequest, { op: O }>, patience: Patience): Promise<HostAnswer<O>>;
  /** Ends the child; whatever still waits is rejected with `error`. */
  end(error: DeviceError): void;
  /** Why it is no more; null while it lives. */
  ended(): DeviceError | null;
}

interface Waiting extends Watched {
  op: HostOp;
  resolve(value: unknown): void;
  reject(error: Error): void;
  /** Whoever was told that it takes long. */
  untell(): void;
}

/** What the child does at once, one after the other: with the answer to one, the time of the next begins. */
const IN_TURN = (op: HostOp): boolean => op !== 'sign' && op !== 'generate';
const nothing = (): void => undefined;
const seconds = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`);

/** Starts a child. `environment` was checked before (environment.ts). */
export function startHostClient(deps: {
  hosts: SignerHosts;
  clock: Clock;
  environment: Readonly<Record<string, string>>;
}): HostClient {
  const host: SignerHost = deps.hosts.start({ environment: deps.environment });
  const waiting = new Map<number, Waiting>();
  let next = 0;
  let over: DeviceError | null = null;
  let batch: Numbered[] = [];
  const watch = createWatch<Waiting>(
    deps.clock,
    () => waiting.values(),
    ({ op, limit }) => end(faultOf('SIGNER_HOST_TIMEOUT', `${op}: no answer within ${seconds(limit ?? 0)}`)),
  );

  function finish(error: DeviceError): void {
    if (over !== null) return;
    over = error;
    watch.stop();
    for (const { request } of batch) wipePins(request);
    batch = [];
    for (const id of [...waiting.keys()]) settle(id)?.reject(error);
  }
  function end(error: DeviceError): void {
    finish(error);
    host.kill();
  }
  /** It waits no more. undefined: nobody waits for that one any more, because it was given up. */
  function settle(id: number): Waiting | undefined {
    const one = waiting.get(id);
    if (one === undefined) return undefined;
    waiting.delete(id);
    one.untell();
    return one;
  }
  /** What came behind it in the child begins only now. */
  function begins(after: number): void {
    for (const [id, one] of waiting) if (id > after && one.since !== null) watch.began(one);
  }
  /** Of the child, which makes no sense. */
  function nonsense(one: Waiting | null, why: string): void {
    one?.reject(faultOf('SIGNER_HOST_ANSWER', why.slice(0, 900)));
    end(faultOf('SIGNER_HOST_ANSWER', why.slice(0, 900)));
  }

  function take(reply: HostReply): void {
    if ('signatures' in reply) {
      const { id, size, signatures } = reply;
      if (signatures.length % size !== 0) return nonsense(null, 'signatures that are no whole number');
      for (let at = 0; at * size < signatures.length; at += 1) {
        const one = settle(id + at);
        if (one !== undefined && one.op !== 'sign') return nonsense(one, `signatures instead of ${one.op}`);
        one?.resolve(signatures.subarray(at * size, (at + 1) * size));
      }
      return;
    }
    if ('begun' in reply) {
      const one = waiting.get(reply.id);
      if (one !== undefined && reply.begun) watch.began(one);
      else if (one !== undefined) one.since = null;
      return;
    }
    const one = settle(reply.id);
    if (one === undefined) return;
    if (IN_TURN(one.op)) begins(reply.id);
    if ('failure' in reply) {
      one.reject(new HostRefusal(reply.failure.code, reply.failure.text, reply.tries));
      return;
    }
    const value = hostAnswers[one.op].safeParse(reply.value);
    if (value.success) one.resolve(value.data);
    else nonsense(one, value.error.message);
  }
  host.onMessage((message) => {
    const replies = hostReplies.safeParse(message);
    if (replies.success) for (const reply of replies.data) take(reply);
    else nonsense(null, replies.error.message);
  });
  host.onExit(({ code, signal }) => {
    const busy = [...new Set([...waiting.values()].map(({ op }) => op))].join(', ');
    const how = signal === null ? `exit code ${code ?? 'unknown'}` : signal;
    finish(faultOf('SIGNER_HOST_CRASHED', `${how}${busy === '' ? '' : ` during: ${busy}`}`));
  });

  function flush(): void {
    const now = batch;
    batch = [];
    if (now.length === 0) return;
    host.send(packRequests(now));
    for (const one of now) wipePins(one.request);
  }
  /** Those that come together go together, and a child that has enough to do gets no small messages. */
  function send(id: number, request: HostRequest): void {
    batch.push({ id, request });
    if (batch.length >= ENOUGH) flush();
    else if (batch.length === 1)
      setImmediate(() => {
        if (waiting.size - batch.length < ENOUGH) flush();
        else if (batch.length > 0) deps.clock.after(1, flush);
      });
  }

  return {
    ask(request, patience) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      if (over !== null) {
        wipePins(request);
        reject(over);
      } else {
        next += 1;
        const id = next;
        const one: Waiting = {
          op: request.op,
          resolve,
          reject,
          since: null,
          limit: typeof patience === 'number' ? patience : null,
          quiet:
            typeof patience === 'function'
              ? () => void (one.untell = patience(() => settle(id)?.reject(faultOf('CANCELLED'))))
              : null,
          untell: nothing,
        };
        waiting.set(id, one);
        watch.began(one);
        send(id, request);
      }
      // The answer was checked against the schema of this very operation.
      return promise as Promise<HostAnswer<typeof request.op>>;
    },
    end,
    ended: () => over,
  };
}

function wipePins(request: HostRequest): void {
  if (request.op === 'login') wipe(request.pin);
  else if (request.op === 'sign') wipe(request.login?.pin);
  else if (request.op === 'initToken') wipe(request.soPin, request.pin);
  else if (request.op === 'setPin') wipe(request.oldPin, request.newPin);
}
