/** The log: JSON lines with redaction, nothing else. Not the audit, which is a record and not a diary. */
import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { errorText } from './app-error.ts';

export interface Log {
  info(what: string, facts?: Record<string, string | number | boolean>): void;
  /** Returns the reference the operator is shown, so that the line can be found. */
  failure(what: string, error: unknown): string;
}

// SECURITY: paths that could hold a secret if somebody logged a payload by mistake.
const REDACT = [
  'passphrase',
  'current',
  'next',
  'recoveryKey',
  'pin',
  'password',
  'parts',
  'chunk',
  '*.passphrase',
  '*.pin',
  '*.password',
];

/** `write` gets one line at a time, with its newline. */
export function createLog(write: (line: string) => void, version: string): Log {
  const logger = pino(
    { base: { version }, redact: REDACT, timestamp: pino.stdTimeFunctions.isoTime },
    { write },
  );
  return {
    info: (what, facts = {}) => logger.info(facts, what),
    failure(what, error) {
      const ref = randomBytes(4).toString('hex').toUpperCase();
      const stack = error instanceof Error ? error.stack : undefined;
      logger.error({ ref, error: errorText(error), stack }, what);
      return ref;
    },
  };
}
