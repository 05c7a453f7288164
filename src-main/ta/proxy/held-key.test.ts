/** The identity key that may outlive a lock: how long it is in memory, by what the collector says and by what is answered. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Listener, NetHandler, NetListen } from '../../ports.ts';
import { noNet } from '../../testing/test-net.ts';
import { testClock, testRandom, type TestClock } from '../../testing/test-ports.ts';
import { associatedHalves, endHalves, type TwoHalves } from '../../testing/test-proxy-app.ts';
import { servedChild } from '../../testing/test-served-child.ts';
import type { TaDeps } from '../ta.ts';
import type { RunningProxy } from './running-proxy.ts';
import { createService, type Service } from './service.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const HOUR_MS = 3_600_000;
const SETTINGS = { host: '127.0.0.1', port: 0, publicUri: null, certificate: null };

let clock: TestClock;
let listening: { options: NetListen; handler: NetHandler; listener: Listener } | null;
let service: Service;
beforeEach(() => {
  clock = testClock();
  listening = null;
  const listen = async (options: NetListen, handler: NetHandler): Promise<Listener> => {
    let open = true;
    const listener = {
      port: 1,
      isOpen: () => open,
      async close() {
        open = false;
        options.ended?.();
      },
    };
    listening = { options, handler, listener };
    return listener;
  };
  const held = { state: { identity: { keyId: 'AA' }, children: new Map(), signer: null } };
  service = createService({
    clock,
    random: testRandom,
    net: { ...noNet, listen },
    changed: () => undefined,
    failed: () => undefined,
    session: (() => ({ workspace: { path: '/one' } })) as unknown as TaDeps['session'],
    proxy: { held: async () => held, required: async () => held } as unknown as RunningProxy,
  });
});
afterEach(endHalves);

/** Chooses to go on for `hours` with a key that nothing else refers to. */
function chosen(hours: number): WeakRef<KeyObject> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  service.serveLocked({ key: privateKey, hours });
  return new WeakRef(privateKey);
}

/** Whether anything still refers to it. */
async function isHeld(key: WeakRef<KeyObject>): Promise<boolean> {
  // A WeakRef keeps its target until the turn in which it was read has ended.
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise(setImmediate);
    collect();
  }
  return key.deref() !== undefined;
}

test('it is there until the hours are over, and gone then though nobody asks', async () => {
  await service.start(SETTINGS, null);
  const key = chosen(2);
  await service.locking();
  clock.advance(2 * HOUR_MS - 1);
  expect(await isHeld(key)).toBe(true);
  clock.advance(1);
  expect(await isHeld(key)).toBe(false);
});

test('it goes when the listener closes: while locked, by another workspace, and when serving is stopped', async () => {
  await service.start(SETTINGS, null);
  const key = chosen(2);
  await service.locking();
  expect(await isHeld(key)).toBe(true);
  await listening?.listener.close();
  expect(await isHeld(key)).toBe(false);
  expect(service.serving()).toEqual({ running: false, lockedUntil: null });
  service.unlocked();
  await service.start(SETTINGS, null);
  const other = chosen(2);
  expect(service.serving().lockedUntil).not.toBeNull();
  await service.stop();
  expect(await isHeld(other)).toBe(false);
  expect(service.serving().lockedUntil).toBeNull();
});

test('it goes with the unlocking, with another choice, and where nothing listens at the lock', async () => {
  await service.start(SETTINGS, null);
  const first = chosen(2);
  const second = chosen(3);
  expect([await isHeld(first), await isHeld(second)]).toEqual([false, true]);
  await service.locking();
  service.unlocked();
  expect(await isHeld(second)).toBe(false);
  await service.stop();
  const third = chosen(1);
  await service.locking();
  expect(await isHeld(third)).toBe(false);
});

test(
  'a clock that is set back after the hours brings nobody an answer, and what was asked within them is told after unlocking',
  { timeout: 60_000 },
  async () => {
    const { proxy }: TwoHalves = await associatedHalves();
    const { child, key, send } = await servedChild(proxy);
    await proxy.call('ta.serveLocked', { hours: 1 });
    await proxy.call('workspace.lock', {});
    proxy.clock.advance(1000);
    const wish = await child.issue(key, 'rsync://child.example.net/repo/one/');
    expect((await send(await child.message(wish, proxy.clock.now()))).status).toBe(200);
    const within = new Date(proxy.clock.now().getTime() + 1000);
    proxy.clock.advance(HOUR_MS);
    expect((await send(await child.message({ type: 'list' }, proxy.clock.now()))).status).toBe(503);
    proxy.clock.set(within.toISOString());
    expect((await send(await child.message({ type: 'list' }, within))).status).toBe(503);
    proxy.clock.advance(HOUR_MS);
    await proxy.later(1000);
    expect((await proxy.call('ta.proxy', {})).proxy?.children[0]?.keys).toMatchObject([
      { keyId: key.keyId, state: 'asked' },
    ]);
  },
);
