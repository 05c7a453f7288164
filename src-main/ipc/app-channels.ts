/** The domains that belong to no workspace: application facts, pickers, clipboard, jobs, bytes. Thin, no state of their own. */
import { getCurves } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { PlacePurpose } from '#shared/contract/app.ts';
import type { AppearanceFile } from '../lib/appearance.ts';
import type { ClipboardTimer } from '../lib/clipboard-timer.ts';
import type { Jobs } from '../lib/jobs.ts';
import type { Log } from '../lib/log.ts';
import { oneLine } from '../lib/one-line.ts';
import type { Ports } from '../ports.ts';
import type { Blobs } from './blobs.ts';
import type { Domain } from './handlers.ts';
import type { Tickets } from './tickets.ts';

interface Deps {
  ports: Ports;
  log: Log;
  appearance: AppearanceFile;
  clipboard: ClipboardTimer;
  jobs: Jobs;
  blobs: Blobs;
  tickets: Tickets;
}

const CURVES = [
  ['P-256', 'prime256v1'],
  ['P-384', 'secp384r1'],
  ['P-521', 'secp521r1'],
] as const;

/** What this build's crypto lacks (Electron's BoringSSL has gaps), so that a screen can say so instead of failing late. */
function missingAlgorithms(): string[] {
  const curves = new Set(getCurves());
  return CURVES.filter(([, name]) => !curves.has(name)).map(([title]) => title);
}

export function appDomain({ ports, log, appearance }: Deps): Domain<'app'> {
  return {
    info: () => ({
      version: ports.version,
      platform: process.platform,
      now: ports.clock.now().toISOString(),
      missingAlgorithms: missingAlgorithms(),
      notices: ports.notices,
    }),
    appearance: () => appearance.get(),
    async setAppearance(value) {
      await appearance.set(value);
      ports.emit({ type: 'changed', topic: 'settings', ids: [] });
      return {};
    },
    screenFailed({ screen, message, stack }) {
      const error = new Error(message);
      error.stack = stack;
      log.failure(`the screen ${screen}`, error);
      return {};
    },
    quit() {
      ports.quit();
      return {};
    },
  };
}

export function clipboardDomain({ clipboard }: Deps): Domain<'clipboard'> {
  return { copy: ({ text, secret }) => clipboard.copy(text, secret) };
}

const FOLDER_TITLES = {
  create: 'Folder for the new workspace',
  open: 'Open a workspace folder',
  restore: 'Empty folder to restore into',
  export: 'Export into',
  krill: "Folder for krillta's data, with its private keys",
  stick: 'Folder that stands in for the stick',
};

const SAVE_TITLES = {
  export: 'Export to',
  privateKey: 'Write the PRIVATE KEY to',
  signers: 'Write the signers to',
  backup: 'Write the backup to',
  audit: 'Export the audit to',
};

/** SECURITY: a name of the page leads the dialog into no other folder, on no system, and hides no part of itself. */
function plainName(suggested: string): string {
  const name = oneLine(suggested.split(/[\\/]/).at(-1) ?? '', 200).replace(/^\.+/, '');
  return name === '' ? 'export' : name;
}

const OPEN_TITLES = {
  backupFile: 'Choose a backup',
  library: 'Choose a PKCS#11 library',
  certificate: 'Choose a certificate',
  key: 'Choose a private key',
};
/** Where libraries are; a library says nothing about where other files are. */
const LIBRARIES = '/usr/lib';

export function dialogsDomain({ ports, tickets }: Deps): Domain<'dialogs'> {
  const { dialogs, paths } = ports;
  /** Where the last file was chosen: the next one is usually beside it. Kept until the application ends. */
  let last = homedir();
  let libraries = LIBRARIES;
  const chosen = async (purpose: PlacePurpose, path: string | null, folder: string | null) => {
    if (folder !== null) last = folder;
    return { chosen: await tickets.issue(path, purpose) };
  };
  return {
    async folder({ purpose }) {
      const beside = purpose === 'export' || purpose === 'krill' || purpose === 'stick';
      const start = beside ? last : paths.workspaces;
      const path = await dialogs.folder({ title: FOLDER_TITLES[purpose], start });
      return chosen(purpose, path, beside ? path : null);
    },
    async saveFile({ purpose, suggestedName }) {
      const name = plainName(suggestedName);
      const path = await dialogs.saveFile({ title: SAVE_TITLES[purpose], start: last, name });
      return chosen(purpose, path, path === null ? null : dirname(path));
    },
    async openFile({ purpose }) {
      const library = purpose === 'library';
      const path = await dialogs.openFile({
        title: OPEN_TITLES[purpose],
        start: library ? libraries : last,
      });
      if (path === null || !library) return chosen(purpose, path, path === null ? null : dirname(path));
      libraries = dirname(path);
      return chosen(purpose, path, null);
    },
  };
}

export function jobsDomain({ jobs }: Deps): Domain<'jobs'> {
  return {
    list: () => ({ jobs: jobs.list() }),
    get: ({ id }) => jobs.get(id),
    cancel({ id }) {
      jobs.cancel(id);
      return {};
    },
    dismiss({ id }) {
      jobs.dismiss(id);
      return {};
    },
  };
}

export function blobDomain({ blobs }: Deps): Domain<'blob'> {
  return {
    put: (chunk) => blobs.put(chunk),
    get({ blob }) {
      const { bytes, name } = blobs.take(blob);
      return { bytes: new Uint8Array(bytes), mediaType: 'application/octet-stream', name };
    },
    drop({ blob }) {
      blobs.drop(blob);
      return {};
    },
  };
}
