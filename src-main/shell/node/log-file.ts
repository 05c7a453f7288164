/** The log on disk: lines appended to one file, mode 0600, three older ones kept. What a line may hold is decided in lib/log.ts. */
import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../../lib/app-error.ts';

const OLDER_FILES = 3;

export interface LogFile {
  path: string;
  /** Never throws: a full disk is said once on the terminal. */
  write(line: string): void;
  close(): void;
}

/** Opens (or makes) `baleen.log` in `folder`; past `limitBytes` it becomes `baleen.log.1` and a new one begins. */
export function openLogFile(folder: string, limitBytes = 1_048_576): LogFile {
  const path = join(folder, 'baleen.log');
  let warned = false;
  let file = openSync(path, 'a', 0o600);
  let size = fstatSync(file).size;

  function rotate(): void {
    closeSync(file);
    rmSync(`${path}.${OLDER_FILES}`, { force: true });
    for (let n = OLDER_FILES - 1; n >= 1; n -= 1) renameIfThere(`${path}.${n}`, `${path}.${n + 1}`);
    renameIfThere(path, `${path}.1`);
    file = openSync(path, 'a', 0o600);
    size = 0;
  }

  return {
    path,
    write(line) {
      try {
        const bytes = Buffer.from(line.endsWith('\n') ? line : `${line}\n`, 'utf8');
        if (size > 0 && size + bytes.length > limitBytes) rotate();
        size += writeSync(file, bytes);
      } catch (error) {
        if (!warned) process.stderr.write(`baleen: the log ${path} cannot be written: ${errorText(error)}\n`);
        warned = true;
      }
    },
    close: () => closeSync(file),
  };
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
