/** The program Electron runs, bundled to out/main/electron.js. It starts the shell and ends with it. */
import * as electron from 'electron';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import packageJson from '../../../package.json' with { type: 'json' };
import { createApp } from '../../app.ts';
import { shellArguments, USAGE } from '../node/shell-arguments.ts';
import { failStart } from '../node/start-error.ts';
import { prepareElectron, startElectronShell } from './electron-shell.ts';
import { watchFailures } from './failures.ts';
import { judgeSwitches, ownArguments } from './start-switches.ts';

async function main(): Promise<void> {
  // Beside Baleen's own arguments, whatever Electron or Chromium took for itself is judged too.
  const { own, notices } = judgeSwitches(
    ownArguments(process.argv, electron.app.isPackaged),
    (name) => electron.app.commandLine.hasSwitch(name),
    process.getuid?.() === 0,
  );
  const args = shellArguments(own);
  if (args.help) return void process.stdout.write(USAGE);
  if (args.version) return void process.stdout.write(`${packageJson.version}\n`);
  if (!prepareElectron(electron)) return electron.app.quit();
  await electron.app.whenReady();
  const shell = await startElectronShell(electron, {
    createApp,
    args,
    version: packageJson.version,
    rendererFolder: join(import.meta.dirname, '..', 'renderer'),
    preload: join(import.meta.dirname, '..', 'preload', 'preload.cjs'),
    workers: { store: pathToFileURL(join(import.meta.dirname, 'store-worker.js')) },
    signerHost: pathToFileURL(join(import.meta.dirname, 'pkcs11-host.js')),
    ports: { notices },
  });
  watchFailures(process, shell);
}

main().catch((error: unknown) => {
  failStart(error);
  electron.app.exit(1);
});
