import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import { expect, test, vi } from 'vitest';
import { electronSignerHosts } from './signer-hosts.ts';

/** A utility process that only records; `pid` as Electron sets it once it runs. */
function fakeProcess(pid?: number) {
  const child = Object.assign(new EventEmitter(), { pid, postMessage: vi.fn(), kill: vi.fn(() => true) });
  const fork = vi.fn(() => child as unknown as Electron.UtilityProcess);
  return { child, fork };
}

const entry = new URL('file:///app/out/main/pkcs11-host.js');

test('a signer gets a utility process of its own, with the least environment and its variables', () => {
  const { child, fork } = fakeProcess();
  const host = electronSignerHosts({ fork }, entry).start({ environment: { SOFTHSM2_CONF: '/a/conf' } });
  const [path, args, options] = fork.mock.calls[0] as unknown as [string, string[], Electron.ForkOptions];
  expect(path).toBe('/app/out/main/pkcs11-host.js');
  expect(args).toEqual([]);
  expect(options).toMatchObject({ execArgv: [], stdio: 'ignore', allowLoadingUnsignedLibraries: true });
  expect(Object.keys(options.env ?? {})).toEqual(expect.arrayContaining(['PATH', 'SOFTHSM2_CONF']));
  const allowed = new Set(['PATH', 'HOME', 'LANG', 'TMPDIR', 'SOFTHSM2_CONF']);
  expect(Object.keys(options.env ?? {}).filter((name) => !allowed.has(name))).toEqual([]);

  const came: unknown[] = [];
  host.onMessage((message) => came.push(message));
  host.send([{ id: 1 }]);
  expect(child.postMessage).toHaveBeenCalledExactlyOnceWith([{ id: 1 }]);
  child.emit('message', ['an answer']);
  expect(came).toEqual([['an answer']]);
});

test('its end is told once, also to who asks later', () => {
  const { child, fork } = fakeProcess();
  const host = electronSignerHosts({ fork }, entry).start({ environment: {} });
  const ends: unknown[] = [];
  host.onExit((how) => ends.push(how));
  child.emit('exit', 11);
  child.emit('exit', 0);
  host.onExit((how) => ends.push(how));
  expect(ends).toEqual([
    { code: 11, signal: null },
    { code: 11, signal: null },
  ]);
  host.kill();
  expect(child.kill).not.toHaveBeenCalled();
});

test('killing does not ask: a process that ignores SIGTERM ends as well', async () => {
  const real = spawn(process.execPath, [
    '-e',
    "process.on('SIGTERM',()=>0);console.log('up');setInterval(()=>0,1e3)",
  ]);
  await new Promise((resolve) => real.stdout.once('data', resolve));
  const { fork } = fakeProcess(real.pid);
  const ended = new Promise((resolve) => real.once('exit', (_code, signal) => resolve(signal)));
  electronSignerHosts({ fork }, entry).start({ environment: {} }).kill();
  expect(await ended).toBe('SIGKILL');
});

test('one that has not started yet is ended the way Electron can', () => {
  const { child, fork } = fakeProcess();
  electronSignerHosts({ fork }, entry).start({ environment: {} }).kill();
  expect(child.kill).toHaveBeenCalledOnce();
});
