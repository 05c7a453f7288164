import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { berToDer } from '../x509/ber.ts';
import { children, readTlv, TAG } from '../x509/der-reader.ts';
import { tlv } from '../x509/der-writer.ts';
import { type Context, judgeObject } from './judge.ts';

interface ObjectCase {
  id: string;
  file: string;
  issuer: string | null;
  anchor?: boolean;
  at: string | null;
  expect: 'accept' | 'refuse';
}

const { cases } = JSON.parse(readFileSync(vectorPath('rpki-objects.json'), 'utf8')) as {
  cases: ObjectCase[];
};
const read = (name: string): Buffer => readFileSync(vectorPath(name));

function contextOf({ issuer, anchor, at }: ObjectCase): Context {
  return {
    issuerDer: issuer === null ? null : read(issuer),
    anchor: anchor ?? false,
    at: at === null ? null : new Date(at),
  };
}

/** Why the bad ones are bad. */
const REASONS: Record<string, RegExp> = {
  'maxlen-overflow.roa': /maxLength/,
  'maxlen-underflow.roa': /maxLength/,
  'prefix-len-overflow.roa': /longer than an address/,
  'signature-alg-mismatch.mft': /signature algorithm/,
  'ta.mft.bad-filename': /file name/,
};

test('the list is there', () => expect(cases.length).toBeGreaterThanOrEqual(35));

test.each(cases.map((one) => [one.file, one] as const))('%s', (file, one) => {
  const { faults } = judgeObject(read(file), contextOf(one));
  if (one.expect === 'accept') expect(faults).toEqual([]);
  else {
    const reason = Object.entries(REASONS).find(([name]) => file.endsWith(name))?.[1] ?? /never/;
    expect(faults.map(({ text }) => text).join('\n')).toMatch(reason);
    expect(faults.every(({ clause }) => /\d/.test(clause))).toBe(true);
  }
});

const published = 'krill-ta/krill-0.16.1';
const live = cases.filter(({ file }) => file.startsWith(published));

describe('real objects of Krill, altered', () => {
  const files = live.map((one) => [one.file, one] as const);
  test.each(files)('no octet of %s can be changed', { timeout: 60_000 }, (file, one) => {
    const der = read(file);
    const context = contextOf(one);
    const accepted: string[] = [];
    for (let offset = 0; offset < der.length; offset += 1)
      for (const bit of [1, 4, 0x80]) {
        const altered = Buffer.from(der);
        altered[offset] = (altered[offset] ?? 0) ^ bit;
        if (judgeObject(altered, context).faults.length === 0) accepted.push(`octet ${offset} ^ ${bit}`);
      }
    expect(accepted).toEqual([]);
  });

  test.each(files)('a number of %s with a zero in front is refused for that reason', (file, one) => {
    const whole = berToDer(read(file));
    // The first INTEGER: a serial number, a version.
    const { altered, count } = withZero(whole);
    expect(count).toBe(1);
    expect(judgeObject(altered, contextOf(one)).faults.map(({ clause }) => clause)).toContain('X.690 8.3.2');
    expect(judgeObject(whole, contextOf(one)).faults).toEqual([]);
  });

  test('cut anywhere, and with bytes behind, they are refused with a sentence', () => {
    for (const one of live) {
      const der = read(one.file);
      for (let length = 0; length < der.length; length += 97)
        expect(judgeObject(der.subarray(0, length), contextOf(one)).faults.length).toBeGreaterThan(0);
      expect(
        judgeObject(Buffer.concat([der, Buffer.from([0])]), contextOf(one)).faults.length,
      ).toBeGreaterThan(0);
    }
  });

  test('before their time, after it, and under another issuer they are refused', () => {
    for (const one of live) {
      const context = contextOf(one);
      for (const at of ['2020-01-01T00:00:00Z', '2200-01-01T00:00:00Z'])
        expect(
          judgeObject(read(one.file), { ...context, at: new Date(at) }).faults.length,
          one.file,
        ).toBeGreaterThan(0);
      if (context.issuerDer === null) continue;
      const other = read('rpki-rs/repository/ta.cer');
      expect(judgeObject(read(one.file), { ...context, issuerDer: other }).faults.length).toBeGreaterThan(1);
    }
  });
});

/** The structure again, its first number one octet longer than it need be. */
function withZero(der: Uint8Array): { altered: Uint8Array; count: number } {
  let count = 0;
  const copy = (raw: Uint8Array): Uint8Array => {
    const { tag, content } = readTlv(raw);
    if (tag === TAG.integer && count === 0) {
      count += 1;
      return tlv(tag, Uint8Array.of(0), content);
    }
    return (tag & 0x20) === 0 ? raw : tlv(tag, ...children(content).map((part) => copy(part.raw)));
  };
  return { altered: copy(der), count };
}
