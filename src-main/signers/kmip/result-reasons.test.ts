import { describe, expect, test } from 'vitest';
import { deviceFault } from './faults.ts';
import { KmipResultError } from './message.ts';
import { resultReason, resultReasonNamed } from './result-reasons.ts';

const refusal = (reason: number | null, status = 1): KmipResultError =>
  new KmipResultError('sign', { status, reason, message: 'its own words', version: { major: 1, minor: 2 } });
const told = (reason: number | null, withPassword = true, status = 1) =>
  deviceFault(refusal(reason, status), '127.0.0.1:5696', withPassword);

describe('what a KMIP server says when it refuses', () => {
  const known = Array.from({ length: 257 }, (_, code) => code).filter(
    (code) => !resultReason(code).name.startsWith('Reason 0x'),
  );

  test('the reasons of KMIP 1.0 that a signer can meet are all in the table', () => {
    expect(known).toEqual(
      expect.arrayContaining([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 256]),
    );
  });

  test.each(known)('%i: cause, check and fix are sentences', (code) => {
    const row = resultReason(code);
    for (const sentence of [row.text, row.cause, row.check, row.fix]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(resultReasonNamed(row.name)).toEqual(row);
    expect(told(code)).toMatchObject({ code: row.name, trouble: row.trouble, library: 'its own words' });
  });

  test.each([
    [1, 'key-gone'],
    [3, 'pin-refused'],
    [5, 'unsupported'],
    [12, 'refused'],
    [55, 'key-gone'],
    [256, 'refused'],
    [null, 'refused'],
    [0x80000001, 'refused'],
  ])('reason %s: %s', (reason, trouble) => {
    expect(told(reason)).toMatchObject({ trouble, message: expect.stringMatching(/^Sign: .*\.$/) });
  });

  test('one that is not in the table is told by its number', () => {
    expect(told(0x80000001)).toMatchObject({ code: 'Reason 0x80000001' });
    expect(resultReasonNamed('ECONNREFUSED')).toBeNull();
  });

  test('refused without a password that was sent is no wrong password', () => {
    expect(told(3, false)).toMatchObject({ trouble: 'misconfigured' });
  });

  test('an answer that is to come later', () => {
    expect(told(null, true, 2)).toMatchObject({ trouble: 'unsupported', code: 'Operation Pending' });
  });
});
