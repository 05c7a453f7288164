/** What the Chromium shell needs to know of this installation, and the two functions that start it; no program of its own. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import packageJson from '../../../package.json' with { type: 'json' };
import { createApp } from '../../app.ts';
import type { Installed } from '../node/shell-app.ts';

export { createApp } from '../../app.ts';
export { startChromiumShell } from './chromium-shell.ts';

/** Paths as the bundle has them: this file lies in out/main. */
export const installed: Installed = {
  createApp,
  version: packageJson.version,
  rendererFolder: join(import.meta.dirname, '..', 'renderer'),
  workers: { store: pathToFileURL(join(import.meta.dirname, 'store-worker.js')) },
  signerHost: pathToFileURL(join(import.meta.dirname, 'pkcs11-host.js')),
};
