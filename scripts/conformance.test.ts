import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { vectorPath } from '../src-main/testing/vectors.ts';
import { taMessages } from './ta-messages.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baleen-conformance-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const folder = vectorPath('krill-ta', 'krill-0.16.1');

function runner(...args: string[]): string {
  return execFileSync(process.execPath, [join(import.meta.dirname, 'conformance.ts'), ...args], {
    encoding: 'utf8',
  });
}

test.each([
  ['ta-messages', folder, 32],
  ['rpki-objects', vectorPath('rpki-objects.json'), 35],
])('%s: all of the visible list is right, and the last line says so', (suite, data, count) => {
  const json = join(scratch, `${suite}.json`);
  expect(runner(suite, '--data', data, '--json', json).trimEnd().split('\n').at(-1)).toBe(
    `${count} of ${count} right`,
  );
  expect(JSON.parse(readFileSync(json, 'utf8'))).toHaveLength(count);
});

const REASONS: Record<string, RegExp> = {
  'clear-nonce-changed': /clear text differs/,
  'clear-resources-changed': /clear text differs|not have/,
  truncated: /cut off|missing|JSON/,
  empty: /cut off/,
  'message-bit-flipped': /does not hold|altered|another identity/,
  'message-trailing-bytes': /extra bytes/,
  'nanosecond-changed': /clear text differs/,
  'request-too-old': /ended at/,
  'request-from-the-future': /not valid before/,
  'request-of-another-proxy': /another identity/,
  'response-as-request': /"request" is missing/,
  'response-to-another-request': /answers the request/,
};

test('what is refused is refused for its own reason', () => {
  const results = taMessages(folder);
  const refused = results.filter(({ expected }) => expected === 'refuse');
  expect(refused.map(({ id }) => id).toSorted()).toEqual(Object.keys(REASONS).toSorted());
  for (const { id, why } of refused) expect(why.join('\n')).toMatch(REASONS[id] ?? /never/);
});

describe('every letter of the clear text counts', () => {
  test.each(['x2-second', 'x5-roll-activate'])(
    '%s, request and response',
    (exchange) => {
      const copy = join(scratch, exchange);
      cpSync(folder, copy, { recursive: true });
      const cases = (
        JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as { id: string; file: string }[]
      ).filter(({ id }) => id.startsWith(exchange));
      expect(cases).toHaveLength(2);
      for (const one of cases) {
        const path = join(copy, one.file);
        const whole = readFileSync(path, 'utf8');
        // The clear text comes first, the message behind it.
        const end = whole.indexOf('"signed"') > 100 ? whole.indexOf('"signed"') : whole.length;
        const places: number[] = [];
        for (let at = 20; at < end; at += 17) if (/[A-Za-z0-9]/.test(whole[at] ?? '')) places.push(at);
        writeFileSync(join(copy, 'cases.json'), JSON.stringify([one]));
        const accepted = places.filter((at) => {
          writeFileSync(path, `${whole.slice(0, at)}${whole[at] === '7' ? '8' : '7'}${whole.slice(at + 1)}`);
          return taMessages(copy)[0]?.got !== 'refuse';
        });
        writeFileSync(path, whole);
        expect(places.length).toBeGreaterThan(10);
        expect(accepted.map((at) => whole.slice(at - 20, at + 20))).toEqual([]);
        expect(taMessages(copy)[0]?.got).toBe('accept');
      }
    },
    240_000,
  );
});
