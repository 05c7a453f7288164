/**
 * The proxy while its workspace is open: every change of it, one after the other, whoever asks (operator, child, response).
 * What a change means is decided in the files beside this one.
 */
import type { AuditEntry } from '../../audit/audit-record.ts';
import type { Payload } from '../../rpki/provisioning-message.ts';
import type { Store } from '../../store/store-contract.ts';
import type { TaDeps } from '../ta.ts';
import { requireChild, withChild } from './change-children.ts';
import { answerGuarded, type Carried } from './guard-child.ts';
import { type HeldProxy, heldProxy, requireProxy } from './held-proxy.ts';
import type { ProxyChild, ProxyState } from './proxy-state.ts';
import { proxyText } from './proxy-text.ts';

/** As much of a proxy as answering a child takes. */
export interface AnsweringProxy {
  required(): Promise<Pick<HeldProxy, 'state' | 'signing'>>;
  /**
   * Answers a child. `message`: what the query came in; null for a CA of this workspace. Throws AppError NOT_FOUND for a
   * stranger, CONFLICT for a message that was sent before or is earlier than its last one.
   */
  ask(handle: string, query: Payload, message: Carried | null): Promise<Payload>;
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
  /** As it was read last: a large trust anchor is not read anew for every message of a child. */
  let read: { store: Store; held: HeldProxy } | null = null;
  /** Children as they asked last, when nothing but that changed: kept with the next change. */
  const contacts = new Map<string, ProxyChild>();

  async function current(): Promise<HeldProxy | null> {
    const { store } = session();
    const version = await store.run('ta.version', { half: 'proxy' });
    if (read === null || read.store !== store || read.held.version !== version) {
      const fresh = version === null ? null : await heldProxy(session(), deps);
      read = fresh === null ? null : { store, held: fresh };
      contacts.clear();
    }
    if (read === null || contacts.size === 0) return read?.held ?? null;
    const { state } = read.held;
    return { ...read.held, state: { ...state, children: new Map([...state.children, ...contacts]) } };
  }

  /** As it is when everything that was asked before is done. */
  async function held(): Promise<HeldProxy | null> {
    await last;
    return current();
  }
  const required = async (): Promise<HeldProxy> => requireProxy(await held());

  function inTurn<T>(task: (held: HeldProxy) => Promise<T>): Promise<T> {
    const next = last.then(async () => task(requireProxy(await current())));
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
    ask: (handle, query, message) =>
      inTurn(async ({ version, state }) => {
        const child = requireChild(state, handle);
        const { child: after, reply } = answerGuarded(state, child, query, message, clock.now());
        const entry = entryOf(child, after, reply);
        if (entry === null) contacts.set(handle, after);
        else
          await session().store.run('ta.replace', {
            half: 'proxy',
            version,
            state: proxyText(withChild(state, after)),
            audit: { outcome: 'done', ...entry },
          });
        changed('ta', []);
        return reply;
      }),
  };
}
