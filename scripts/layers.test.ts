// Proves that the layer check sees what it promises: each forbidden kind of reference is planted and refused.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkLayers } from './layers.ts';

/** A small tree that obeys; every test adds one file to it. */
const OBEDIENT = {
  'src-shared/errors.ts': `import * as z from 'zod';\nexport const code = z.string();\n`,
  'src-renderer/app.tsx': `import { code } from '#shared/errors.ts';\nimport './style.css?inline';\nexport { code };\n`,
  'src-main/ports.ts': `export type Clock = { now: () => Date };\n`,
  'src-main/lib/bytes.ts': `import { Buffer } from 'node:buffer';\nexport const of = Buffer.from;\n`,
  'src-main/x509/name.ts': `export { of } from '../lib/bytes.ts';\n`,
  'src-main/store/store.ts': `export const worker = new URL('./store-worker.ts', import.meta.url);\n`,
  'src-main/ca/ca.ts': `export const issue = async () => await import('../store/store.ts');\n`,
  'src-main/ca/ca.test.ts': `import { it } from 'vitest';\nimport '../testing/ports.ts';\nimport './ca.ts';\nit('', () => {});\n`,
  'src-main/inspect/inspect.ts': `import '../x509/name.ts';\n`,
  'src-main/testing/ports.ts': `import '../shell/chromium/main.ts';\n`,
  'src-main/ipc/dispatch.ts': `import '../ca/ca.ts';\n`,
  'src-main/app.ts': `import './ipc/dispatch.ts';\n`,
  'src-main/signers/pkcs11/host.ts': `export const open = async () => await import('pkcs11js');\n`,
  'src-main/shell/chromium/main.ts': `import 'playwright-core';\nimport '../../app.ts';\n`,
  'src-main/shell/electron/main.ts': `import 'electron';\n`,
  'src-main/shell/node/net/net.ts': `import 'node:tls';\n`,
  'scripts/peers.ts': `import 'pkcs11js';\n`,
};

let root = '';

function plant(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'baleen-layers-'));
  plant(OBEDIENT);
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('layers', () => {
  it('passes an obedient tree, and has read all of it', () => {
    expect(checkLayers(root)).toEqual({ files: Object.keys(OBEDIENT).length, references: 20, breaches: [] });
  });

  it.each([
    ['import up', 'src-main/lib/up.ts', `import { x } from '../store/store.ts';`, 'nothing points up'],
    [
      'a socket',
      'src-main/ca/fetch.ts',
      `import { connect } from 'node:tls';`,
      'only src-main/shell/node/net/',
    ],
    [
      'a name server',
      'src-main/shell/ask.ts',
      `import 'node:dns/promises';`,
      'only src-main/shell/node/net/',
    ],
    [
      'a socket in the gate',
      'src-main/lib/net-gate.ts',
      `import 'node:net';`,
      'only src-main/shell/node/net/',
    ],
    [
      'a socket beside its home',
      'src-main/shell/node/network.ts',
      `import 'http';`,
      'only src-main/shell/node/net/',
    ],
    ['an inspector', 'src-main/app.ts', `import 'node:inspector';`, 'only src-main/shell/node/net/'],
    [
      'the bare network in a domain',
      'src-main/ca/x.ts',
      `import '../shell/node/net/net.ts';`,
      'nothing points up',
    ],
    ['import type up', 'src-main/x509/up.ts', `import type { X } from '../ca/ca.ts';`, 'nothing points up'],
    [
      'inline type up',
      'src-main/store/up.ts',
      `export type X = import('../ipc/dispatch.ts').X;`,
      'nothing points up',
    ],
    ['export up', 'src-main/issuing/up.ts', `export * from '../ca/ca.ts';`, 'nothing points up'],
    ['named export up', 'src-main/ipc/up.ts', `export { x } from '../app.ts';`, 'nothing points up'],
    ['import() up', 'src-main/app.ts', `await import('./shell/electron/main.ts');`, 'nothing points up'],
    ['URL up', 'src-main/vault/up.ts', `new URL('../ca/ca.ts', import.meta.url);`, 'nothing points up'],
    ['template up', 'src-main/vault/up.ts', 'new URL(`../ca/ca.ts`, import.meta.url);', 'nothing points up'],
    [
      'require up',
      'src-main/audit/up.ts',
      `createRequire(import.meta.url)('../ca/ca.ts');`,
      'nothing points up',
    ],
    ['resolve up', 'src-main/audit/up.ts', `import.meta.resolve('../ca/ca.ts');`, 'nothing points up'],
    ['a test up', 'src-main/lib/up.test.ts', `import '../ipc/dispatch.ts';`, 'nothing points up'],
    ['domain to domain', 'src-main/ca/peer.ts', `import '../inspect/inspect.ts';`, 'both domains'],
    ['a folder without a floor', 'src-main/utils/x.ts', `import '../lib/bytes.ts';`, 'has no floor'],
    ['test helpers in the product', 'src-main/ca/x.ts', `import '../testing/ports.ts';`, 'only tests use'],
    [
      'main to renderer',
      'src-main/ca/x.ts',
      `import '../../src-renderer/app.tsx';`,
      'may not refer to src-renderer',
    ],
    ['main to scripts', 'src-main/ca/x.ts', `import '../../scripts/peers.ts';`, 'may not refer to scripts'],
    [
      'renderer to main',
      'src-renderer/x.ts',
      `import type { X } from '../src-main/app.ts';`,
      'may not refer to src-main',
    ],
    [
      'renderer globs main',
      'src-renderer/x.ts',
      `import.meta.glob('../src-main/**');`,
      'may not refer to src-main',
    ],
    [
      'renderer globs a list',
      'src-renderer/x.ts',
      `import.meta.glob(['./a', '../src-main/b']);`,
      'may not refer to src-main',
    ],
    ['renderer to Node', 'src-renderer/x.ts', `import { join } from 'path';`, 'the renderer has no Node'],
    ['shared to main', 'src-shared/x.ts', `import '../src-main/ports.ts';`, 'may not refer to src-main'],
    [
      'shared by its alias to main',
      'src-shared/x.ts',
      `import '#shared/../src-main/ports.ts';`,
      'may not refer to src-main',
    ],
    ['shared to Node', 'src-shared/x.ts', `import 'node:crypto';`, 'zod and nothing else'],
    ['shared to React', 'src-shared/x.ts', `import 'react';`, 'zod and nothing else'],
    ['electron in a domain', 'src-main/ca/x.ts', `import { app } from 'electron';`, 'only src-main/shell/'],
    ['electron subpath', 'src-main/app.ts', `import 'electron/main';`, 'only src-main/shell/'],
    ['electron by require', 'src-main/app.ts', `require('electron');`, 'only src-main/shell/'],
    [
      'playwright in the renderer',
      'src-renderer/x.ts',
      `import type { Page } from 'playwright-core';`,
      'only src-main/shell/',
    ],
    [
      'playwright test in main',
      'src-main/ca/x.test.ts',
      `import '@playwright/test';`,
      'only src-main/shell/',
    ],
    [
      'pkcs11js elsewhere',
      'src-main/signers/pkcs11/other.ts',
      `await import('pkcs11js');`,
      'only src-main/signers/pkcs11/host.ts',
    ],
    [
      'pkcs11js in a shell',
      'src-main/shell/electron/x.ts',
      `import 'pkcs11js';`,
      'only src-main/signers/pkcs11/host.ts',
    ],
    ['x509 and files', 'src-main/x509/x.ts', `import 'node:fs/promises';`, 'no files, no network'],
    ['rpki and network', 'src-main/rpki/x.ts', `import 'net';`, 'no files, no network'],
    ['x509 and ports', 'src-main/x509/x.ts', `import type { Clock } from '../ports.ts';`, 'no ports'],
    ['a computed import', 'src-main/ca/x.ts', `await import(name);`, 'computed'],
    ['an absolute path', 'src-main/ca/x.ts', `import '/etc/x.ts';`, 'absolute'],
  ])('refuses %s', (_name, path, text, why) => {
    plant({ [path]: `${text}\n` });
    const { breaches } = checkLayers(root);
    expect(breaches).toEqual([expect.stringContaining(why)]);
    expect(breaches[0]).toContain(`${path}:1: `);
  });

  it('refuses a file of more than 300 lines, and names the count', () => {
    plant({
      'src-main/ca/long.ts': 'export {};\n'.repeat(301),
      'src-main/ca/full.ts': 'export {};\n'.repeat(300),
    });
    expect(checkLayers(root).breaches).toEqual([expect.stringContaining('src-main/ca/long.ts: 301 lines')]);
  });

  it('fails when a source folder holds no file', () => {
    rmSync(join(root, 'src-renderer'), { recursive: true });
    expect(checkLayers(root).breaches).toEqual(['src-renderer: no source file was read']);
  });

  it('fails on a file that is no TypeScript', () => {
    plant({ 'src-main/ca/broken.ts': 'import {' });
    expect(() => checkLayers(root)).toThrow('src-main/ca/broken.ts');
  });

  it('reads the real tree and finds nothing', () => {
    const report = checkLayers(fileURLToPath(new URL('..', import.meta.url)));
    expect(report.breaches).toEqual([]);
    expect(report.files).toBeGreaterThan(40);
  });
});
