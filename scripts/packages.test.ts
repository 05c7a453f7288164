import { execFileSync, fork, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractFile, getRawHeader, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

// One file, because both build: two builds at once would write the same folder.
const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'baleen-packages-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const bundle = join(scratch, 'Baleen folder');

const packed = join(scratch, 'out', 'linux-unpacked');
const asar = join(packed, 'resources', 'app.asar');

const hasDisplay = spawnSync('sh', ['-c', 'command -v Xvfb']).status === 0;
const mayUnshare = spawnSync('unshare', ['-n', 'true']).status === 0;

/** Stands in for Electron's own folder, which cannot be downloaded everywhere: its binary carries the fuse wire. */
function standInElectron(folder: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  writeFileSync(join(folder, 'locales', 'en-US.pak'), '');
  // "dL7p…" is the sentinel @electron/fuses looks for; then version 1, eight fuses, all as Electron ships them.
  const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
  writeFileSync(
    join(folder, 'electron'),
    Buffer.concat([
      Buffer.from('ELF'),
      Buffer.from(sentinel),
      Buffer.from([1, 9]),
      Buffer.from('101010110'),
      Buffer.alloc(64),
    ]),
  );
  chmodSync(join(folder, 'electron'), 0o755);
  writeFileSync(join(folder, 'version'), packageJson.devDependencies.electron);
}

describe('the folder of npm run bundle', () => {
  beforeAll(() => {
    execFileSync(process.execPath, [join(root, 'scripts', 'bundle.ts'), bundle], { stdio: 'pipe' });
  }, 120_000);

  test('it is whole, holds no sources, and says what it is', () => {
    expect(
      execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: bundle, encoding: 'utf8' }),
    ).toBe('');
    const names = readdirSync(bundle, { recursive: true }).map(String);
    expect(names.filter((name) => /\.(ts|tsx|cc|cpp|h)$/.test(name))).toEqual([]);
    for (const part of ['better-sqlite3-multiple-ciphers', 'argon2', 'pkcs11'])
      expect(names.some((name) => name.includes(part) && name.endsWith('.node'))).toBe(true);
    expect(
      execFileSync(join(bundle, 'baleen'), ['--version'], {
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin' },
      }),
    ).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  /** What the child of a signer answers when it is asked to load a library. */
  async function loaded(out: string, library: string): Promise<unknown> {
    const child = fork(join(out, 'main', 'pkcs11-host.js'), [], {
      execPath: join(bundle, 'bin', 'node'),
      execArgv: [],
      env: { PATH: '/usr/bin:/bin', SOFTHSM2_CONF: join(scratch, 'softhsm2.conf') },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    try {
      const answer = new Promise((resolve) => {
        child.once('message', resolve);
        child.once('exit', resolve);
      });
      child.send([{ id: 1, request: { op: 'load', library } }]);
      return await answer;
    } finally {
      child.kill('SIGKILL');
    }
  }
  const softhsm = '/usr/lib/softhsm/libsofthsm2.so';

  test.skipIf(process.env['CI'] === undefined && !existsSync(softhsm))(
    'the child of a signer loads a PKCS#11 library',
    async () => {
      mkdirSync(join(scratch, 'tokens'));
      writeFileSync(join(scratch, 'softhsm2.conf'), `directories.tokendir = ${join(scratch, 'tokens')}\n`);
      expect(await loaded(join(bundle, 'out'), softhsm)).toMatchObject([
        { id: 1, value: { manufacturer: 'SoftHSM' } },
      ]);
    },
  );

  test('without the native part that child says so', async () => {
    const bare = join(scratch, 'bare');
    cpSync(join(bundle, 'out', 'main'), join(bare, 'main'), { recursive: true });
    writeFileSync(join(bare, 'package.json'), '{"type":"module"}');
    expect(await loaded(bare, softhsm)).toMatchObject([{ id: 1, failure: { code: 'PKCS11_NOT_BUILT' } }]);
  });

  // Without a virtual display or the right to leave the network there is nothing to see; CI has both (scripts/test.mjs).
  test.skipIf(process.env['CI'] === undefined && (!hasDisplay || !mayUnshare))(
    'it starts without a network and ends with its window',
    async () => {
      const home = join(scratch, 'home');
      const log = join(home, '.config', 'baleen', 'baleen.log');
      const child = spawn('unshare', ['-n', 'xvfb-run', '-a', join(bundle, 'baleen')], {
        env: { PATH: '/usr/bin:/bin', HOME: home },
        stdio: ['ignore', 'ignore', 'pipe'],
        detached: true,
      });
      let said = '';
      child.stderr.on('data', (bytes: Buffer) => void (said += String(bytes)));
      const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
      const deadline = Date.now() + 40_000;
      while (!existsSync(log) && Date.now() < deadline && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 200));
      expect(existsSync(log), said).toBe(true);
      // A little later the window has loaded its page: nothing failed by then.
      await new Promise((resolve) => setTimeout(resolve, 4000));
      expect(child.exitCode, said).toBeNull();
      expect(readFileSync(log, 'utf8')).not.toContain('"level":50');
      process.kill(-(child.pid ?? 0), 'SIGTERM');
      await ended;
    },
    90_000,
  );
});

describe('the Electron package', () => {
  beforeAll(() => {
    const dist = join(scratch, 'dist');
    standInElectron(dist);
    const config = {
      // The overlay of a release, but for the signing, whose certificates are elsewhere.
      extends: join(root, 'electron-builder.release.yml'),
      forceCodeSigning: false,
      electronDist: dist,
      electronVersion: packageJson.devDependencies.electron,
      directories: { output: join(scratch, 'out') },
    };
    writeFileSync(join(scratch, 'config.json'), JSON.stringify(config));
    execFileSync(
      join(root, 'node_modules', '.bin', 'electron-builder'),
      ['--linux', 'dir', '--config', join(scratch, 'config.json'), '--publish', 'never'],
      { cwd: root, stdio: 'pipe', timeout: 150_000 },
    );
  }, 180_000);

  test('the package holds application, preload and worker, and no Node, sources or tests', () => {
    const names = listPackage(asar, { isPack: false });
    for (const name of [
      '/out/main/electron.js',
      '/out/main/store-worker.js',
      '/out/main/pkcs11-host.js',
      '/out/preload/preload.cjs',
      '/out/renderer/index.html',
      '/package.json',
    ])
      expect(names).toContain(name);
    expect(names.filter((name) => /\/node_modules\/(node-|playwright-core|electron)/.test(name))).toEqual([]);
    expect(
      names.filter((name) => /\.(tsx?|cc|cpp|h|map)$|\.test\.|^\/(src-|e2e|scripts|bench|docs)/.test(name)),
    ).toEqual([]);
    expect(names).not.toContain('/out/main/chromium.js');
  });

  test('native parts lie beside the archive, of this system only', () => {
    const unpacked = join(packed, 'resources', 'app.asar.unpacked', 'node_modules');
    expect(existsSync(join(unpacked, 'better-sqlite3-multiple-ciphers', 'prebuilds', 'linux-x64.node'))).toBe(
      true,
    );
    expect(existsSync(join(unpacked, 'better-sqlite3-multiple-ciphers', 'prebuilds', 'win32-x64.node'))).toBe(
      false,
    );
    expect(existsSync(join(unpacked, 'pkcs11js', 'build', 'Release', 'pkcs11.node'))).toBe(true);
  });

  test('every file in the archive is what its header says', () => {
    const { header } = getRawHeader(asar);
    interface Entry {
      files?: Record<string, Entry>;
      integrity?: { hash: string };
      unpacked?: boolean;
    }
    let checked = 0;
    const walk = (entry: Entry, path: string): void => {
      for (const [name, inner] of Object.entries(entry.files ?? {})) {
        const at = path === '' ? name : `${path}/${name}`;
        if (inner.integrity !== undefined && inner.unpacked !== true) {
          checked += 1;
          expect(createHash('sha256').update(extractFile(asar, at)).digest('hex')).toBe(inner.integrity.hash);
        }
        walk(inner, at);
      }
    };
    walk(header, '');
    expect(checked).toBeGreaterThan(20);
  });

  test('the fuses of a release are those that electron-builder set in the packed binary', async () => {
    const wire = await getCurrentFuseWire(join(packed, 'baleen'));
    // 48 is off, 49 is on.
    expect({
      runAsNode: wire[FuseV1Options.RunAsNode],
      cookies: wire[FuseV1Options.EnableCookieEncryption],
      nodeOptions: wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable],
      inspect: wire[FuseV1Options.EnableNodeCliInspectArguments],
      integrity: wire[FuseV1Options.EnableEmbeddedAsarIntegrityValidation],
      onlyAsar: wire[FuseV1Options.OnlyLoadAppFromAsar],
      file: wire[FuseV1Options.GrantFileProtocolExtraPrivileges],
    }).toEqual({
      runAsNode: 48,
      cookies: 49,
      nodeOptions: 48,
      inspect: 48,
      integrity: 49,
      onlyAsar: 49,
      file: 48,
    });
  });

  test('both configurations fit the schema of electron-builder, and a misspelt one does not', async () => {
    const { getConfig, validateConfiguration } =
      (await import('app-builder-lib/out/util/config/config.js')) as {
        getConfig(folder: string, file: string, options: null): Promise<object>;
        validateConfiguration(config: object, log: object): Promise<void>;
      };
    const logger = { isEnabled: false, add: () => undefined };
    for (const name of ['electron-builder.yml', 'electron-builder.release.yml']) {
      const config = await getConfig(root, name, null);
      await validateConfiguration(config, logger);
      await expect(validateConfiguration({ ...config, asarUnpak: [] }, logger)).rejects.toThrow(/asarUnpak/);
    }
  });
});
