/** The sessions with one token: the first stays open and keeps the login, more come when signatures wait. Runs in the child. */
import { Buffer } from 'node:buffer';
import { CKF, type Cryptoki, type Handle } from './cryptoki.ts';

/** Tells main whether a request waits for its turn (false), or its turn has come (true). */
export type Turn = (begun: boolean) => void;

export interface Sessions {
  /** The one that keeps the login. */
  first: Handle;
  /** Runs `task` with a session that nobody else has meanwhile; `turn` is told when it has to wait for one. */
  use<T>(turn: Turn, task: (session: Handle) => Promise<T>): Promise<T>;
  /** The same at once; null when there is none to be had now. */
  useNow<T>(task: (session: Handle) => T): { value: T } | null;
  /** Searches and reads: on the first session, alone on it where the token has no other. */
  read<T>(turn: Turn, task: (session: Handle) => T): T | Promise<T>;
  /** A signature was begun on that session, or the library is asked for it, which ends it whatever it answers. */
  begun(session: Handle, yes: boolean): void;
  closeAll(): void;
}

const says = (error: unknown, code: string): boolean => String(error).includes(code);

/** `most`: beside the first. Throws what C_OpenSession says. */
export function openSessions(library: Cryptoki, slot: Handle, most: number): Sessions {
  const flags = { rw: CKF.serialSession | CKF.rwSession, ro: CKF.serialSession };
  let how = flags.rw;
  function open(): Handle {
    try {
      return library.C_OpenSession(slot, how);
    } catch (error) {
      if (!says(error, 'CKR_TOKEN_WRITE_PROTECTED')) throw error;
      how = flags.ro;
      return library.C_OpenSession(slot, how);
    }
  }
  const main = open();
  /** The token has a single session: what signs and what searches share it. */
  let shared = false;
  const all = new Set<Handle>();
  const free: Handle[] = [];
  const waiting: { resolve(session: Handle): void; reject(error: unknown): void }[] = [];
  let limit = most;
  /** What was begun on the first session and not finished. */
  let halfWay = false;

  /** null: none is to be had, wait for one. */
  function another(): Handle | null {
    if (all.size >= limit) return null;
    try {
      const session = library.C_OpenSession(slot, how);
      all.add(session);
      return session;
    } catch (error) {
      if (!says(error, 'CKR_SESSION_COUNT')) throw error;
      // The token has no more: one that allows a single session is used through the first.
      limit = Math.max(all.size, 1);
      if (all.size > 0) return null;
      shared = true;
      all.add(main);
      return main;
    }
  }

  function give(session: Handle): void {
    const next = waiting.shift();
    if (next === undefined) free.push(session);
    else next.resolve(session);
  }
  /** There is one less; who waits gets another one, or what hinders it. */
  function replace(): void {
    const next = waiting.shift();
    if (next === undefined) return;
    try {
      const session = another();
      if (session === null) waiting.unshift(next);
      else next.resolve(session);
    } catch (error) {
      next.reject(error);
      replace();
    }
  }
  /** What failed half-way stays begun on its session: it is ended there or with the session. */
  function giveAfterFailure(session: Handle): void {
    if (session === main) {
      // Both end it whatever they answer (PKCS#11 2.40, 5.11), SoftHSM's first one does not; closing would end the login. Where
      // nothing is begun neither is called: some libraries do not survive that.
      const ends = halfWay
        ? [
            () => library.C_SignFinal(session, Buffer.alloc(1024)),
            () => library.C_Sign(session, Buffer.alloc(1), Buffer.alloc(1024)),
          ]
        : [];
      halfWay = false;
      for (const end of ends)
        try {
          end();
        } catch {
          // The first one has ended it.
        }
      return give(session);
    }
    all.delete(session);
    try {
      library.C_CloseSession(session);
    } catch {
      // Whatever is wrong with the token shows at the next use.
    }
    return replace();
  }

  const taken = (): Handle | null => free.pop() ?? another();

  async function use<T>(turn: Turn, task: (session: Handle) => Promise<T>): Promise<T> {
    let session = taken();
    if (session === null) {
      turn(false);
      session = await new Promise<Handle>((resolve, reject) => waiting.push({ resolve, reject }));
      turn(true);
    }
    let value: T;
    try {
      value = await task(session);
    } catch (error) {
      giveAfterFailure(session);
      throw error;
    }
    give(session);
    return value;
  }

  return {
    first: main,
    use,
    useNow(task) {
      const session = taken();
      if (session === null) return null;
      let value;
      try {
        value = task(session);
      } catch (error) {
        giveAfterFailure(session);
        throw error;
      }
      give(session);
      return { value };
    },
    begun(session, yes) {
      if (session === main) halfWay = yes;
    },
    read: (turn, task) => (shared ? use(turn, async (session) => task(session)) : task(main)),
    closeAll() {
      for (const session of new Set([...all, main])) library.C_CloseSession(session);
    },
  };
}
