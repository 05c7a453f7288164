/** The log on disk: lines appended to one file, mode 0600, three older ones kept. What a line may hold is decided in lib/log.ts. */
import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../../lib/app-error.ts';
import { APPEND } from '../../lib/append-flags.ts';

const OLDER_FILES = 3;

export interface LogFile {
  path: string;
  /** Never throws: a full disk is said once on the terminal. */
  write(line: string): void;
  close(): void;
}

/** Opens or makes the file under this name. */
function openNew(path: string): number {
  return openSync(path, APPEND, 0o600);
}

/**
 * Opens (or makes) `baleen.log` in `folder`; past `limitBytes` it becomes `baleen.log.1` and a new one begins. When that fails, the
 * log goes on in the file it has, and tries again at the next line.
 */
export function openLogFile(folder: string, limitBytes = 1_048_576): LogFile {
  const path = join(folder, 'baleen.log');
  let warned = false;
  let ended = false;
  let file: number | null = openNew(path);
  let size = fstatSync(file).size;

  function warn(error: unknown): void {
    if (!warned) process.stderr.write(`baleen: the log ${path} cannot be written: ${errorText(error)}\n`);
    warned = true;
  }

  /** SECURITY: a number that was closed may be another file's by now, so it is forgotten in the same step. */
  function closeFile(): void {
    const open = file;
    file = null;
    if (open !== null) closeSync(open);
  }

  function rotate(): void {
    // Windows renames no open file.
    if (process.platform === 'win32') closeFile();
    rmSync(`${path}.${OLDER_FILES}`, { force: true });
    for (let n = OLDER_FILES - 1; n >= 1; n -= 1) renameIfThere(`${path}.${n}`, `${path}.${n + 1}`);
    renameIfThere(path, `${path}.1`);
    const next = openNew(path);
    closeFile();
    file = next;
    size = 0;
  }

  return {
    path,
    write(line) {
      if (ended) return;
      try {
        const bytes = Buffer.from(line.endsWith('\n') ? line : `${line}\n`, 'utf8');
        try {
          if (size > 0 && size + bytes.length > limitBytes) rotate();
        } catch (error) {
          warn(error);
        }
        file ??= openNew(path);
        size += writeSync(file, bytes);
      } catch (error) {
        warn(error);
      }
    },
    close() {
      ended = true;
      closeFile();
    },
  };
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
