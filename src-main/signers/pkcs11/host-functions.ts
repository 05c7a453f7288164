/** Which functions a library has. Runs in the child. */
import { Buffer } from 'node:buffer';
import { CKA, type Cryptoki, type Handle } from './cryptoki.ts';

/** CK_INVALID_HANDLE. */
const NO_OBJECT = Buffer.alloc(8);
/** The last mechanism number a vendor could have; no library has it. */
const NO_MECHANISM = { mechanism: 0xffff_fffe };

/**
 * Which of the functions that are not called on the way here a library has. Each is called with what it must refuse;
 * one that is missing says CKR_FUNCTION_NOT_SUPPORTED (PKCS#11 2.40, 5.2: every library has a stub of every function).
 */
export function presentFunctions(library: Cryptoki, session: Handle): { name: string; present: boolean }[] {
  const calls: [string, () => unknown][] = [
    ['C_DestroyObject', () => library.C_DestroyObject(session, NO_OBJECT)],
    ['C_GenerateKeyPair', () => library.C_GenerateKeyPair(session, NO_MECHANISM, [], [])],
    ['C_GetAttributeValue', () => library.C_GetAttributeValue(session, NO_OBJECT, [{ type: CKA.class }])],
    ['C_Sign', () => library.C_Sign(session, Buffer.alloc(1), Buffer.alloc(512))],
    ['C_SignInit', () => library.C_SignInit(session, NO_MECHANISM, NO_OBJECT)],
  ];
  return calls.map(([name, call]) => {
    try {
      call();
      return { name, present: true };
    } catch (error) {
      return { name, present: !/CKR_FUNCTION_NOT_SUPPORTED/.test(String(error)) };
    }
  });
}
