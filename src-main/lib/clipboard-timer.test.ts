import { describe, expect, it } from 'vitest';
import { testClock } from '../testing/test-ports.ts';
import { createClipboardTimer } from './clipboard-timer.ts';

function setUp() {
  const clock = testClock();
  let content = '';
  const timer = createClipboardTimer({
    clock,
    clipboard: {
      write: async (text) => void (content = text),
      clearIf: async (text) => void (content = content === text ? '' : content),
    },
  });
  return { clock, timer, content: () => content, other: (text: string) => (content = text) };
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

  it('clears at once when asked (lock, quit)', async () => {
    const { timer, content } = setUp();
    await timer.copy('S3CRET', true);
    await timer.clearSecret();
    expect(content()).toBe('');
  });
});
