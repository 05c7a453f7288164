/** The desktop's own file pickers by zenity or kdialog, where one is installed and a display is there. Null otherwise: then chooser.ts serves. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Dialogs } from '../../ports.ts';

/** A picker ends with 0 and the path, or with 1 when the operator cancelled. */
function ask(program: string, args: string[]): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const path = Buffer.concat(chunks).toString('utf8').replace(/\n$/, '');
      if (code === 0 && isAbsolute(path)) resolve(path);
      else if (code === 0 || code === 1) resolve(null);
      else reject(new Error(`${program} ended with ${code}`));
    });
  });
}

function zenity(program: string): Dialogs {
  const run = (title: string, filename: string, ...more: string[]) =>
    ask(program, ['--file-selection', `--title=${title}`, `--filename=${filename}`, ...more]);
  return {
    // A trailing slash makes zenity open the folder instead of selecting it in its parent.
    folder: ({ title, start }) => run(title, join(start, '/'), '--directory'),
    saveFile: ({ title, start, name }) => run(title, join(start, name), '--save'),
    openFile: ({ title, start }) => run(title, join(start, '/')),
  };
}

function kdialog(program: string): Dialogs {
  const run = (title: string, verb: string, start: string) => ask(program, ['--title', title, verb, start]);
  return {
    folder: ({ title, start }) => run(title, '--getexistingdirectory', start),
    saveFile: ({ title, start, name }) => run(title, '--getsavefilename', join(start, name)),
    openFile: ({ title, start }) => run(title, '--getopenfilename', start),
  };
}

function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const places = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  return places
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        // Not there: look in the next folder.
        return false;
      }
    });
}

export function nativeDialogs(env: NodeJS.ProcessEnv = process.env): Dialogs | null {
  if (env['DISPLAY'] === undefined && env['WAYLAND_DISPLAY'] === undefined) return null;
  const makers = [
    ['zenity', zenity],
    ['kdialog', kdialog],
  ] as const;
  const sorted = env['XDG_CURRENT_DESKTOP']?.includes('KDE') === true ? makers.toReversed() : makers;
  for (const [name, make] of sorted) {
    const program = onPath(name, env);
    if (program !== undefined) return make(program);
  }
  return null;
}
