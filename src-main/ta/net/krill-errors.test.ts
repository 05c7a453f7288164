import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { vectorPath } from '../../testing/vectors.ts';
import { isContentRefusal, KRILL_MEANINGS, krillRefusal, krillSentence } from './krill-errors.ts';

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('what Krill’s refusals mean', () => {
  const folder = vectorPath('krill', 'errors');
  test.each(readdirSync(folder))('%s has a sentence that says what to do', (name) => {
    const body = readFileSync(join(folder, name));
    const { label } = JSON.parse(utf8(body)) as { label: string };
    const error = krillRefusal({ status: 400, body });
    expect(error).toMatchObject({ code: 'PEER_REFUSED', details: { subject: label } });
    expect(error.message).toMatch(/^[A-Z][^\n{}]{10,}: [^\n{}]{10,}[.)]$/);
    // Only an error that says nothing itself gets the sentence that says nothing either.
    expect(error.message.startsWith('Krill refused it'), label).toBe(['general-error'].includes(label));
  });

  test.each([
    ['ta-proxy-response-nonce', 'nonces differ', true],
    ['general-error', 'Invalid signed message: certificate has expired', true],
    ['general-error', 'Clear text response content does not match signed content', true],
    ['api-json', 'missing field', true],
    // What its clock, its state or the way to it says.
    ['general-error', 'Invalid signed message: certificate is not yet valid', false],
    ['ta-has-no-signer-req', 'no request', false],
    ['api-post-body-exceeds-limit', 'too large', false],
    ['api-invalid-credentials', 'who', false],
    ['sys-store', 'disk', false],
  ])('%s (%s) is about what a response says: %s', (label, msg, content) => {
    const body = Buffer.from(JSON.stringify({ label, msg, args: {} }));
    expect(isContentRefusal(krillRefusal({ status: 400, body }))).toBe(content);
    expect(isContentRefusal(new AppError('UNREACHABLE', 'Nobody answers.'))).toBe(false);
  });

  test('every meaning can be reached, is one sentence and holds its arguments', () => {
    for (const { label, when, text } of KRILL_MEANINGS) {
      expect(text).toMatch(/^[A-Z“"].*: .*\.$/);
      if (when !== undefined || /(?:-|^rfc)$/.test(label)) continue;
      const args = new Map([['child', 'kid']]);
      expect(krillSentence(label, 'said', args)).toBe(
        text.replace('{msg}', 'said').replace('{child}', 'kid'),
      );
    }
  });

  test.each([
    ['general-error', 'TA proxy not enabled', 'ta_support_enabled = true'],
    ['general-error', 'Invalid signed message: certificate has expired', 'clocks'],
    ['general-error', 'Clear text request content does not match signed', 'edited'],
    ['general-error', 'Remote RFC 6492 to TA is not supported', 'children of its own server'],
    ['sys-store', 'Persistence (aggregate store) error: unknown entity: ta', 'initialise it first'],
    [
      'ta-proxy-response-nonce',
      "nonce 'x-1' does not match open Request nonce 'y-2'",
      "'x-1' does not match open Request nonce 'y-2'",
    ],
    ['new-label', 'a\n\u001b[31mstory\u202e.', '(a [31mstory)'],
  ])('%s: %s', (label, msg, part) => {
    expect(krillSentence(label, msg)).toContain(part);
  });

  test('an answer that is not Krill’s is told by its status', () => {
    const body = Buffer.from('<html>');
    expect(krillRefusal({ status: 502, body }).message).toContain('HTTP status 502');
    expect(krillRefusal({ status: 302, body }).message).toContain('HTTP status 302');
    expect(krillRefusal({ status: 401, body }).message).toContain('admin_token');
    expect(krillRefusal({ status: 403, body }).message).toContain('role admin');
  });
});
