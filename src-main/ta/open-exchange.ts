/** Opens a request or response file: its message, its clear text, and whether the one says what the other does (krill-ta.md 5.4). */
import { isTextOf, JsonError, type JsonObject, type JsonValue, readJson } from '../lib/json-reader.ts';
import { readJsonOnce } from '../lib/read-json-once.ts';
import { asBase64, asObject, differingPaths } from '../lib/json-shape.ts';
import type { Fault, Faults } from '../rpki/fault.ts';
import { type Message, openMessage } from '../rpki/message.ts';

export interface OpenedExchange {
  /** The whole file, with the members that no signature covers. */
  file: JsonObject;
  /** What the sender signed; as it stands in the file where nobody we know signed it. */
  said: JsonValue;
  /** What that is, to begin a sentence with. */
  saidIn: 'What was signed' | 'The clear text';
  /** CMS, DER. */
  messageDer: Uint8Array;
  /** null when it cannot be opened; faults say why. */
  message: Message | null;
  /** The fault of a clear text beside a good signature that says something else: it was changed on its way. */
  edited: Fault | null;
}

const MOST_NAMED = 3;

/** Runs a reader of JSON; its refusal becomes a fault that names the place. */
export function readInto<T>(faults: Faults, what: string, reader: () => T): T | null {
  try {
    return reader();
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const place = error.path === '' ? '' : ` at ${error.path}`;
    faults.check(false, `${what}${place}: ${error.message}`, 'RFC 8259');
    return null;
  }
}

export interface ExchangeDocument {
  file: JsonObject;
  /** CMS, DER. */
  message: Uint8Array;
  clear: JsonValue;
  /** The clear text as it is written in the file. */
  clearText: string;
}

/** What stands in a file: its message (CMS, DER) and its clear text. Throws JsonError. */
export function openDocument(bytes: Uint8Array, clear: 'request' | 'response'): ExchangeDocument {
  const { value, textOf } = readJsonOnce(bytes);
  const file = asObject(value, '', { required: [clear, 'signed'], open: true });
  // What stands around the message and the clear text is signed by nobody and means nothing: a later version may add to it.
  const signed = asObject(file.get('signed'), 'signed', { required: ['message'], open: true });
  return {
    file,
    message: asBase64(signed.get('message'), 'signed.message'),
    clear: file.get(clear) ?? null,
    clearText: textOf(clear),
  };
}

/** "request.nonce and 2 more places". */
function placesOf(paths: Iterable<string>): string {
  const named: string[] = [];
  let more = 0;
  for (const path of paths)
    if (named.length < MOST_NAMED) named.push(path.slice(0, 200));
    else more += 1;
  if (more > 0) return `${named.join(', ')} and ${more} more ${more === 1 ? 'place' : 'places'}`;
  const last = named.pop() ?? '';
  return named.length === 0 ? last : `${named.join(', ')} and ${last}`;
}

/** What was signed, and whether the clear text says the same. null: the signed content is no JSON. Either is a fault. */
export function signedContent(
  message: Message,
  { clear, clearText }: Pick<ExchangeDocument, 'clear' | 'clearText'>,
  kind: 'request' | 'response',
  faults: Faults,
): { signed: JsonValue; same: boolean } | null {
  // As both halves write their files: what was signed stands in the file to the letter.
  if (isTextOf(message.content, clearText)) return { signed: clear, same: true };
  const signed = readInto(faults, 'The signed content', () => readJson(message.content));
  if (signed === null) return null;
  const places = placesOf(differingPaths(signed, clear, kind));
  const same = faults.check(
    places === '',
    `the clear text differs from what was signed, at ${places}: the file was edited or damaged on its way; copy it again from where it was made`,
    'Krill’s exchange format',
  );
  return { signed, same };
}

/** Opens the file and notes every fault of the wrapping. null when it is no such file at all. */
export function openExchange(
  bytes: Uint8Array,
  kind: 'request' | 'response',
  signedBy: Uint8Array,
  at: Date,
  faults: Faults,
): OpenedExchange | null {
  const document = readInto(faults, 'The file', () => openDocument(bytes, kind));
  if (document === null) return null;
  const { file, clear, message: messageDer } = document;
  const message = openMessage(messageDer, signedBy, at, faults);
  const content = message === null ? null : signedContent(message, document, kind, faults);
  const genuine = content !== null && message?.genuine === true;
  return {
    file,
    said: genuine ? content.signed : clear,
    saidIn: genuine ? 'What was signed' : 'The clear text',
    messageDer,
    message: content === null ? null : message,
    edited: genuine && !content.same ? (faults.found.at(-1) ?? null) : null,
  };
}
