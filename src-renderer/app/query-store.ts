/**
 * The one place that holds data of a workspace in the window: answers by channel and payload, while somebody
 * shows them. They are refreshed by id events and dropped on lock; nothing is written to disk.
 */
import { contract } from '#shared/contract/index.ts';
import type { Answer, ChannelName, Payload } from '#shared/contract/index.ts';
import { eventSchema } from '#shared/bridge.ts';
import type { AppEvent, Topic } from '#shared/bridge.ts';
import { asCallError, call } from './call.ts';
import type { CallError } from './call.ts';

export interface Snapshot<T> {
  data: T | null;
  error: CallError | null;
  /** An answer is on its way (the first one, or a newer one). */
  loading: boolean;
}

export interface QuerySpec<C extends ChannelName> {
  channel: C;
  payload: Payload<C>;
  topics: readonly Topic[];
  /** Refresh only when one of these changed; empty: when anything of the topics did. */
  ids: readonly string[];
}

interface Entry {
  spec: Pick<QuerySpec<ChannelName>, 'channel' | 'payload'>;
  snapshot: Snapshot<unknown>;
  /** Each with what it wants to hear of: the answer is shared, the topics are not. */
  listeners: Map<() => void, Pick<QuerySpec<ChannelName>, 'topics' | 'ids'>>;
  /** Answers to an older load are thrown away. */
  turn: number;
  running: boolean;
  again: boolean;
}

const NOTHING: Snapshot<never> = { data: null, error: null, loading: true };
const entries = new Map<string, Entry>();
const dropListeners = new Set<() => void>();
const eventListeners = new Set<(event: AppEvent) => void>();

/** What survives a lock: facts about the application and whether a workspace is open, nothing out of it. */
const KEPT: ReadonlySet<ChannelName> = new Set([
  'app.info',
  'app.appearance',
  'workspace.state',
  'workspace.recent',
]);

export function queryKey(channel: ChannelName, payload: unknown): string {
  return `${channel} ${JSON.stringify(payload)}`;
}

function publish(entry: Entry, snapshot: Snapshot<unknown>): void {
  entry.snapshot = snapshot;
  for (const listener of entry.listeners.keys()) listener();
}

async function load(entry: Entry): Promise<void> {
  if (entry.running) {
    entry.again = true;
    return;
  }
  entry.running = true;
  do {
    entry.again = false;
    entry.turn += 1;
    const turn = entry.turn;
    if (!entry.snapshot.loading) publish(entry, { ...entry.snapshot, loading: true });
    try {
      const data = await call(entry.spec.channel, entry.spec.payload as never);
      if (turn === entry.turn) publish(entry, { data, error: null, loading: false });
    } catch (thrown) {
      const error = asCallError(entry.spec.channel, thrown);
      // What was there stays visible beside the error, except when it may no longer be seen.
      const gone = error.code === 'LOCKED' || error.code === 'NO_WORKSPACE' || error.code === 'NOT_FOUND';
      const data = gone ? null : entry.snapshot.data;
      if (turn === entry.turn) publish(entry, { data, error, loading: false });
    }
  } while (entry.again);
  entry.running = false;
}

/** Starts (or shares) a query and hears its changes. The entry is forgotten with its last listener. */
export function subscribeQuery<C extends ChannelName>(spec: QuerySpec<C>, listener: () => void): () => void {
  const key = queryKey(spec.channel, spec.payload);
  let entry = entries.get(key);
  if (!entry) {
    entry = {
      spec: { channel: spec.channel, payload: spec.payload },
      snapshot: NOTHING,
      listeners: new Map(),
      turn: 0,
      running: false,
      again: false,
    };
    entries.set(key, entry);
    void load(entry);
  }
  const mine = entry;
  mine.listeners.set(listener, { topics: spec.topics, ids: spec.ids });
  return () => {
    mine.listeners.delete(listener);
    if (mine.listeners.size > 0) return;
    mine.turn += 1;
    mine.again = false;
    if (entries.get(key) === mine) entries.delete(key);
  };
}

export function querySnapshot<C extends ChannelName>(channel: C, payload: Payload<C>): Snapshot<Answer<C>> {
  return (entries.get(queryKey(channel, payload))?.snapshot ?? NOTHING) as Snapshot<Answer<C>>;
}

/** Loads again now: after a retry, or after a step whose effect must be seen before main's event arrives. */
export function reloadQuery<C extends ChannelName>(channel: C, payload: Payload<C>): void {
  const entry = entries.get(queryKey(channel, payload));
  if (entry) void load(entry);
}

function concerns(spec: { topics: readonly Topic[]; ids: readonly string[] }, event: AppEvent): boolean {
  if (!spec.topics.includes(event.topic)) return false;
  return event.ids.length === 0 || spec.ids.length === 0 || event.ids.some((id) => spec.ids.includes(id));
}

/** Takes an event of main: reloads what it concerns. What does not look like an event is dropped. */
export function takeEvent(raw: unknown): void {
  const parsed = eventSchema.safeParse(raw);
  if (!parsed.success) return;
  const event = parsed.data;
  for (const entry of entries.values())
    if ([...entry.listeners.values()].some((wanted) => concerns(wanted, event))) void load(entry);
  for (const listener of eventListeners) listener(event);
}

/** Hears events whose topic is among `topics`: for what is not one query (paged lists). */
export function onTopics(topics: readonly Topic[], listener: () => void): () => void {
  const take = (event: AppEvent): void => {
    if (concerns({ topics, ids: [] }, event)) listener();
  };
  eventListeners.add(take);
  return () => eventListeners.delete(take);
}

/** Hears that the workspace was locked or closed: whoever holds a copy of its data lets go of it. */
export function onDrop(listener: () => void): () => void {
  dropListeners.add(listener);
  return () => dropListeners.delete(listener);
}

/** Forgets every answer that came out of a workspace, and answers still on their way. */
export function dropWorkspaceData(): void {
  for (const [key, entry] of entries) {
    if (KEPT.has(entry.spec.channel)) continue;
    entry.turn += 1;
    publish(entry, NOTHING);
    if (entry.listeners.size === 0) entries.delete(key);
    else if (contract[entry.spec.channel].needs !== 'unlocked') void load(entry);
  }
  for (const listener of dropListeners) listener();
}

/** For tests: how many answers are held. */
export function heldQueries(): string[] {
  return [...entries].filter(([, entry]) => entry.snapshot.data !== null).map(([key]) => key);
}
