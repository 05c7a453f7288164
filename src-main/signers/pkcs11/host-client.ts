/**
 * Main's side of a child with a PKCS#11 library: requests by number, a deadline for each, and what becomes of them when the
 * child crashes, hangs or is ended. It knows no tokens; pkcs11-device.ts does.
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

export interface HostClient {
  /**
   * `deadlineMs` null: a person is waited for. Rejects with HostRefusal when the library says no; with DeviceError
   * `unreachable` when the child crashed (SIGNER_HOST_CRASHED), hung (SIGNER_HOST_TIMEOUT: it is killed) or was ended.
   * SECURITY: the PIN in a request is wiped once it was sent.
   */
  ask<O extends HostOp>(
    request: Extract<HostRequest, { op: O }>,
    deadlineMs: number | null,
  ): Promise<HostAnswer<O>>;
  /** Ends the child; whatever still waits is rejected with `error`. */
  end(error: DeviceError): void;
  /** Why it is no more; null while it lives. */
  ended(): DeviceError | null;
}

interface Waiting {
  op: HostOp;
  resolve(value: unknown): void;
  reject(error: Error): void;
  stop(): void;
}

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
  let batch: { id: number; request: HostRequest }[] = [];

  function finish(error: DeviceError): void {
    if (over !== null) return;
    over = error;
    for (const { request } of batch) wipePins(request);
    batch = [];
    const all = [...waiting.values()];
    waiting.clear();
    for (const one of all) {
      one.stop();
      one.reject(error);
    }
  }
  function end(error: DeviceError): void {
    finish(error);
    host.kill();
  }

  function take(reply: HostReply): void {
    const one = waiting.get(reply.id);
    // An answer that nobody waits for any more came after its deadline.
    if (one === undefined) return;
    waiting.delete(reply.id);
    one.stop();
    if ('failure' in reply) {
      one.reject(new HostRefusal(reply.failure.code, reply.failure.text, reply.tries));
      return;
    }
    const value = hostAnswers[one.op].safeParse(reply.value);
    if (value.success) one.resolve(value.data);
    else {
      one.reject(faultOf('SIGNER_HOST_ANSWER', value.error.message.slice(0, 900)));
      end(faultOf('SIGNER_HOST_ANSWER'));
    }
  }
  host.onMessage((message) => {
    const replies = hostReplies.safeParse(message);
    if (replies.success) for (const reply of replies.data) take(reply);
    else end(faultOf('SIGNER_HOST_ANSWER', replies.error.message.slice(0, 900)));
  });
  host.onExit(({ code, signal }) => {
    const busy = [...new Set([...waiting.values()].map(({ op }) => op))].join(', ');
    const how = signal === null ? `exit code ${code ?? 'unknown'}` : signal;
    finish(faultOf('SIGNER_HOST_CRASHED', `${how}${busy === '' ? '' : ` during: ${busy}`}`));
  });

  function send(id: number, request: HostRequest): void {
    if (batch.length === 0)
      setImmediate(() => {
        const now = batch;
        batch = [];
        if (now.length === 0) return;
        host.send(now);
        for (const one of now) wipePins(one.request);
      });
    batch.push({ id, request });
  }

  return {
    ask(request, deadlineMs) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      if (over !== null) {
        wipePins(request);
        reject(over);
      } else {
        next += 1;
        const stop =
          deadlineMs === null
            ? () => undefined
            : deps.clock.after(deadlineMs, () =>
                end(faultOf('SIGNER_HOST_TIMEOUT', `${request.op}: no answer within ${seconds(deadlineMs)}`)),
              );
        waiting.set(next, { op: request.op, resolve, reject, stop });
        send(next, request);
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
