/**
 * A JSON reader that loses nothing: numbers stay as they were written, a key that stands twice is refused, depth is
 * bounded, and a fault is told with its place. Values are judged by whoever asked for them.
 */

/** A number as its text: `Number` would lose digits of serials and manifest numbers. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type JsonValue = null | boolean | string | JsonNumber | JsonValue[] | JsonObject;
/** Members in their order. */
export type JsonObject = Map<string, JsonValue>;

/** `path` is like `request.child_requests[0].resources`; empty for the document itself. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly path: string;
  constructor(message: string, path: string) {
    super(message);
    this.path = path;
  }
}

const MOST_LEVELS = 64;
/** A response of 5,000 children has some 300,000. Small values take many times the room of their text. */
const MOST_VALUES = 2_000_000;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
/** What a text may hold only after a backslash, and the backslash. */
// eslint-disable-next-line no-control-regex
const SPECIAL = /[\u0000-\u001f\\]/;
const WORDS = [
  ['null', null],
  ['true', true],
  ['false', false],
] as const;
/** Of JSON (RFC 8259 2). */
const isBlank = (sign: number): boolean => sign === 0x20 || sign === 0x0a || sign === 0x0d || sign === 0x09;

/** The path of a member or element below `path`. */
export function below(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  const plain = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(step) ? step : JSON.stringify(step);
  return path === '' ? plain : `${path}.${plain}`;
}

class Reader {
  private readonly text: string;
  private at = 0;
  private values = 0;
  /** Where it is: rendered for a refusal only, because a document has a place for each of its values. */
  private readonly steps: (string | number)[] = [];
  /** Where the members of the outermost object stand: begin and end of each value. */
  readonly members = new Map<string, [begin: number, end: number]>();

  constructor(text: string) {
    this.text = text;
  }

  whole(): JsonValue {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail('something follows after its end');
    return value;
  }

  private fail(message: string, path = this.steps.reduce<string>(below, '')): never {
    let [line, begin] = [1, 0];
    for (;;) {
      const end = this.text.indexOf('\n', begin);
      if (end < 0 || end >= this.at) break;
      [line, begin] = [line + 1, end + 1];
    }
    throw new JsonError(`${message} (line ${line}, column ${this.at - begin + 1})`, path);
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at = pattern.lastIndex;
    return match;
  }

  private space(): void {
    while (isBlank(this.text.charCodeAt(this.at))) this.at += 1;
  }

  private is(sign: string): boolean {
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  private value(): JsonValue {
    this.values += 1;
    if (this.values > MOST_VALUES) this.fail(`it holds more than ${MOST_VALUES} values`, '');
    if (this.steps.length > MOST_LEVELS) this.fail(`it is nested more than ${MOST_LEVELS} levels deep`);
    this.space();
    switch (this.text[this.at]) {
      case '{':
        return this.object();
      case '[':
        return this.array();
      case '"':
        return this.string();
      case undefined:
        return this.fail('it is cut off');
      default:
        break;
    }
    for (const [word, meaning] of WORDS) if (this.is(word)) return meaning;
    const number = this.take(NUMBER);
    return number === null ? this.fail('it is not JSON') : new JsonNumber(number[0]);
  }

  private below(step: string | number): JsonValue {
    this.steps.push(step);
    const value = this.value();
    this.steps.pop();
    return value;
  }

  private string(): string {
    const start = this.at + 1;
    const quote = this.text.indexOf('"', start);
    const plain = quote < 0 ? '' : this.text.slice(start, quote);
    if (quote < 0 || SPECIAL.test(plain)) return this.escaped();
    this.at = quote + 1;
    if (!plain.isWellFormed()) this.fail('a text holds half a character');
    return plain;
  }

  /** One character after the other: a pattern over a message of some megabytes would exhaust the stack. */
  private escaped(): string {
    const start = this.at;
    this.at += 1;
    for (;;) {
      const sign = this.text.charCodeAt(this.at);
      if (sign === 0x22) break;
      if (sign === 0x5c && this.take(ESCAPE) !== null) continue;
      // NaN: the end of the text.
      if (sign === 0x5c || !(sign >= 0x20))
        this.fail('a text is cut off or holds a sign that must be escaped');
      this.at += 1;
    }
    this.at += 1;
    const text = JSON.parse(this.text.slice(start, this.at)) as string;
    if (!text.isWellFormed()) this.fail('a text holds half a character');
    return text;
  }

  private array(): JsonValue[] {
    this.at += 1;
    const items: JsonValue[] = [];
    this.space();
    if (this.is(']')) return items;
    for (;;) {
      items.push(this.below(items.length));
      this.space();
      if (this.is(']')) return items;
      if (!this.is(',')) this.fail('a comma or "]" is missing');
    }
  }

  private object(): JsonObject {
    this.at += 1;
    const members: JsonObject = new Map();
    this.space();
    if (this.is('}')) return members;
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.fail('a name in quotes is missing');
      const name = this.string();
      if (members.has(name)) this.fail(`"${name}" stands twice`);
      this.space();
      if (!this.is(':')) this.fail(`a colon is missing after "${name}"`);
      this.space();
      const begin = this.at;
      members.set(name, this.below(name));
      if (this.steps.length === 0) this.members.set(name, [begin, this.at]);
      this.space();
      if (this.is('}')) return members;
      if (!this.is(',')) this.fail('a comma or "}" is missing');
    }
  }
}

/** The first and last octet that are no blank, as characters; empty when there is none. It reads nothing between them. */
export function signsOf(bytes: Uint8Array): { first: string; last: string } {
  let [first, last] = [0, bytes.length - 1];
  while (isBlank(bytes[first] ?? 0)) first += 1;
  while (last > first && isBlank(bytes[last] ?? 0)) last -= 1;
  const sign = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 1));
  return { first: sign(first), last: sign(last) };
}

/** null: it is not UTF-8. A byte order mark stays in it. */
function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A document, and its own text of each member of its outermost object. */
export interface JsonText {
  value: JsonValue;
  /** Without the white space around it; "" when there is no such member. */
  textOf(name: string): string;
}

/** Reads one document, UTF-8 without a byte order mark (RFC 8259 8.1). Throws JsonError. */
export function readJsonText(bytes: Uint8Array): JsonText {
  const text = utf8(bytes);
  if (text === null) throw new JsonError('it is not UTF-8', '');
  if (text.startsWith('\ufeff')) throw new JsonError('it begins with a byte order mark', '');
  const reader = new Reader(text);
  const value = reader.whole();
  return { value, textOf: (name) => text.slice(...(reader.members.get(name) ?? [0, 0])) };
}

/** Reads one document, as readJsonText. Throws JsonError. */
export function readJson(bytes: Uint8Array): JsonValue {
  return readJsonText(bytes).value;
}

/** A document as it stands in another one, one level deeper: every line but the first two blanks further in. */
export const deeper = (text: string): string => text.replaceAll('\n', '\n  ');

/**
 * Whether `bytes` are the very text of a member of another document, which was read, but for its depth. Then they say the same:
 * a text in JSON holds no line feed, so the two differ in white space between values alone.
 */
export function isTextOf(bytes: Uint8Array, member: string): boolean {
  const text = utf8(bytes);
  return text !== null && deeper(text) === member;
}

/** `indent`: a line feed and the blanks at which the value itself stands. */
function write(value: JsonValue, indent: string): string {
  if (value instanceof JsonNumber) return value.text;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}  `;
  let text = '';
  if (value instanceof Map)
    for (const [name, item] of value)
      text += `${text === '' ? '' : ','}${inner}${JSON.stringify(name)}: ${write(item, inner)}`;
  else for (const item of value) text += `${text === '' ? '' : ','}${inner}${write(item, inner)}`;
  const [begin, end] = value instanceof Map ? ['{', '}'] : ['[', ']'];
  return text === '' ? `${begin}${end}` : `${begin}${text}${indent}${end}`;
}

/** Two spaces, a blank after the colon, LF, no newline at the end: as serde_json prints it. */
export function writeJson(value: JsonValue): string {
  return write(value, '\n');
}
