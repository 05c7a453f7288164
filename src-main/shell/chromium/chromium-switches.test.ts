import { expect, test } from 'vitest';
import { chromiumPreferences, chromiumSwitches, hasSharedMemory } from './chromium-switches.ts';

const usual = { profile: '/p', headless: false, sandbox: true, sharedMemory: true };

test('WebRTC is closed by the switch that a browser obeys and by preference; names do not resolve', () => {
  const switches = chromiumSwitches(usual);
  expect(switches).toContain('--webrtc-ip-handling-policy=disable_non_proxied_udp');
  expect(switches).toContain('--host-resolver-rules=MAP * ~NOTFOUND');
  expect(switches).toContain('--no-proxy-server');
  expect(chromiumPreferences()).toMatchObject({ webrtc: { ip_handling_policy: 'disable_non_proxied_udp' } });
});

test('shared memory stays memory where there is enough of it', () => {
  expect(chromiumSwitches(usual)).not.toContain('--disable-dev-shm-usage');
  expect(chromiumSwitches({ ...usual, sharedMemory: false })).toContain('--disable-dev-shm-usage');
  const of = (bavail: number) => (() => ({ bavail, bsize: 4096 })) as never;
  expect(hasSharedMemory(of(100_000))).toBe(true);
  expect(hasSharedMemory(of(16_000))).toBe(false);
  expect(
    hasSharedMemory(() => {
      throw new Error('ENOENT');
    }),
  ).toBe(false);
});
