import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { kmipSettings } from '#shared/contract/signer-settings.ts';
import { checkSettings } from './check-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const faults = (more: object, offline = false) =>
  checkSettings(kmipSettings.parse({ kind: 'kmip', host: '127.0.0.1', ...more }), { secret: false, offline });

test(
  'a pipe or a device instead of a certificate file is refused and not waited for',
  { timeout: 5_000 },
  async () => {
    const pipe = join(folder, 'pipe.pem');
    execFileSync('mkfifo', [pipe]);
    const found = await faults({
      serverCertPath: pipe,
      serverCaCertPath: '/dev/zero',
      clientCertPath: pipe,
      clientCertPrivateKeyPath: '/dev/zero',
    });
    expect(found.map(({ path }) => path).toSorted()).toEqual([
      'settings.clientCertPath',
      'settings.clientCertPrivateKeyPath',
      'settings.serverCaCertPath',
      'settings.serverCertPath',
    ]);
    for (const { message } of found) expect(message).toMatch(/ is no file: choose another\.$/);
  },
);

test('a path that is not whole is not looked for', async () => {
  expect(await faults({ serverCaCertPath: 'ca.pem' })).toEqual([
    { path: 'settings.serverCaCertPath', message: 'Give the whole path of the file.' },
  ]);
});

test.each(['127.0.0.010', '010.0.0.1', '127.1'])(
  'an offline station does not take %s, which the machine may read as another address',
  async (host) => {
    expect(await faults({ host }, true)).toMatchObject([{ path: 'settings.host', message: /address/ }]);
  },
);
