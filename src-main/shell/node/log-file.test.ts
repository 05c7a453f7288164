import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openLogFile } from './log-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baleen-log-'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const line = (n: number): string => `{"line":${n}}`.padEnd(90);

test('past its limit a new file begins, three older ones are kept, all of them private', () => {
  const log = openLogFile(folder, 100);
  for (let n = 0; n < 6; n += 1) log.write(line(n));
  log.close();
  expect(readdirSync(folder).toSorted()).toEqual([
    'baleen.log',
    'baleen.log.1',
    'baleen.log.2',
    'baleen.log.3',
  ]);
  expect(readFileSync(at('baleen.log'), 'utf8')).toContain('"line":5');
  expect(readFileSync(at('baleen.log.3'), 'utf8')).toContain('"line":2');
  for (const name of readdirSync(folder)) expect(statSync(at(name)).mode & 0o777).toBe(0o600);
});

test('when the files cannot be moved it goes on in the one it has, and never touches the file of another', () => {
  // A folder in the way stands for a rename or a removal that fails.
  mkdirSync(at('baleen.log.3'));
  const log = openLogFile(folder, 100);
  log.write(line(0));
  log.write(line(1));
  // It would get the number of a log that was closed.
  const other = openSync(at('root.key'), 'w', 0o600);
  writeSync(other, 'KEY');
  log.write(line(2));
  log.write(line(3));
  expect(() => writeSync(other, ' and more')).not.toThrow();
  expect(readFileSync(at('root.key'), 'utf8')).toBe('KEY and more');
  for (let n = 0; n < 4; n += 1) expect(readFileSync(at('baleen.log'), 'utf8')).toContain(`"line":${n}`);
  expect(process.stderr.write).toHaveBeenCalledOnce();
  // What stood in the way is gone: it goes on as usual.
  rmSync(at('baleen.log.3'), { recursive: true });
  log.write(line(4));
  expect(readFileSync(at('baleen.log'), 'utf8')).not.toContain('"line":3');
  log.close();
  log.close();
});

test('after the end a line opens no file of another, and a link is not followed', () => {
  const log = openLogFile(folder, 100);
  log.close();
  const other = openSync(at('other'), 'w', 0o600);
  log.write(line(0));
  expect(readFileSync(at('other'), 'utf8')).toBe('');
  writeSync(other, 'x');
  rmSync(at('baleen.log'), { force: true });
  writeFileSync(at('target'), '');
  symlinkSync(at('target'), at('baleen.log'));
  expect(() => openLogFile(folder)).toThrow(/ELOOP/);
  expect(existsSync(at('target'))).toBe(true);
});
