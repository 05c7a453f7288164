/** Where Baleen keeps its own files on each system, as that system's rules say. It makes the folder of settings, no other. */
import { lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export interface Folders {
  /** Settings, recent list, log. */
  config: string;
  /** Where new workspaces are suggested. */
  workspaces: string;
}

interface Machine {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  home: string;
}

const thisMachine = (): Machine => ({ platform: process.platform, env: process.env, home: homedir() });

/** XDG Base Directory Specification: a relative path is invalid and is ignored. */
function absoluteOr(value: string | undefined, fallback: string): string {
  return value !== undefined && isAbsolute(value) ? value : fallback;
}

/** XDG on Linux, Application Support on macOS, AppData on Windows (workspaces in the part that does not roam). */
export function standardFolders({ platform, env, home } = thisMachine()): Folders {
  if (platform === 'darwin') {
    const support = join(home, 'Library', 'Application Support', 'Baleen');
    return { config: support, workspaces: join(support, 'Workspaces') };
  }
  if (platform === 'win32') {
    const roaming = env['APPDATA'] ?? join(home, 'AppData', 'Roaming');
    const local = env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local');
    return { config: join(roaming, 'Baleen'), workspaces: join(local, 'Baleen', 'Workspaces') };
  }
  return {
    config: join(absoluteOr(env['XDG_CONFIG_HOME'], join(home, '.config')), 'baleen'),
    workspaces: join(absoluteOr(env['XDG_DATA_HOME'], join(home, '.local', 'share')), 'baleen', 'workspaces'),
  };
}

/** Makes the folder of settings, mode 0700. */
export function makeConfigFolder(folders: Folders): void {
  mkdirSync(folders.config, { recursive: true, mode: 0o700 });
}

/** A folder for what lives only as long as the process: XDG_RUNTIME_DIR when it is ours and private, else the temporary one. */
export function runtimeFolder({ env } = thisMachine()): string {
  const given = env['XDG_RUNTIME_DIR'];
  if (given === undefined || !isAbsolute(given)) return tmpdir();
  const found = lstatSync(given, { throwIfNoEntry: false });
  const isPrivate =
    found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  return isPrivate ? given : tmpdir();
}
