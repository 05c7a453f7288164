/** Bugs of main in Electron, which would otherwise go on with keys in memory: the application ends and the window says so. */
import type { ElectronShell } from './electron-shell.ts';
import { failStart } from '../node/start-error.ts';

interface Process {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
}

export function watchFailures(
  process_: Process,
  shell: Pick<ElectronShell, 'fail'>,
  print?: (text: string) => void,
): void {
  const failed = (error: unknown): void => {
    failStart(error, print);
    shell.fail(error);
  };
  process_.on('uncaughtException', failed);
  process_.on('unhandledRejection', failed);
}
