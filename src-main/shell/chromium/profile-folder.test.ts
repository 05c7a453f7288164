import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeProfile, removeStaleProfiles } from './profile-folder.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'baleen-profiles-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('a profile is private, has its preferences, and is removed', async () => {
  const profile = makeProfile(parent, { a: 1 });
  expect(statSync(profile.path).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(join(profile.path, 'Default', 'Preferences'), 'utf8'))).toEqual({ a: 1 });
  await profile.remove();
  expect(existsSync(profile.path)).toBe(false);
});

test('its path leaves room for the socket Chromium makes in it', () => {
  // sun_path holds 108 octets; Chromium adds "/SingletonSocket".
  const below = makeProfile(parent, {}).path.slice(parent.length);
  expect('/tmp'.length + below.length + '/SingletonSocket'.length).toBeLessThan(80);
});

test('what a killed start left is removed; what runs, what is not ours by name, and links stay', async () => {
  const running = makeProfile(parent, {});
  // A process that cannot exist, and this one under an older start time.
  const dead = join(parent, 'baleen-4194305-1-abcdef');
  const reused = join(parent, `baleen-${process.pid}-1-abcdef`);
  const other = join(parent, 'baleen-something-else');
  for (const folder of [dead, reused, other]) mkdirSync(folder);
  const link = join(parent, 'baleen-4194305-1-linked');
  symlinkSync(other, link);
  expect((await removeStaleProfiles(parent)).toSorted()).toEqual([dead, reused].toSorted());
  expect([running.path, other, link].filter((path) => !existsSync(path))).toEqual([]);
});
