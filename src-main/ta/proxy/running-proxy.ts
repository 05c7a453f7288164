/**
 * The proxy while its workspace is open: every change of it, one after the other, whoever asks (operator, child, response).
 * What a change means is decided in the files beside this one.
 */
import { AppError } from '../../lib/app-error.ts';
import type { AuditEntry } from '../../audit/audit-record.ts';
import type { Payload } from '../../rpki/provisioning-message.ts';
import type { TaDeps } from '../ta.ts';
import { answerChild } from './answer-child.ts';
import { requireChild, withChild } from './change-children.ts';
import { type HeldProxy, heldProxy, requireProxy } from './held-proxy.ts';
import type { ProxyChild, ProxyState } from './proxy-state.ts';
import { proxyText } from './proxy-text.ts';

/** As much of a proxy as answering a child takes. */
export interface AnsweringProxy {
  required(): Promise<Pick<HeldProxy, 'state' | 'signing'>>;
  /**
   * Answers a child. `signedAt`: of its message; null for a CA of this workspace. Throws AppError NOT_FOUND for a stranger,
   * CONFLICT for a message that is earlier than its last one.
   */
  ask(handle: string, query: Payload, signedAt: Date | null): Promise<Payload>;
}

export interface RunningProxy extends AnsweringProxy {
  /** null when there is none. */
  held(): Promise<HeldProxy | null>;
  /** Throws AppError NOT_ALLOWED_NOW when there is none. */
  required(): Promise<HeldProxy>;
  /** Replaces the state by what `next` makes of it, recorded with `audit`. Answers the new state. */
  change(
    next: (held: HeldProxy) => ProxyState | Promise<ProxyState>,
    audit: (state: ProxyState, before: ProxyState) => Omit<AuditEntry, 'outcome'>,
  ): Promise<ProxyState>;
  /** Runs `task` while nothing else changes the proxy. */
  inTurn<T>(task: (held: HeldProxy) => Promise<T>): Promise<T>;
}

const SAYS: Partial<Record<Payload['type'], string>> = {
  issue_response: 'received its certificate',
  revoke_response: 'was told that its key is revoked',
};

/** What changed for the child, for the record; null: nothing worth one. */
function entryOf(before: ProxyChild, after: ProxyChild, reply: Payload): Omit<AuditEntry, 'outcome'> | null {
  if (before.openRequests === after.openRequests && before.openResponses === after.openResponses) return null;
  const key = [...after.openRequests.keys()].find((one) => !before.openRequests.has(one)) ?? '';
  const what = SAYS[reply.type] ?? (key === '' ? 'asked for something else' : `asked for key ${key}`);
  return {
    action: 'ta.childQuery',
    summary: `${after.handle} ${what}`,
    subjects: [{ type: 'child', id: after.handle, sha256: null }],
  };
}

export function createRunningProxy(deps: TaDeps): RunningProxy {
  const { session, changed, clock } = deps;
  let last: Promise<unknown> = Promise.resolve();

  /** As it is when everything that was asked before is done. */
  async function held(): Promise<HeldProxy | null> {
    await last;
    return heldProxy(session(), deps);
  }
  const required = async (): Promise<HeldProxy> => requireProxy(await held());

  function inTurn<T>(task: (held: HeldProxy) => Promise<T>): Promise<T> {
    const next = last.then(async () => task(requireProxy(await heldProxy(session(), deps))));
    // The next one waits for the end of this one, not for its success.
    last = next.catch(() => undefined);
    return next;
  }

  return {
    held,
    required,
    inTurn,
    change: (next, audit) =>
      inTurn(async (now) => {
        const state = await next(now);
        await session().store.run('ta.replace', {
          half: 'proxy',
          version: now.version,
          state: proxyText(state),
          audit: { outcome: 'done', ...audit(state, now.state) },
        });
        changed('ta', []);
        return state;
      }),
    ask: (handle, query, signedAt) =>
      inTurn(async ({ version, state }) => {
        const child = requireChild(state, handle);
        const at = clock.now();
        if (
          signedAt !== null &&
          child.lastSignedAt !== null &&
          signedAt.getTime() < Date.parse(child.lastSignedAt)
        )
          throw new AppError(
            'CONFLICT',
            `A message of ${handle} is earlier than its last one (${child.lastSignedAt}): it was sent before, or the child's clock went back.`,
          );
        const { child: answered, reply } = answerChild(state, child, query, at);
        const after = {
          ...answered,
          lastContactAt: at.toISOString(),
          lastSignedAt: signedAt?.toISOString() ?? answered.lastSignedAt,
        };
        const entry = entryOf(child, after, reply);
        const row = { half: 'proxy' as const, version, state: proxyText(withChild(state, after)) };
        const { store } = session();
        if (entry === null) await store.run('ta.contact', row);
        else await store.run('ta.replace', { ...row, audit: { outcome: 'done', ...entry } });
        changed('ta', []);
        return reply;
      }),
  };
}
