/**
 * Finds the Chromium or Chrome that is installed, in the places of chromium-places.json, which scripts/prepare.mjs reads
 * as well. It starts nothing and asks no network.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { StartError } from '../node/start-error.ts';
import places from './chromium-places.json' with { type: 'json' };

// Debian's /usr/bin/chromium is a script that adds flags and extensions of its own: the program behind it comes first.
const USUAL: Partial<Record<NodeJS.Platform, string[]>> = { linux: places.linux, darwin: places.darwin };

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Missing or not ours to run: both mean "not this one".
    return false;
  }
}

function windowsPaths(env: NodeJS.ProcessEnv): string[] {
  return [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].flatMap((folder) =>
    folder === undefined ? [] : places.windows.map((parts) => join(folder, ...parts)),
  );
}

/**
 * The program named by the environment variable CHROMIUM, else the first of the usual places and of PATH.
 * Throws StartError with what to install when there is none.
 */
export function findChromium(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  isThere: (path: string) => boolean = isProgram,
): string {
  const named = env['CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (isAbsolute(named) && isThere(named)) return named;
    throw new StartError(`CHROMIUM names ${named}, which is not a program. Give its absolute path.`);
  }
  const searched = (env['PATH'] ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .flatMap((folder) => places.names.map((name) => join(folder, name)));
  const usual = platform === 'win32' ? windowsPaths(env) : (USUAL[platform] ?? []);
  const found = [...usual, ...searched].find(isThere);
  if (found !== undefined) return found;
  throw new StartError(
    'No Chromium or Chrome is installed, and Baleen shows its window with one. ' +
      (platform === 'linux' ? 'Type: sudo apt install chromium' : 'Install one of them') +
      ', or set CHROMIUM to the path of yours.',
  );
}
