/** Files the operator opened and has not decided about: in memory, a few, until they are taken or the workspace is locked. */
import { AppError } from '../../lib/app-error.ts';
import { newId } from '../../lib/ids.ts';
import type { Random } from '../../ports.ts';

export interface HeldFiles<T> {
  put(content: T): string;
  /** Throws AppError NOT_FOUND. */
  get(id: string): T;
  forget(id: string): void;
  clear(): void;
}

const MOST_HELD = 4;

/** `prefix` of the ids: "info". */
export function createHeldFiles<T>(deps: { random: Random }, prefix: string): HeldFiles<T> {
  const held = new Map<string, T>();
  return {
    put(content) {
      const id = newId(prefix, deps.random);
      held.set(id, content);
      const oldest = held.keys().next().value;
      if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest);
      return id;
    },
    get(id) {
      const found = held.get(id);
      if (found === undefined)
        throw new AppError('NOT_FOUND', 'This file is no longer in memory. Open it again.');
      return found;
    },
    forget: (id) => void held.delete(id),
    clear: () => held.clear(),
  };
}
