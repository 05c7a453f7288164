/**
 * Puts an exchange's clear text beside its signed message, as both halves write their files (krill-ta.md 4.6, 4.7, 5). What
 * it says is the caller's decision.
 */
import { deeper, type JsonValue, writeJson } from '../lib/json-reader.ts';
import { toJson } from '../lib/json-shape.ts';
import { makeMessage } from '../rpki/make-message.ts';
import { backdated } from './signer/publish.ts';
import type { MessageSigning } from './signer/signing.ts';

const DAY_MS = 86_400_000;

/**
 * The file: pretty JSON, UTF-8, a line feed at the end. The message is good from five minutes before `now` for `days`.
 * `more`: members beside the two that no signature covers.
 */
export async function signedFile(
  name: 'request' | 'response',
  clear: JsonValue,
  signing: MessageSigning,
  at: { now: Date; days: number },
  more: readonly (readonly [string, JsonValue])[] = [],
): Promise<Uint8Array> {
  const clearText = writeJson(clear);
  const message = await signing.oneOff((key) =>
    makeMessage(Buffer.from(clearText, 'utf8'), signing.identity, key, {
      now: at.now,
      notBefore: backdated(at.now),
      notAfter: new Date(at.now.getTime() + at.days * DAY_MS),
      serial: signing.serial(),
    }),
  );
  const signed = toJson({ message: Buffer.from(message).toString('base64') });
  const members = [
    ['signed', deeper(writeJson(signed))],
    [name, deeper(clearText)],
    ...more.map(([member, value]) => [member, deeper(writeJson(value))]),
  ].map(([member, text]) => `  "${member}": ${text}`);
  return Buffer.from(`{\n${members.join(',\n')}\n}\n`, 'utf8');
}
