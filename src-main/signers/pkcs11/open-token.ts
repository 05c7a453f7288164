/** What a device knows of its token as long as one connection lasts. */
import type { Connection } from './connection.ts';
import type { Key } from './key-objects.ts';

export interface OpenToken extends Connection {
  /** Keys that were looked at, by CKA_ID. */
  keys: Map<string, Promise<Key>>;
  /** Known not to be there, for as long as this connection. */
  gone: Set<string>;
  /** Nothing was done with it: what it does not show is not there. */
  fresh: boolean;
  /** CKA_IDs of what it made or showed and did not destroy; null: nothing yet. */
  shown: Set<string> | null;
}

export function newlyOpen(made: Connection): OpenToken {
  return { ...made, keys: new Map(), gone: new Set(), fresh: true, shown: null };
}

export function showed(on: OpenToken, names: readonly string[]): void {
  if (names.length > 0) on.shown = new Set([...(on.shown ?? []), ...names]);
}

/**
 * Whether `found` may be less than what lies there, because the session died quietly: a known key is missing, or there is nothing
 * and not because this connection destroyed all that it knew.
 */
export function doubtful(on: OpenToken, found: readonly Key[]): boolean {
  if (on.fresh) return false;
  if (found.length === 0 && on.shown?.size !== 0) return true;
  return [...on.keys.keys()].some((name) => !found.some((key) => key.identifier === name));
}
