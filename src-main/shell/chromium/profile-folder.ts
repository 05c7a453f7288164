/**
 * The folder a Chromium of ours lives in: fresh at every start, mode 0700, gone at quit; what a killed start left
 * behind is removed by the next one. It never holds a secret on purpose, but caches do what they like.
 */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'baleen-';
const NAME = /^baleen-(\d+)-(\d+)-/;

export interface ProfileFolder {
  path: string;
  temporary: string;
  remove(): Promise<void>;
}

/** When the process started, in clock ticks since boot (proc(5), field 22), so that a reused id is not taken for it; 0 where there is no /proc. */
function startTicks(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0);
  } catch {
    return 0;
  }
}

function isRunning(pid: number, ticks: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's process has that id now, so ours is gone.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
  return ticks === startTicks(pid);
}

async function removeFolder(path: string): Promise<void> {
  // Chromium's last helper may still write for a moment after the browser ended.
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** Removes profile folders in `parent` that are ours and whose process is gone. Returns their paths. */
export async function removeStaleProfiles(parent: string): Promise<string[]> {
  const stale = readdirSync(parent).filter((name) => {
    const match = NAME.exec(name);
    if (match === null || isRunning(Number(match[1]), Number(match[2]))) return false;
    const found = lstatSync(join(parent, name), { throwIfNoEntry: false });
    // SECURITY: in a shared temporary folder somebody else may plant such a name.
    return found?.isDirectory() === true && found.uid === (process.getuid?.() ?? found.uid);
  });
  const paths = stale.map((name) => join(parent, name));
  await Promise.all(paths.map(removeFolder));
  return paths;
}

/** Makes the folder below `parent`, with the preferences in place before Chromium reads them. */
export function makeProfile(parent: string, preferences: unknown): ProfileFolder {
  const owner = `${process.pid}-${startTicks(process.pid)}`;
  // mkdtemp makes it with mode 0700 and a name nobody can foresee.
  const path = mkdtempSync(join(parent, `${PREFIX}${owner}-`));
  const temporary = join(path, 'tmp');
  mkdirSync(temporary, { mode: 0o700 });
  mkdirSync(join(path, 'Default'), { mode: 0o700 });
  writeFileSync(join(path, 'Default', 'Preferences'), JSON.stringify(preferences), { mode: 0o600 });
  return { path, temporary, remove: () => removeFolder(path) };
}
