import { describe, expect, test } from 'vitest';
import { judgeSwitches, ownArguments } from './start-switches.ts';

const none = (): boolean => false;

describe('judgeSwitches', () => {
  test.each([
    ['--remote-debugging-port=9222'],
    ['--remote-debugging-pipe'],
    ['--inspect'],
    ['--inspect-brk=0.0.0.0:1'],
    ['-inspect'],
    ['--no-sandbox'],
    ['--disable-web-security'],
  ])('%s is refused, on the command line and by what Electron has', (arg) => {
    const name = arg.replace(/^--?/, '').replace(/=.*/, '');
    expect(() => judgeSwitches(['--workspace', '/w', arg], none, false)).toThrow(name);
    expect(() => judgeSwitches([], (asked) => asked === name, false)).toThrow(/Leave it out/);
  });
  test('root may start without the sandbox and is told; a debugger is refused to root as well', () => {
    const { own, notices } = judgeSwitches(['--no-sandbox', '--workspace', '/w'], none, true);
    expect(own).toEqual(['--workspace', '/w']);
    expect(notices).toEqual([expect.stringContaining('runs as root')]);
    expect(() => judgeSwitches(['--inspect'], none, true)).toThrow('--inspect');
  });
  test('what is ours is handed on as it is', () => {
    expect(judgeSwitches(['--workspace=/inspect', '--help'], none, false)).toEqual({
      own: ['--workspace=/inspect', '--help'],
      notices: [],
    });
  });
});

test('arguments in front of the folder that Electron runs are looked at as those behind it', () => {
  expect(ownArguments(['electron', '--no-sandbox', '/app', '--workspace', '/w'], false)).toEqual([
    '--no-sandbox',
    '--workspace',
    '/w',
  ]);
  expect(ownArguments(['baleen', '--workspace', '/w'], true)).toEqual(['--workspace', '/w']);
});
