import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { type Medium, readFault, writeFault } from './medium.ts';
import { writeChecked, type WriteSteps } from './write-checked.ts';

let stick: Medium;
beforeEach(() => {
  const path = mkdtempSync(join(tmpdir(), 'baleen-write-'));
  stick = { id: 'stick-1', kind: 'volume', label: 'TA-\u202eSTICK', path };
  writeFileSync(join(path, 'response.json'), 'old');
});
afterEach(() => rmSync(stick.path, { recursive: true, force: true }));

const CONTENT = Buffer.from('{"new": true}');
const failure = (code: string): Error => Object.assign(new Error(code), { code });
const steps = (more: Partial<WriteSteps>): WriteSteps => ({
  write: (file, content) => file.writeFile(content),
  readBack: async (path) => ({ bytes: readFileSync(path), fromMedium: false }),
  ...more,
});
const there = (): [string[], string] => [
  readdirSync(stick.path),
  readFileSync(join(stick.path, 'response.json'), 'utf8'),
];

test('it is there whole, under its name, and nothing else is', async () => {
  const { path } = await writeChecked(stick, 'response.json', CONTENT);
  expect(path).toBe(join(stick.path, 'response.json'));
  expect(there()).toEqual([['response.json'], CONTENT.toString()]);
});

test.each(['EIO', 'ENODEV', 'ENOSPC', 'EROFS'])(
  'a medium that fails with %s half-way keeps its old file, and no half of the new one',
  async (code) => {
    const half = steps({
      async write(file, content) {
        await file.write(content.subarray(0, 5));
        throw failure(code);
      },
    });
    await expect(writeChecked(stick, 'response.json', CONTENT, half)).rejects.toThrow(
      /response\.json was not written/,
    );
    expect(there()).toEqual([['response.json'], 'old']);
  },
);

test('octets that come back as others are found before the file has its name', async () => {
  const lossy = steps({ readBack: async () => ({ bytes: Buffer.from('{"new": trut}'), fromMedium: true }) });
  await expect(writeChecked(stick, 'response.json', CONTENT, lossy)).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
    message: expect.stringMatching(/does not read back the same: the medium is damaged/),
  });
  expect(there()).toEqual([['response.json'], 'old']);
});

describe('sentences', () => {
  const said = (fault: unknown): [string, string] => {
    if (!(fault instanceof AppError)) throw new Error('no sentence');
    return [fault.code, fault.message];
  };

  test.each([
    ['ENOSPC', 'DISK_FULL', /is full.*use another one\.$/],
    ['EDQUOT', 'DISK_FULL', /is full/],
    ['EROFS', 'PERMISSION_DENIED', /write-protected.*Slide its lock/],
    ['EACCES', 'PERMISSION_DENIED', /may not be written to by you/],
    ['EIO', 'NOT_FOUND', /pulled out or fails.*does not count.*once more\.$/],
    ['ENODEV', 'NOT_FOUND', /pulled out/],
    ['ENOENT', 'NOT_FOUND', /pulled out/],
  ])('writing, %s', (code, expected, sentence) => {
    const [found, message] = said(writeFault(failure(code), stick, 'response.json'));
    expect(found).toBe(expected);
    expect(message).toMatch(sentence);
    // A label is a stranger's text: nothing in it turns the line round.
    expect(message).toMatch(/^The stick TA- STICK /);
  });

  test.each([
    ['ENOENT', 'NOT_FOUND', /no longer on/],
    ['EIO', 'NOT_FOUND', /cannot be read from the stick.*pulled out or is damaged/],
    ['EACCES', 'PERMISSION_DENIED', /may not be read by you/],
    ['ELOOP', 'INVALID_INPUT', /link to another place/],
  ])('reading, %s', (code, expected, sentence) => {
    const [found, message] = said(readFault(failure(code), stick, 'request.json'));
    expect(found).toBe(expected);
    expect(message).toMatch(sentence);
  });

  test('what is no failure of a medium stays what it is', () => {
    const bug = new TypeError('x');
    expect(writeFault(bug, stick, 'a')).toBe(bug);
    expect(readFault(bug, stick, 'a')).toBe(bug);
  });
});
