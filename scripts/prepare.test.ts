import { join } from 'node:path';
import { expect, test } from 'vitest';
import places from '../src-main/shell/chromium/chromium-places.json' with { type: 'json' };
import { findChromium } from '../src-main/shell/chromium/find-chromium.ts';
import { hasChromium } from './prepare.mjs';

const WINDOWS = { PROGRAMFILES: 'C:/Program Files', 'PROGRAMFILES(X86)': 'C:/x86', LOCALAPPDATA: 'C:/me' };

/** Where the shell looks: on this system, on the others, and on PATH. */
const everywhere: [platform: NodeJS.Platform, env: NodeJS.ProcessEnv, path: string][] = [
  ...places.linux.map((path) => ['linux', {}, path] as [NodeJS.Platform, NodeJS.ProcessEnv, string]),
  ...places.darwin.map((path) => ['darwin', {}, path] as [NodeJS.Platform, NodeJS.ProcessEnv, string]),
  ...Object.values(WINDOWS).flatMap((folder) =>
    places.windows.map(
      (parts) => ['win32', WINDOWS, join(folder, ...parts)] as [NodeJS.Platform, NodeJS.ProcessEnv, string],
    ),
  ),
  ...places.names.map(
    (name) => ['linux', { PATH: '/a:/b' }, join('/b', name)] as [NodeJS.Platform, NodeJS.ProcessEnv, string],
  ),
  ['linux', { CHROMIUM: '/opt/mine/browser' }, '/opt/mine/browser'],
];

test.each(everywhere)('on %s with %j: %s is found by the shell and by npm start', (platform, env, path) => {
  const isProgram = (asked: string): boolean => asked === path;
  expect(findChromium(env, platform, isProgram)).toBe(path);
  expect(hasChromium(env, platform, isProgram)).toBe(true);
});

test('what the shell refuses, npm start does not take for one', () => {
  expect(hasChromium({ PATH: '/a' }, 'linux', () => false)).toBe(false);
  // A folder of that name, or a file that cannot be run.
  expect(hasChromium({ CHROMIUM: import.meta.dirname }, 'linux')).toBe(false);
  expect(hasChromium({ CHROMIUM: import.meta.filename }, 'linux')).toBe(false);
  // A name instead of a path.
  expect(hasChromium({ CHROMIUM: 'chromium', PATH: '/b' }, 'linux', () => true)).toBe(false);
});
