/** Asking a read JSON value for what it must be, with the place in every refusal. It knows no document. */
import { below, JsonError, JsonNumber, type JsonObject, type JsonValue } from './json-reader.ts';

/** An object with exactly these members, each named once; `optional` ones may be missing, `open` lets others be there. */
export function asObject(
  value: JsonValue | undefined,
  path: string,
  members: { required: readonly string[]; optional?: readonly string[]; open?: boolean },
): JsonObject {
  if (!(value instanceof Map)) throw new JsonError('an object is missing here', path);
  for (const name of members.required)
    if (!value.has(name)) throw new JsonError(`"${name}" is missing`, path);
  // All that is required and as many as that: nothing else.
  if (members.open !== true && value.size > members.required.length)
    for (const name of value.keys())
      if (!members.required.includes(name) && members.optional?.includes(name) !== true)
        throw new JsonError(`"${name}" is not known here`, path);
  return value;
}

/** An object whose member names are data. */
export function asMap(
  value: JsonValue | undefined,
  path: string,
): [name: string, value: JsonValue, path: string][] {
  if (!(value instanceof Map)) throw new JsonError('an object is missing here', path);
  return [...value].map(([name, item]) => [name, item, below(path, name)]);
}

export function asArray(value: JsonValue | undefined, path: string): [value: JsonValue, path: string][] {
  if (!Array.isArray(value)) throw new JsonError('a list is missing here', path);
  return value.map((item, at) => [item, below(path, at)]);
}

export function asText(value: JsonValue | undefined, path: string): string {
  if (typeof value !== 'string') throw new JsonError('a text is missing here', path);
  return value;
}

export function asFlag(value: JsonValue | undefined, path: string): boolean {
  if (typeof value !== 'boolean') throw new JsonError('true or false is missing here', path);
  return value;
}

/** null, or what `read` makes of it. A member that is missing is refused like any other wrong one. */
export function asOptional<T>(
  value: JsonValue | undefined,
  path: string,
  read: (value: JsonValue, path: string) => T,
): T | null {
  if (value === undefined) throw new JsonError('a value or null is missing here', path);
  return value === null ? null : read(value, path);
}

/** What the octets of the largest INTEGER that RFC 5280 and RFC 9286 allow can say; a longer one would take minutes to be read. */
const MOST_DIGITS = 49;

/** A whole number, not negative, of 20 octets at most. */
export function asWhole(value: JsonValue | undefined, path: string): bigint {
  if (!(value instanceof JsonNumber) || !/^\d+$/.test(value.text))
    throw new JsonError('a whole number is missing here', path);
  if (value.text.length > MOST_DIGITS)
    throw new JsonError(`a number has more than ${MOST_DIGITS} digits`, path);
  return BigInt(value.text);
}

/** Base64 in its one form: standard alphabet, padded, no white space (RFC 4648 3.5, 4). */
export function asBase64(value: JsonValue | undefined, path: string): Uint8Array {
  const text = asText(value, path);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new JsonError('it is no base64 in its one written form', path);
  return new Uint8Array(bytes);
}

/** Equal as JSON: members in any order, elements in theirs, numbers as they were written. */
export function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (a instanceof JsonNumber) return b instanceof JsonNumber && a.text === b.text;
  if (Array.isArray(a))
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, at) => {
        const other = b[at];
        return other !== undefined && sameJson(item, other);
      })
    );
  if (a instanceof Map)
    return (
      b instanceof Map &&
      a.size === b.size &&
      [...a].every(([name, item]) => {
        const other = b.get(name);
        return other !== undefined && sameJson(item, other);
      })
    );
  return a === b;
}

/** The places where two values differ, in their order: what `sameJson` compares. */
export function* differingPaths(
  a: JsonValue | undefined,
  b: JsonValue | undefined,
  path = '',
): Generator<string, void> {
  if (Array.isArray(a) && Array.isArray(b))
    for (let at = 0; at < Math.max(a.length, b.length); at += 1)
      yield* differingPaths(a[at], b[at], below(path, at));
  else if (a instanceof Map && b instanceof Map)
    for (const name of new Set([...a.keys(), ...b.keys()]))
      yield* differingPaths(a.get(name), b.get(name), below(path, name));
  else if (a === undefined || b === undefined || !sameJson(a, b)) yield path;
}

/** The first of them; null when the values are the same. */
export function differingPath(a: JsonValue | undefined, b: JsonValue | undefined, path = ''): string | null {
  const [first] = differingPaths(a, b, path);
  return first ?? null;
}

/** What `toJson` takes: plain values; a bigint becomes a number of any size. */
export type Plain =
  | null
  | boolean
  | string
  | number
  | bigint
  | JsonNumber
  | JsonObject
  | readonly Plain[]
  | { readonly [name: string]: Plain };

/** Plain values as a JSON value, members in their order. */
export function toJson(value: Plain): JsonValue {
  if (typeof value === 'number' || typeof value === 'bigint') return new JsonNumber(String(value));
  if (value === null || typeof value !== 'object' || value instanceof JsonNumber || value instanceof Map)
    return value;
  if (Array.isArray(value)) return (value as readonly Plain[]).map(toJson);
  return new Map(Object.entries(value).map(([name, item]) => [name, toJson(item)]));
}
