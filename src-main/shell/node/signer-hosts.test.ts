import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { nodeSignerHosts } from './signer-hosts.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-hosts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, text: string): URL {
  writeFileSync(join(folder, name), text);
  return pathToFileURL(join(folder, name));
}

test('the child has the least environment, the variables it is given, no arguments, and takes octets', async () => {
  const entry = program(
    'tell.mjs',
    "process.on('message', (m) => process.send({ env: process.env, argv: process.argv.slice(2), execArgv: process.execArgv, octets: m.octets }));",
  );
  process.env['BALEEN_TEST_SECRET'] = 'not for libraries';
  const host = nodeSignerHosts(entry).start({ environment: { SOFTHSM2_CONF: '/a/conf' } });
  try {
    const answer = new Promise<Record<string, unknown>>((resolve) =>
      host.onMessage((m) => resolve(m as Record<string, unknown>)),
    );
    host.send({ octets: Uint8Array.of(0, 255) });
    const { env, argv, execArgv, octets } = await answer;
    const names = Object.keys(env as object).filter((name) => !name.startsWith('NODE_CHANNEL_'));
    expect(names).toContain('SOFTHSM2_CONF');
    expect(
      names.filter((name) => !['PATH', 'HOME', 'LANG', 'TMPDIR', 'SOFTHSM2_CONF'].includes(name)),
    ).toEqual([]);
    expect([argv, execArgv]).toEqual([[], []]);
    expect(Buffer.from(octets as Uint8Array)).toEqual(Buffer.from([0, 255]));
  } finally {
    delete process.env['BALEEN_TEST_SECRET'];
    host.kill();
  }
});

test('its end is told with its signal or exit code, once', async () => {
  const entry = program(
    'wait.mjs',
    "process.on('message', () => process.exit(7)); setInterval(() => 0, 1000);",
  );
  const how = (
    end: (host: ReturnType<ReturnType<typeof nodeSignerHosts>['start']>) => void,
  ): Promise<unknown> => {
    const host = nodeSignerHosts(entry).start({ environment: {} });
    const ended = new Promise((resolve) => host.onExit(resolve));
    end(host);
    return ended;
  };
  expect(await how((host) => host.kill())).toEqual({ code: null, signal: 'SIGKILL' });
  expect(await how((host) => host.send('go'))).toEqual({ code: 7, signal: null });
});
