/**
 * Large JSON files that are asked for again and again while a person decides about them: each array is read once while it
 * lives and still holds the same octets (SHA-256). What is refused is read again. Nobody may change what comes of it.
 */
import { hash } from 'node:crypto';
import { type JsonText, readJsonText } from './json-reader.ts';

const known = new WeakMap<Uint8Array, { digest: string; read: JsonText }>();

/** As readJsonText. Throws JsonError. */
export function readJsonOnce(bytes: Uint8Array): JsonText {
  const digest = hash('sha256', bytes, 'base64');
  const before = known.get(bytes);
  if (before?.digest === digest) return before.read;
  const read = readJsonText(bytes);
  known.set(bytes, { digest, read });
  return read;
}
