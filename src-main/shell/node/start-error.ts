/**
 * Why Baleen does not start or cannot go on, as one sentence for the terminal; and the one place where a shell
 * leaves with an error. Not for errors of a call: those are replies.
 */
import { AppError } from '../../lib/app-error.ts';

export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Prints the sentence of a known reason, or the stack of a bug, and sets the exit code; the process then ends by itself. */
export function failStart(
  error: unknown,
  print: (text: string) => void = (text) => process.stderr.write(text),
): void {
  const known = error instanceof StartError || error instanceof AppError;
  const text =
    error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  print(`baleen: ${text.trimEnd()}\n`);
  process.exitCode = 1;
}
