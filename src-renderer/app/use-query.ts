/**
 * The hooks through which a view gets data: one answer, and a list page by page. They hold nothing after
 * a lock and know no domain.
 */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Answer, ChannelName, Payload } from '#shared/contract/index.ts';
import type { Topic } from '#shared/bridge.ts';
import { asCallError, call } from './call.ts';
import type { CallError } from './call.ts';
import { onDrop, onTopics, queryKey, querySnapshot, reloadQuery, subscribeQuery } from './query-store.ts';
import type { Snapshot } from './query-store.ts';

export interface QueryOptions {
  /** true: ask nothing yet (an id is missing, the workspace is locked). */
  skip?: boolean;
  /** Refresh only for these ids of the topics. */
  ids?: readonly string[];
}

export interface QueryResult<T> extends Snapshot<T> {
  reload: () => void;
}

const IDLE: Snapshot<never> = { data: null, error: null, loading: false };

/** One answer, shared by everybody who asks the same, and asked again when an event names one of `topics`. */
export function useQuery<C extends ChannelName>(
  channel: C,
  payload: Payload<C>,
  topics: readonly Topic[],
  options: QueryOptions = {},
): QueryResult<Answer<C>> {
  const skip = options.skip === true;
  const key = queryKey(channel, payload);
  const latest = useRef({ payload, topics, ids: options.ids ?? [] });
  latest.current = { payload, topics, ids: options.ids ?? [] };
  const subscribe = useCallback(
    (listener: () => void) =>
      skip ? () => undefined : subscribeQuery({ channel, ...latest.current }, listener),
    // The key stands for the payload; a caller's array of topics is new at each render and never differs.
    [channel, key, skip],
  );
  const snapshot = useSyncExternalStore(subscribe, () =>
    skip ? (IDLE as Snapshot<Answer<C>>) : querySnapshot(channel, payload),
  );
  const reload = useCallback(() => reloadQuery(channel, latest.current.payload), [channel, key]);
  return { ...snapshot, reload };
}

/** Channels that answer by pages. */
type PagedChannel = {
  [C in ChannelName]: Answer<C> extends { rows: unknown[]; total: number; cursor: string | null } ? C : never;
}[ChannelName];

type RowOf<C extends PagedChannel> = Answer<C> extends { rows: (infer R)[] } ? R : never;

export interface PagesResult<R> {
  rows: readonly R[];
  total: number;
  loading: boolean;
  error: CallError | null;
  /** Loads the next page, if there is one and none is on its way. */
  onMore: () => void;
  onRetry: () => void;
}

/**
 * A list page by page. A change of the payload or an event starts again at the first page; the rows shown
 * stay until the new ones are there, so that nothing jumps.
 */
export function usePages<C extends PagedChannel>(
  channel: C,
  payload: Omit<Payload<C>, 'cursor'>,
  topics: readonly Topic[],
): PagesResult<RowOf<C>> {
  const key = queryKey(channel, payload);
  const [state, setState] = useState<{
    rows: RowOf<C>[];
    total: number;
    cursor: string | null;
    loading: boolean;
    error: CallError | null;
  }>({ rows: [], total: 0, cursor: null, loading: true, error: null });
  const turn = useRef(0);
  const latest = useRef(payload);
  latest.current = payload;

  const load = useCallback(
    async (cursor: string | null, wanted: number): Promise<void> => {
      turn.current += 1;
      const mine = turn.current;
      setState((old) => ({ ...old, loading: true }));
      try {
        const collected: RowOf<C>[] = [];
        let at = cursor;
        let total = 0;
        do {
          const page = (await call(channel, { ...latest.current, cursor: at } as never)) as {
            rows: RowOf<C>[];
            total: number;
            cursor: string | null;
          };
          if (mine !== turn.current) return;
          collected.push(...page.rows);
          total = page.total;
          at = page.cursor;
        } while (at !== null && collected.length < wanted);
        setState((old) => ({
          rows: cursor === null ? collected : [...old.rows, ...collected],
          total,
          cursor: at,
          loading: false,
          error: null,
        }));
      } catch (thrown) {
        if (mine !== turn.current) return;
        setState((old) => ({ ...old, loading: false, error: asCallError(channel, thrown) }));
      }
    },
    [channel],
  );

  const held = useRef(0);
  held.current = state.rows.length;
  useEffect(() => {
    void load(null, 0);
    // As many rows as are shown, so that an event does not throw the reader back to the top.
    const again = onTopics(topics, () => void load(null, held.current));
    const drop = onDrop(() => {
      turn.current += 1;
      setState({ rows: [], total: 0, cursor: null, loading: false, error: null });
    });
    return () => {
      turn.current += 1;
      again();
      drop();
    };
  }, [key, load]);

  return {
    rows: state.rows,
    total: state.total,
    loading: state.loading,
    error: state.error,
    onMore: () => {
      if (!state.loading && state.cursor !== null) void load(state.cursor, 0);
    },
    onRetry: () => void load(null, held.current),
  };
}
