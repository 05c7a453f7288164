/** The sessions with one token: the first stays open and keeps the login, more come when signatures wait. Runs in the child. */
import { CKF, type Cryptoki, type Handle } from './cryptoki.ts';

export interface Sessions {
  /** The one that reads and searches; nothing that waits runs on it. */
  first: Handle;
  /** Runs `task` with a session that nobody else has meanwhile. */
  use<T>(task: (session: Handle) => Promise<T>): Promise<T>;
  closeAll(): void;
}

const isFull = (error: unknown): boolean => String(error).includes('CKR_SESSION_COUNT');

/** `most`: beside the first. Throws what C_OpenSession says. */
export function openSessions(library: Cryptoki, slot: Handle, most: number): Sessions {
  const flags = { rw: CKF.serialSession | CKF.rwSession, ro: CKF.serialSession };
  let how = flags.rw;
  function first(): Handle {
    try {
      return library.C_OpenSession(slot, how);
    } catch (error) {
      if (!String(error).includes('CKR_TOKEN_WRITE_PROTECTED')) throw error;
      how = flags.ro;
      return library.C_OpenSession(slot, how);
    }
  }
  const main = first();
  const all: Handle[] = [];
  const free: Handle[] = [];
  const waiting: ((session: Handle) => void)[] = [];
  let limit = most;

  /** null: none is to be had, wait for one. */
  function another(): Handle | null {
    if (all.length >= limit) return null;
    try {
      const session = library.C_OpenSession(slot, how);
      all.push(session);
      return session;
    } catch (error) {
      if (!isFull(error)) throw error;
      // The token has no more: one that allows a single session is used through the first.
      limit = Math.max(all.length, 1);
      if (all.length > 0) return null;
      all.push(main);
      return main;
    }
  }

  /** An operation that failed half-way stays begun on its session; that one is thrown away. */
  function renew(session: Handle): Handle {
    if (session === main) return main;
    all.splice(all.indexOf(session), 1);
    try {
      library.C_CloseSession(session);
      return another() ?? main;
    } catch {
      // Whatever is wrong with the token shows at the next use.
      return main;
    }
  }

  return {
    first: main,
    async use(task) {
      let session =
        free.pop() ?? another() ?? (await new Promise<Handle>((resolve) => waiting.push(resolve)));
      try {
        return await task(session);
      } catch (error) {
        session = renew(session);
        throw error;
      } finally {
        const next = waiting.shift();
        if (next === undefined) free.push(session);
        else next(session);
      }
    },
    closeAll() {
      for (const session of new Set([...all, main])) library.C_CloseSession(session);
    },
  };
}
