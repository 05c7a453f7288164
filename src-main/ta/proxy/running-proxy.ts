/**
 * The proxy while its workspace is open: every change of it, one after the other, whoever asks (operator, child, response).
 * What a change means is decided in the files beside this one.
 */
import type { AuditEntry } from '../../audit/audit-record.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Payload } from '../../rpki/provisioning-message.ts';
import type { Store } from '../../store/store-contract.ts';
import type { TaDeps } from '../ta.ts';
import { requireChild, withChild } from './change-children.ts';
import { answerGuarded, type Carried, type Heard, heardToo } from './guard-child.ts';
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
  /** What a child asked while the workspace was locked. Throws as `ask`. */
  asked(handle: string, query: Payload, message: Carried | null): Promise<Payload>;
  /** Opened at `at`: a message signed before may be one that was heard and forgotten, when the last end was sudden. */
  opened(at: Date): void;
  /** What was heard of children elsewhere, or (null) only here, is kept with the state. */
  keepHeard(heard: ReadonlyMap<string, Heard> | null): Promise<void>;
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

/** Whether more was heard of it than is stored. */
function isNews({ lastContactAt, lastSignedAt, lastDigests }: Heard, stored: Heard | undefined): boolean {
  return (
    lastContactAt !== stored?.lastContactAt ||
    lastSignedAt !== stored.lastSignedAt ||
    lastDigests.length !== stored.lastDigests.length
  );
}

export function createRunningProxy(deps: TaDeps): RunningProxy {
  const { session, changed, clock } = deps;
  let last: Promise<unknown> = Promise.resolve();
  /** As it was read last: a large trust anchor is not read anew for every message of a child. */
  let read: { store: Store; held: HeldProxy } | null = null;
  /** Children as they asked last, when nothing but that changed: kept with the next change. */
  const contacts = new Map<string, ProxyChild>();
  let openedAt = 0;

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

  function queued<T>(task: (held: HeldProxy | null) => Promise<T>): Promise<T> {
    const next = last.then(async () => task(await current()));
    // The next one waits for the end of this one, not for its success.
    last = next.catch(() => undefined);
    return next;
  }
  const inTurn: RunningProxy['inTurn'] = (task) => queued((present) => task(requireProxy(present)));

  const answered = (handle: string, query: Payload, message: Carried | null): Promise<Payload> =>
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
    });

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
    ask(handle, query, message) {
      // Signing times are whole seconds.
      if (message !== null && message.signedAt.getTime() < Math.floor(openedAt / 1000) * 1000)
        throw new AppError(
          'CONFLICT',
          `A message of ${handle} was signed before this workspace was opened (${new Date(openedAt).toISOString()}): it may have been answered already; send a new one.`,
        );
      return answered(handle, query, message);
    },
    asked: answered,
    opened(at) {
      openedAt = at.getTime();
    },
    keepHeard: (heard) =>
      queued(async (now) => {
        if (now === null) return;
        const { version, state } = now;
        const children = new Map(
          [...state.children].map(([handle, child]) => {
            const other = heard?.get(handle);
            return [handle, other === undefined ? child : heardToo(child, other)] as const;
          }),
        );
        const stored = read?.held.state.children;
        const count = [...children].filter(([handle, child]) => isNews(child, stored?.get(handle))).length;
        if (count === 0) return;
        await session().store.run('ta.replace', {
          half: 'proxy',
          version,
          state: proxyText({ ...state, children }),
          audit: {
            action: 'ta.childQuery',
            outcome: 'done',
            summary: `Kept the last contact of ${count} ${count === 1 ? 'child' : 'children'}`,
            subjects: [],
          },
        });
      }),
  };
}
