/** Opens a request or response file: its message, its clear text, and whether the one says what the other does (krill-ta.md 5.4). */
import { JsonError, type JsonValue, readJson } from '../lib/json-reader.ts';
import { asBase64, asObject, sameJson } from '../lib/json-shape.ts';
import type { Faults } from '../rpki/fault.ts';
import { type Message, openMessage } from '../rpki/message.ts';

export interface OpenedExchange {
  /** As it stands in the file, signed or not. */
  clear: JsonValue;
  /** CMS, DER. */
  messageDer: Uint8Array;
  /** null when it cannot be opened; faults say why. */
  message: Message | null;
}

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

/** What stands in a file: its message (CMS, DER) and its clear text. Throws JsonError. */
export function openDocument(
  bytes: Uint8Array,
  clear: 'request' | 'response',
): { message: Uint8Array; clear: JsonValue } {
  const outer = asObject(readJson(bytes), '', { required: [clear, 'signed'], open: true });
  const signed = asObject(outer.get('signed'), 'signed', { required: ['message'] });
  return { message: asBase64(signed.get('message'), 'signed.message'), clear: outer.get(clear) ?? null };
}

/** Whether the clear text is what was signed; null: the signed content is no JSON. Either is a fault. */
export function sameContent(message: Message, clear: JsonValue, faults: Faults): boolean | null {
  const signed = readInto(faults, 'The signed content', () => readJson(message.content));
  if (signed === null) return null;
  return faults.check(
    sameJson(signed, clear),
    'the clear text differs from what was signed: the file was edited on its way',
    'krill-ta 5.4',
  );
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
  const message = openMessage(document.message, signedBy, at, faults);
  const same = message === null ? null : sameContent(message, document.clear, faults);
  return {
    clear: document.clear,
    messageDer: document.message,
    message: same === null ? null : message,
  };
}
