/**
 * Which functions a library has, learned from what is called anyway: one that is missing says CKR_FUNCTION_NOT_SUPPORTED (PKCS#11
 * 2.40, 5.2: every library has a stub of every function). None is called with what it must refuse: some libraries do not survive
 * that. Runs in the child.
 */
import { Buffer } from 'node:buffer';
import { CKA, CKF, CKO, type Cryptoki, type Handle } from './cryptoki.ts';
import type { FunctionRow } from './protocol.ts';

/** The 17 that Krill's manual asks for (H-021). */
const NEEDED = [
  ...['C_CloseSession', 'C_DestroyObject', 'C_Finalize', 'C_FindObjects', 'C_FindObjectsFinal'],
  ...['C_FindObjectsInit', 'C_GenerateKeyPair', 'C_GetAttributeValue', 'C_GetInfo', 'C_GetSlotInfo'],
  ...['C_GetSlotList', 'C_GetTokenInfo', 'C_Initialize', 'C_Login', 'C_OpenSession', 'C_Sign', 'C_SignInit'],
];

/** Finds nothing: a private key under a CKA_ID that nobody gives. */
const NOTHING = [
  { type: CKA.class, value: CKO.privateKey },
  { type: CKA.id, value: Buffer.from('Baleen looks for no key') },
];

type Call = (...args: readonly unknown[]) => unknown;

export interface WatchedLibrary {
  /** The same library; what it answers is noted. */
  library: Cryptoki;
  /** `present` null: not called yet. */
  seen(): FunctionRow[];
}

/** A function that was there once is called without detour from then on: signing is not slower for it. */
export function watchFunctions(real: Cryptoki): WatchedLibrary {
  const present = new Map<string, boolean>();
  const library = new Proxy<Record<string, Call>>(
    {},
    {
      get(known, name) {
        const made = Reflect.get(known, name) as Call | undefined;
        if (made !== undefined || typeof name !== 'string') return made;
        const call = (real as unknown as Record<string, Call>)[name]?.bind(real);
        return call === undefined ? undefined : noted(known, name, call);
      },
    },
  );

  function noted(known: Record<string, Call>, name: string, call: Call): Call {
    const title = name.replace(/Async$/, '');
    const there = (): void => {
      present.set(title, true);
      known[name] = call;
    };
    const refused = (error: unknown): never => {
      if (!/CKR_FUNCTION_NOT_SUPPORTED/.test(failureText(error))) {
        there();
        throw error;
      }
      present.set(title, false);
      // pkcs11js does not always say which one it was.
      throw new Error(`${title}: CKR_FUNCTION_NOT_SUPPORTED`);
    };
    const answered = (value: unknown): unknown => {
      there();
      return value;
    };
    return (...args) => {
      try {
        const value = call(...args);
        return value instanceof Promise ? value.then(answered, refused) : answered(value);
      } catch (error) {
        return refused(error);
      }
    };
  }

  return {
    library: library as unknown as Cryptoki,
    seen: () => NEEDED.map((name) => ({ name, present: present.get(name) ?? null })),
  };
}

/** pkcs11js names the code in the message or in the stack. */
const failureText = (error: unknown): string =>
  error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error);

/** Calls what can be called without doing anything: a search that finds nothing, a session that is opened and closed. */
export function callHarmless(library: Cryptoki, slot: Handle, session: Handle): void {
  quietly(() => {
    library.C_FindObjectsInit(session, NOTHING);
    quietly(() => void library.C_FindObjects(session, 1));
    library.C_FindObjectsFinal(session);
  });
  // A token with a single session gives no other; closing that one would end the login.
  quietly(() => library.C_CloseSession(library.C_OpenSession(slot, CKF.serialSession)));
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // What it says is noted.
  }
}
