/** Libraries that fail, compiled for the test run: SoftHSM with one fault (pkcs11-fixtures/shim.c). Not shipped. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pkcs11Settings } from '#shared/contract/signer-settings.ts';
import { peer } from './peers.ts';
import { type SoftHsm, softhsmLibrary } from './softhsm.ts';

const root = join(import.meta.dirname, '..', '..');

export interface Shim {
  /** Settings of a signer whose library has that fault. `file`: what "removable" and "pin-pad" look at. */
  settings(hsm: SoftHsm, fault: string, file?: string): Pick<Pkcs11Settings, 'libPath' | 'environment'>;
  remove(): void;
}

export function compileShim(): Shim {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-shim-'));
  const libPath = join(folder, 'shim.so');
  const source = join(import.meta.dirname, 'pkcs11-fixtures', 'shim.c');
  const headers = join(root, 'node_modules', 'pkcs11js', 'includes');
  execFileSync(peer('gcc'), [
    '-shared',
    '-fPIC',
    '-O1',
    '-Wall',
    '-Werror',
    `-I${headers}`,
    '-o',
    libPath,
    source,
    '-ldl',
  ]);
  return {
    settings: (hsm, fault, file) => ({
      libPath,
      environment: {
        ...hsm.environment,
        BALEEN_SHIM: fault,
        BALEEN_SHIM_LIBRARY: softhsmLibrary(),
        ...(file === undefined ? {} : { BALEEN_SHIM_FILE: file }),
      },
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
