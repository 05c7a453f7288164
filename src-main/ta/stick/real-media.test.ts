import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBack } from '../../lib/read-back.ts';
import type { Medium } from './medium.ts';
import { writeChecked } from './write-checked.ts';

/** A file as a block device with a file system on it: as near to a stick as a machine without one comes. */
const canMount =
  process.getuid?.() === 0 && existsSync('/dev/loop-control') && existsSync('/usr/sbin/mkfs.ext4');

describe.runIf(canMount)('a block device', () => {
  let folder: string;
  let stick: Medium;
  let mounted: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baleen-device-'));
    stick = { id: 'stick-1', kind: 'volume', label: 'LOOP', path: join(folder, 'stick') };
    mkdirSync(stick.path);
    mounted = [];
  });
  afterEach(() => {
    for (const path of mounted.toReversed()) execFileSync('umount', [path]);
    rmSync(folder, { recursive: true, force: true });
  });

  function mount(path: string, ...args: string[]): void {
    execFileSync('mount', [...args, path]);
    mounted.push(path);
  }
  function format(image: string, megabytes: number): void {
    writeFileSync(image, '');
    truncateSync(image, megabytes * 1_048_576);
    execFileSync('mkfs.ext4', ['-q', '-O', '^has_journal', image]);
    mount(stick.path, '-o', 'loop', image);
  }

  test('what the medium lost is found by reading it, while the system still answers from memory', async () => {
    const image = join(folder, 'image');
    format(image, 16);
    const content = Buffer.concat([randomBytes(16), Buffer.alloc(40_000, 'a')]);
    const { path, fromMedium } = await writeChecked(stick, 'response.json', content);
    expect(fromMedium).toBe(true);
    const at = readFileSync(image).indexOf(content.subarray(0, 16));
    expect(at).toBeGreaterThan(0);
    const device = openSync(image, 'r+');
    writeSync(device, 'X', at + 100);
    fsyncSync(device);
    closeSync(device);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect((await readBack(path)).bytes.equals(content)).toBe(false);
  });

  test('a stick that claims more room than it has is found out when it is flushed', async () => {
    const small = join(folder, 'small');
    mkdirSync(small);
    mount(small, '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs');
    format(join(small, 'image'), 32);
    await expect(writeChecked(stick, 'response.json', randomBytes(12_000_000))).rejects.toMatchObject({
      message: expect.stringMatching(/^The stick LOOP (is full|was pulled out or fails)/),
    });
    expect(readdirSync(stick.path)).toEqual(['lost+found']);
  });
});
