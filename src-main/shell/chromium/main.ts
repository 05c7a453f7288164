/** The program behind `npm start -- --shell=chromium`, bundled to out/main/chromium.js. It starts the shell and ends with it. */
import { shellArguments, USAGE } from '../node/shell-arguments.ts';
import { failStart } from '../node/start-error.ts';
import { installed, startChromiumShell } from './console.ts';

async function main(): Promise<void> {
  const args = shellArguments(process.argv.slice(2));
  if (args.help) return void process.stdout.write(USAGE);
  if (args.version) return void process.stdout.write(`${installed.version}\n`);
  // Asked to end while it starts, it ends as soon as there is something to end, so that nothing is left behind.
  const { promise: asked, resolve: end } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end());
  const shell = await startChromiumShell({ ...installed, args });
  void asked.then(() => shell.close());
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
