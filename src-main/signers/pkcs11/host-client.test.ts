import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SignerHost } from '../../ports.ts';
import { testClock } from '../../testing/test-ports.ts';
import { explainFault, FAULTS } from './faults.ts';
import { startHostClient } from './host-client.ts';
import { ENOUGH } from './sign-runs.ts';
import { QUIET_MS } from './watch.ts';

type Sent = { id: number; request?: { op: string; pin?: Uint8Array | null }; run?: { input: Uint8Array } }[];

/** A child that does what the test says. */
function fakeChild() {
  const sent: Sent[] = [];
  const pins: number[][] = [];
  let say: (message: unknown) => void = () => undefined;
  let end: (how: { code: number | null; signal: string | null }) => void = () => undefined;
  let killed = 0;
  const host: SignerHost = {
    send(message) {
      const list = message as Sent;
      sent.push(list);
      for (const { request } of list) if (request?.pin instanceof Uint8Array) pins.push([...request.pin]);
    },
    onMessage: (listener) => void (say = listener),
    onExit: (listener) => void (end = listener),
    kill: () => void (killed += 1),
  };
  const clock = testClock();
  const client = startHostClient({ hosts: { start: () => host }, clock, environment: {} });
  const flushed = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  return {
    ...{ client, clock, sent, pins, flushed },
    say: (message: unknown) => say(message),
    end: (code: number | null, signal: string | null) => end({ code, signal }),
    killed: () => killed,
  };
}

describe('main and the child', () => {
  test('requests made together travel together, and answers find theirs in any order', async () => {
    const child = fakeChild();
    const slots = child.client.ask({ op: 'slots' }, 1000);
    const objects = child.client.ask({ op: 'objects' }, 1000);
    await child.flushed();
    expect(child.sent.map((list) => list.map(({ id, request }) => [id, request?.op]))).toEqual([
      [
        [1, 'slots'],
        [2, 'objects'],
      ],
    ]);
    child.say([
      { id: 2, value: [] },
      { id: 7, value: 'nobody asked' },
    ]);
    child.say([{ id: 1, value: [{ id: 3, description: 'a', token: null, fault: '' }] }]);
    expect(await objects).toEqual([]);
    expect(await slots).toMatchObject([{ id: 3 }]);
  });

  test('a PIN is sent once and wiped, also when the child is gone already', async () => {
    const child = fakeChild();
    const [pin, late] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)];
    const login = child.client.ask({ op: 'login', pin }, 1000);
    await child.flushed();
    expect(child.pins).toEqual([[1, 2, 3]]);
    expect(pin).toEqual(new Uint8Array(3));
    child.end(null, 'SIGSEGV');
    await expect(login).rejects.toMatchObject({
      code: 'SIGNER_HOST_CRASHED',
      library: 'SIGSEGV during: login',
    });
    await expect(child.client.ask({ op: 'login', pin: late }, 1000)).rejects.toMatchObject({
      code: 'SIGNER_HOST_CRASHED',
    });
    expect(late).toEqual(new Uint8Array(3));
  });

  test('past its deadline a request ends the child, and with it all that waits; without one it waits for ever', async () => {
    const child = fakeChild();
    const patient = child.client.ask({ op: 'login', pin: null }, null);
    const other = child.client.ask({ op: 'token' }, 60_000);
    patient.catch(() => undefined);
    await child.flushed();
    child.clock.advance(59_000);
    expect(child.killed()).toBe(0);
    child.clock.advance(1_000);
    expect(child.killed()).toBe(1);
    await expect(other).rejects.toMatchObject({ trouble: 'unreachable', code: 'SIGNER_HOST_TIMEOUT' });
    await expect(patient).rejects.toMatchObject({ code: 'SIGNER_HOST_TIMEOUT' });
  });

  const signs = (input: number) => ({
    op: 'sign' as const,
    id: Uint8Array.of(1),
    mechanism: 0x1041,
    input: Uint8Array.of(input, input),
    most: 256,
    login: null,
  });

  test('signatures asked together are one element both ways, each its own', async () => {
    const child = fakeChild();
    const all = [1, 2, 3].map((input) => child.client.ask(signs(input), null));
    all[1]?.catch(() => undefined);
    await child.flushed();
    expect(child.sent).toMatchObject([[{ id: 1, size: 2, run: { input: Buffer.from([1, 1, 2, 2, 3, 3]) } }]]);
    child.say([
      { id: 3, size: 1, signatures: Uint8Array.of(33) },
      { id: 2, failure: { code: 'CKR_FUNCTION_FAILED', function: '', text: '' }, tries: null },
      { id: 1, size: 1, signatures: Uint8Array.of(11) },
    ]);
    expect([await all[0], await all[2]].map((octets) => [...(octets ?? [])])).toEqual([[11], [33]]);
    await expect(all[1]).rejects.toMatchObject({ code: 'CKR_FUNCTION_FAILED' });
  });

  test('a child that has enough to do gets no small messages, and those wait no longer than a moment', async () => {
    const child = fakeChild();
    const ask = (count: number): void => {
      for (let at = 0; at < count; at += 1) child.client.ask(signs(at), null).catch(() => undefined);
    };
    const sizes = (): number[] =>
      child.sent.map((list) => list.flatMap(({ run }) => [...(run?.input ?? [])]).length / 2);
    ask(3);
    await child.flushed();
    expect(sizes()).toEqual([3]);
    ask(ENOUGH - 3);
    await child.flushed();
    expect(sizes()).toEqual([3, ENOUGH - 3]);
    ask(2);
    await child.flushed();
    expect(sizes()).toHaveLength(2);
    child.clock.advance(1);
    expect(sizes()).toEqual([3, ENOUGH - 3, 2]);
    ask(ENOUGH);
    expect(sizes()).toEqual([3, ENOUGH - 3, 2, ENOUGH]);
  });

  test('the time counts from when the child begins: not while it waits there, and behind another from its end', async () => {
    const child = fakeChild();
    const told: string[] = [];
    const quiet = (name: string) => () => {
      told.push(name);
      return () => void told.push(`${name} is over`);
    };
    const first = child.client.ask(signs(1), quiet('first'));
    void child.client.ask({ op: 'objects' }, 30_000);
    const behind = child.client.ask({ op: 'token' }, 30_000);
    behind.catch(() => undefined);
    const second = child.client.ask(signs(2), quiet('second'));
    await child.flushed();
    child.say([{ id: 4, begun: false }]);
    child.clock.advance(QUIET_MS);
    expect(told).toEqual(['first']);
    // A person was told: no limit any more.
    child.clock.advance(20_000);
    child.say([
      { id: 2, value: [] },
      { id: 1, size: 1, signatures: Uint8Array.of(1) },
      { id: 4, begun: true },
    ]);
    expect([...(await first)]).toEqual([1]);
    expect(told).toEqual(['first', 'first is over']);
    child.clock.advance(QUIET_MS);
    expect(told).toEqual(['first', 'first is over', 'second']);
    // 30 s after the one before it was answered, and not after it was sent.
    child.clock.advance(24_000);
    expect(child.killed()).toBe(0);
    child.clock.advance(1_000);
    await expect(behind).rejects.toMatchObject({
      code: 'SIGNER_HOST_TIMEOUT',
      library: 'token: no answer within 30 s',
    });
    await expect(second).rejects.toMatchObject({ code: 'SIGNER_HOST_TIMEOUT' });
    expect(told).toEqual(['first', 'first is over', 'second', 'second is over']);
  });

  test('one that is given up is cancelled alone, and its answer goes nowhere', async () => {
    const child = fakeChild();
    let leave = (): void => undefined;
    const given = child.client.ask(signs(1), (give) => {
      leave = give;
      return () => undefined;
    });
    const other = child.client.ask(signs(2), null);
    await child.flushed();
    child.clock.advance(QUIET_MS);
    leave();
    await expect(given).rejects.toMatchObject({ trouble: 'cancelled' });
    child.say([{ id: 1, size: 1, signatures: Uint8Array.of(1, 2) }]);
    expect([...(await other)]).toEqual([2]);
    expect(child.client.ended()).toBeNull();
  });

  test('a machine that slept, or whose clock was set, kills no child that works', async () => {
    const child = fakeChild();
    let told = 0;
    void child.client
      .ask(signs(1), () => {
        told += 1;
        return () => undefined;
      })
      .catch(() => undefined);
    child.clock.advance(3_000);
    const asked = child.client.ask({ op: 'token' }, 30_000);
    asked.catch(() => undefined);
    await child.flushed();
    child.clock.set('2026-11-25T12:00:00.000Z');
    // The timer rings after its 5 s, and by then the clock is a day ahead.
    child.clock.advance(0);
    expect([told, child.killed()]).toEqual([1, 0]);
    child.clock.advance(27_000);
    expect(child.killed()).toBe(0);
    child.clock.advance(1_000);
    expect(child.killed()).toBe(1);
    await expect(asked).rejects.toMatchObject({ code: 'SIGNER_HOST_TIMEOUT' });
  });

  test.each([
    ['no list', 'hello'],
    ['no number', [{ value: null }]],
    ['another shape than asked for', [{ id: 1, value: { label: 7 } }]],
    ['signatures for something else', [{ id: 1, size: 1, signatures: Uint8Array.of(1) }]],
    ['signatures cut off', [{ id: 1, size: 2, signatures: Uint8Array.of(1) }]],
    ['a failure without a code', [{ id: 1, failure: { text: 'x' }, tries: null }]],
    [
      'a text without end',
      [{ id: 1, failure: { code: 'CKR_OK', function: '', text: 'x'.repeat(2000) }, tries: null }],
    ],
  ])('an answer that makes no sense ends the child: %s', async (_name, answer) => {
    const child = fakeChild();
    const asked = child.client.ask({ op: 'token' }, 1000);
    await child.flushed();
    child.say(answer);
    await expect(asked).rejects.toMatchObject({ trouble: 'unreachable', code: 'SIGNER_HOST_ANSWER' });
    expect(child.killed()).toBe(1);
  });
});

describe('what failures mean', () => {
  const header = readFileSync(
    join(import.meta.dirname, '../../../node_modules/pkcs11js/includes/pkcs11/pkcs11t.h'),
    'utf8',
  );
  /** They belong to functions that are never called. */
  const ELSEWHERE =
    /^CKR_(?:OK$|ENCRYPTED|WRAPP|UNWRAPPING|STATE_UNSAVEABLE|INFORMATION_SENSITIVE|KEY_NEEDED|KEY_INDIGESTIBLE|KEY_NOT_WRAPPABLE|RANDOM_SEED|VENDOR_DEFINED|NEW_PIN_MODE|NEXT_OTP|COPY_PROHIBITED)/;

  test('every return value of the standard that can come is known', () => {
    const all = [...header.matchAll(/^#define (CKR_\w+)/gm)].map(([, name = '']) => name);
    expect(all.length).toBeGreaterThan(80);
    expect(all.filter((name) => !ELSEWHERE.test(name) && !Object.hasOwn(FAULTS, name))).toEqual([]);
  });

  test('each has one sentence that says what to do, cause, check and fix', () => {
    for (const [code, { text, cause, check, fix }] of Object.entries(FAULTS))
      for (const part of [text, cause, check, fix]) {
        expect(part, code).toMatch(/^[A-Z].*[.]$/);
        expect(part, code).not.toMatch(/undefined|CKR_/);
      }
  });

  test('a vendor code is explained as one, and names of Object are no codes', () => {
    for (const code of ['CKR_VENDOR_DEFINED_0x80000001', 'constructor', '__proto__'])
      expect(explainFault(code)).toMatchObject({
        trouble: 'unreachable',
        fix: 'Do what the vendor says of this code.',
      });
  });
});
