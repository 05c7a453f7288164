/** Runs a program that writes into a folder and kills it -9 after a while, for tests of what survives. Not shipped. */
import { spawn } from 'node:child_process';

/** The waits of `given`, milliseconds, then longer ones until `enough`: on a busy machine a program gets less far in the same time. */
export function* waits(given: readonly number[], enough: () => boolean): Generator<number> {
  yield* given;
  for (let ms = (given.at(-1) ?? 1) * 2; !enough() && ms < 40_000; ms *= 2) yield ms;
}

/**
 * Kills it `ms` after it first said a line that begins with `when`; answers the whole lines it said after the first one,
 * "open": what it had acknowledged.
 */
export async function killedAfter(
  program: URL,
  folder: string,
  ms: number,
  when = 'open',
): Promise<string[]> {
  const child = spawn(process.execPath, [program.pathname, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const { promise: opened, resolve } = Promise.withResolvers<void>();
  child.stdout.on('data', (bytes: Buffer) => {
    said += String(bytes);
    if (`\n${said}`.includes(`\n${when}`)) resolve();
  });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  await Promise.race([opened, ended]);
  await new Promise((done) => setTimeout(done, ms));
  child.kill('SIGKILL');
  await ended;
  return said.slice(0, said.lastIndexOf('\n')).split('\n').slice(1);
}
