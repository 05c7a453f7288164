/** Clock, randomness and sinks for tests: time moves only when told, timers fire in order. Not shipped. */
import { randomBytes } from 'node:crypto';
import type { AppEvent } from '#shared/bridge.ts';
import type { Around } from '../lib/device-use.ts';
import { createLog, type Log } from '../lib/log.ts';
import type { Clock, Random } from '../ports.ts';

export interface TestClock extends Clock {
  /** Moves time forward and runs what became due, in order. */
  advance(ms: number): void;
  set(at: string): void;
}

export function testClock(start = '2026-11-24T12:00:00.000Z'): TestClock {
  let nowMs = Date.parse(start);
  let timers: { at: number; task: () => void }[] = [];
  return {
    now: () => new Date(nowMs),
    after(ms, task) {
      const timer = { at: nowMs + ms, task };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const end = nowMs + ms;
      for (;;) {
        const next = timers.filter((timer) => timer.at <= end).toSorted((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = Math.max(nowMs, next.at);
        next.task();
      }
      nowMs = end;
    },
    set(at) {
      nowMs = Date.parse(at);
    },
  };
}

/** The time of the machine, for tests with programs of others; `advance` puts it ahead of them and rings nothing. */
export function liveClock(): TestClock {
  let aheadMs = 0;
  return {
    now: () => new Date(Date.now() + aheadMs),
    after: () => () => undefined,
    advance(ms) {
      aheadMs += ms;
    },
    set(at) {
      aheadMs = Date.parse(at) - Date.now();
    },
  };
}

/** Actions in which no device signs (lib/device-use.ts). */
export const softwareOnly: Around = (run) => run();

export const testRandom: Random = { bytes: (length) => randomBytes(length) };

/** A log whose lines can be read back. */
export function testLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return { log: createLog((line) => lines.push(line), '0.0.0-test'), lines };
}

export function eventSink(): { events: AppEvent[]; emit(event: AppEvent): void } {
  const events: AppEvent[] = [];
  return { events, emit: (event) => void events.push(event) };
}
