import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256Hex } from '../../lib/bytes.ts';
import { readSteady } from './read-steady.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baleen-steady-'));
  path = join(folder, 'request.json');
  writeFileSync(path, '{"a": 1}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a file that nobody touches is read with its hash', async () => {
  const { bytes, sha256 } = await readSteady(path, 100);
  expect(bytes.toString()).toBe('{"a": 1}');
  expect(sha256).toBe(sha256Hex(bytes));
});

test.each<[string, () => void]>([
  ['it grew', () => appendFileSync(path, ' ')],
  ['it was cut', () => truncateSync(path, 4)],
  ['as many octets, other ones', () => writeFileSync(path, '{"a": 2}')],
  [
    'other octets, and its time set back',
    () => {
      writeFileSync(path, '{"a": 2}');
      utimesSync(path, new Date(1e12), new Date(1e12));
    },
  ],
  [
    'another file took its name, with the same octets',
    () => {
      writeFileSync(join(folder, 'new'), '{"a": 1}');
      renameSync(join(folder, 'new'), path);
    },
  ],
])('a file that changes while it is read is refused: %s', async (_name, change) => {
  await expect(readSteady(path, 100, async () => change())).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/^request\.json changed while it was read: it is still being written\./),
  });
});

test('one that is taken away while it is read is not there', async () => {
  await expect(readSteady(path, 100, async () => rmSync(path))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the limit is looked at before anything is read', async () => {
  await expect(readSteady(path, 7)).rejects.toMatchObject({ code: 'TOO_LARGE' });
});
