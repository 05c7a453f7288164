/** Finds the Chromium or Chrome that is installed. It starts nothing and asks no network. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { StartError } from '../node/start-error.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

const USUAL: Partial<Record<NodeJS.Platform, string[]>> = {
  // Debian's /usr/bin/chromium is a script that adds flags and extensions of its own: the program behind it comes first.
  linux: ['/usr/lib/chromium/chromium', '/opt/google/chrome/chrome', '/snap/bin/chromium'],
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
};

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
    folder === undefined
      ? []
      : [
          join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
          join(folder, 'Chromium', 'Application', 'chrome.exe'),
        ],
  );
}

/**
 * The program named by the environment variable CHROMIUM, else the first of the usual places and of PATH.
 * Throws StartError with what to install when there is none.
 */
export function findChromium(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const named = env['CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (isAbsolute(named) && isProgram(named)) return named;
    throw new StartError(`CHROMIUM names ${named}, which is not a program. Give its absolute path.`);
  }
  const searched = (env['PATH'] ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const usual = platform === 'win32' ? windowsPaths(env) : (USUAL[platform] ?? []);
  const found = [...usual, ...searched].find(isProgram);
  if (found !== undefined) return found;
  throw new StartError(
    'No Chromium or Chrome is installed, and Baleen shows its window with one. ' +
      (platform === 'linux' ? 'Type: sudo apt install chromium' : 'Install one of them') +
      ', or set CHROMIUM to the path of yours.',
  );
}
