import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exportFile } from '../lib/export-file.ts';
import { fileNameOf } from './export.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baleen-names-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const now = new Date('2026-11-24T12:00:00Z');
const write = (path: string, text: string, overwrite = false) =>
  exportFile({ path, content: Buffer.from(text), mode: 0o600, overwrite, now });

it.each(['証'.repeat(100), 'é'.repeat(100), 'a'.repeat(300), `${'a'.repeat(149)}証証証`])(
  'a suggested name fits with its ending, its backup and what is written beside it: %s',
  async (name) => {
    const path = join(folder, `${fileNameOf(name)}-fullchain.pem`);
    await write(path, 'one');
    const { backup } = await write(path, 'two', true);
    expect(await readFile(backup ?? '', 'utf8')).toBe('one');
    // Cut between characters, never inside one.
    expect(fileNameOf(name)).not.toContain('\ufffd');
    expect(name.startsWith(fileNameOf(name))).toBe(true);
  },
);

it.each([
  ['con.example', 'certificate-con.example'],
  ['AUX.txt.pem', 'certificate-AUX.txt.pem'],
  ['lpt1', 'certificate-lpt1'],
  ['console.example', 'console.example'],
])('%s is written as %s: a device of Windows counts by what stands before the first dot', (name, file) => {
  expect(fileNameOf(name)).toBe(file);
});
