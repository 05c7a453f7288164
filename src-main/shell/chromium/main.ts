/** The program behind `npm start -- --shell=chromium`, bundled to out/main/chromium.js. It starts the shell and ends with it. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import packageJson from '../../../package.json' with { type: 'json' };
import { createApp } from '../../app.ts';
import { shellArguments, USAGE } from '../node/shell-arguments.ts';
import { failStart } from '../node/start-error.ts';
import { startChromiumShell } from './chromium-shell.ts';

async function main(): Promise<void> {
  const args = shellArguments(process.argv.slice(2));
  if (args.help) return void process.stdout.write(USAGE);
  if (args.version) return void process.stdout.write(`${packageJson.version}\n`);
  const shell = await startChromiumShell({
    args,
    createApp,
    version: packageJson.version,
    rendererFolder: join(import.meta.dirname, '..', 'renderer'),
    workers: { store: pathToFileURL(join(import.meta.dirname, 'store-worker.js')) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void shell.close());
  const failed = (error: unknown): void => {
    failStart(error);
    shell.fail(error);
  };
  process.on('uncaughtException', failed);
  process.on('unhandledRejection', failed);
  await shell.ended;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    failStart(error);
    process.exit();
  },
);
