import { describe, expect, it } from 'vitest';
import { testClock, testLog } from '../testing/test-ports.ts';
import { createClipboardTimer } from './clipboard-timer.ts';

function setUp() {
  const clock = testClock();
  let content = '';
  let failures = 0;
  const { log, lines } = testLog();
  const timer = createClipboardTimer({
    clock,
    log,
    clipboard: {
      write: async (text) => void (content = text),
      async clearIf(text) {
        failures -= 1;
        if (failures >= 0) throw new Error(`Document is not focused: ${text}`);
        if (content === text) content = '';
      },
    },
  });
  return {
    clock,
    timer,
    lines,
    content: () => content,
    other: (text: string) => (content = text),
    fail: (times: number) => (failures = times),
    /** Lets what the clock has started come to its end. */
    settled: () => new Promise(setImmediate),
  };
}

describe('clipboard timer', () => {
  it('takes a secret off the clipboard after 30 s', async () => {
    const { clock, timer, content } = setUp();
    expect(await timer.copy('S3CRET', true)).toEqual({ clearsAt: '2026-11-24T12:00:30.000Z' });
    clock.advance(29_999);
    expect(content()).toBe('S3CRET');
    clock.advance(1);
    expect(content()).toBe('');
  });

  it('leaves alone what is not secret and what somebody else copied since', async () => {
    const { clock, timer, content, other } = setUp();
    await timer.copy('AB:CD', false);
    clock.advance(60_000);
    expect(content()).toBe('AB:CD');
    await timer.copy('S3CRET', true);
    other('mine');
    clock.advance(60_000);
    expect(content()).toBe('mine');
  });

  it('tries again when the clipboard refuses, says so once and without the secret', async () => {
    const { clock, timer, content, fail, lines, settled } = setUp();
    await timer.copy('S3CRET', true);
    fail(3);
    for (const ms of [30_000, 5_000, 5_000]) {
      clock.advance(ms);
      await settled();
      expect(content()).toBe('S3CRET');
    }
    clock.advance(5_000);
    await settled();
    expect(content()).toBe('');
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('S3CRET');
  });

  it('does not stop a lock when the clipboard refuses', async () => {
    const { clock, timer, content, fail, settled } = setUp();
    await timer.copy('S3CRET', true);
    fail(1);
    await timer.clearSecret();
    expect(content()).toBe('S3CRET');
    clock.advance(5_000);
    await settled();
    expect(content()).toBe('');
  });

  it('stops trying for a secret when another took its place', async () => {
    const { clock, timer, content, fail, settled } = setUp();
    await timer.copy('FIRST', true);
    fail(1);
    clock.advance(30_000);
    await settled();
    await timer.copy('SECOND', true);
    clock.advance(29_999);
    await settled();
    expect(content()).toBe('SECOND');
    clock.advance(1);
    await settled();
    expect(content()).toBe('');
  });

  it('clears at once when asked (lock, quit)', async () => {
    const { timer, content } = setUp();
    await timer.copy('S3CRET', true);
    await timer.clearSecret();
    expect(content()).toBe('');
  });
});
