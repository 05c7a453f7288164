/** Finds the shared test vectors: upward from the project to `shared/vectors`. Not shipped. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A path below the shared vectors. Throws with what to do when they are not there. */
export function vectorPath(...parts: string[]): string {
  for (let folder = resolve(import.meta.dirname); ; folder = dirname(folder)) {
    const candidate = join(folder, 'shared', 'vectors');
    if (existsSync(candidate)) return join(candidate, ...parts);
    if (folder === dirname(folder))
      throw new Error('The shared test vectors (../shared/vectors beside the project) are not there.');
  }
}

/** Makes the fixtures of scenarios.md with OpenSSL into a new folder; `remove` takes it away again. */
export function generateFixtures(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-fixtures-'));
  execFileSync('bash', [vectorPath('golden', 'gen.sh'), folder], { stdio: 'pipe' });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
