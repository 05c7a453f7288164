/** Which functions a library has. Runs in the child. */
import { Buffer } from 'node:buffer';
import { CKA, CKF, CKO, type Cryptoki, type Handle } from './cryptoki.ts';
import type { FunctionRow } from './protocol.ts';

/** CK_INVALID_HANDLE. */
const NO_OBJECT = Buffer.alloc(8);
/** The last mechanism number a vendor could have; no library has it. */
const NO_MECHANISM = { mechanism: 0xffff_fffe };
/** Finds nothing: a private key under a CKA_ID that nobody gives. */
const NOTHING = [
  { type: CKA.class, value: CKO.privateKey },
  { type: CKA.id, value: Buffer.from('Baleen looks for no key') },
];

/**
 * Which functions a library has of those that opening a token has not called yet. Each is called, with what it must refuse or
 * with what changes nothing; one that is missing says CKR_FUNCTION_NOT_SUPPORTED (PKCS#11 2.40, 5.2: every library has a stub of
 * every function).
 */
export function presentFunctions(library: Cryptoki, slot: Handle, session: Handle): FunctionRow[] {
  const rows: FunctionRow[] = [];
  function look(name: string, call: () => unknown): void {
    try {
      call();
      rows.push({ name, present: true });
    } catch (error) {
      rows.push({ name, present: !/CKR_FUNCTION_NOT_SUPPORTED/.test(String(error)) });
    }
  }
  look('C_FindObjectsInit', () => library.C_FindObjectsInit(session, NOTHING));
  look('C_FindObjects', () => library.C_FindObjects(session, 1));
  look('C_FindObjectsFinal', () => library.C_FindObjectsFinal(session));
  look('C_DestroyObject', () => library.C_DestroyObject(session, NO_OBJECT));
  look('C_GenerateKeyPair', () => library.C_GenerateKeyPair(session, NO_MECHANISM, [], []));
  look('C_GetAttributeValue', () => library.C_GetAttributeValue(session, NO_OBJECT, [{ type: CKA.class }]));
  look('C_Sign', () => library.C_Sign(session, Buffer.alloc(1), Buffer.alloc(512)));
  look('C_SignInit', () => library.C_SignInit(session, NO_MECHANISM, NO_OBJECT));
  const other = another(library, slot);
  // A token with a single session: closing that one would end the login.
  if (other === null) rows.push({ name: 'C_CloseSession', present: null });
  else look('C_CloseSession', () => library.C_CloseSession(other));
  return rows;
}

function another(library: Cryptoki, slot: Handle): Handle | null {
  try {
    return library.C_OpenSession(slot, CKF.serialSession);
  } catch {
    return null;
  }
}
