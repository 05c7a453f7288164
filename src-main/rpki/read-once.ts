/**
 * Readers of DER that are asked for the same bytes again and again while one request or response is judged: each array is
 * read once, and its faults are told every time.
 */
import { hash } from 'node:crypto';
import { type Fault, Faults } from './fault.ts';

type Reader<T> = (der: Uint8Array, faults: Faults) => T;

/**
 * The same reader, that reads an array once while it lives and still holds the same octets (SHA-256). What `read` refuses by
 * throwing is read again. The results are shared: nobody may change them.
 * SECURITY: only for what depends on the octets alone; time, issuer and state are judged each time.
 */
export function readOnce<T>(read: Reader<T>): Reader<T> {
  const known = new WeakMap<Uint8Array, { digest: string; result: T; found: readonly Fault[] }>();
  return (der, faults) => {
    const digest = hash('sha256', der, 'base64');
    const before = known.get(der);
    if (before?.digest === digest) {
      faults.found.push(...before.found);
      return before.result;
    }
    const own = new Faults();
    try {
      const result = read(der, own);
      known.set(der, { digest, result, found: own.found });
      return result;
    } finally {
      faults.found.push(...own.found);
    }
  };
}
