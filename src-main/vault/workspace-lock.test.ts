import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockWorkspace } from './workspace-lock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baleen-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Whether another process gets the lock. */
function othersGetIt(): boolean {
  const module = new URL('./workspace-lock.ts', import.meta.url).href;
  const program = `const { lockWorkspace } = await import(${JSON.stringify(module)});
    try { lockWorkspace(${JSON.stringify(folder)}); process.stdout.write('got it'); } catch (error) { process.stdout.write(error.code); }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  if (stdout !== 'got it') expect(stdout).toBe('WORKSPACE_IN_USE');
  return stdout === 'got it';
}

test('a second try in the same process is refused, and does not give the lock away to another', () => {
  const release = lockWorkspace(folder);
  expect(othersGetIt()).toBe(false);
  // POSIX drops a process's locks on a file when it closes any descriptor of it.
  expect(() => lockWorkspace(folder)).toThrow(/open in another window/);
  expect(othersGetIt()).toBe(false);
  release();
  release();
  expect(othersGetIt()).toBe(true);
});
