/**
 * The one fixture of the end-to-end tests: starts the real, built application in the Chromium shell, with folders
 * of its own, injected dialogs and (if asked) clock. After each test everything that left main is searched for secrets.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test as base, type Page } from '@playwright/test';
import type * as Console from '../src-main/shell/chromium/console.ts';
import type { Clock, Ports, Volume } from '../src-main/ports.ts';
import type { ChromiumShell } from '../src-main/shell/chromium/chromium-shell.ts';
import { SECRET_CHANNELS } from '../src-shared/contract/workspace.ts';
import type { Reply } from '../src-shared/errors.ts';
import { type Canaries, createCanaries } from './canaries.ts';
import { secretParts, watchKeys } from './watch-keys.ts';

export interface StartOptions {
  /** Start again in the folders of an earlier run. */
  folder?: string;
  clock?: Clock;
  /** The clipboard of the window instead of one that only remembers. */
  ownClipboard?: boolean;
  /** Window size; the design's 1280 x 800 unless given. */
  size?: { width: number; height: number };
}

/** One running application and what a test may do besides clicking. */
export interface ConsoleApp {
  page: Page;
  /** The shell itself, for tests of the shell. */
  shell: ChromiumShell;
  /** Its configuration, workspaces and everything exported lie here. */
  folder: string;
  /** The next answers of the pickers, first in first out; a picker asked without an answer is cancelled. */
  answers: (string | null)[];
  /** What is plugged in; nothing of this machine's own. */
  volumes: Volume[];
  /** Clipboard as the application left it. */
  clipboard(): string;
  close(): Promise<void>;
}

export interface ConsoleApps {
  start(options?: StartOptions): Promise<ConsoleApp>;
  canaries: Canaries;
  /** A folder of this test, removed afterwards. */
  scratch: string;
}

const BUILT = join(import.meta.dirname, '..', 'out', 'main', 'console.js');

async function builtConsole(): Promise<typeof Console> {
  if (!existsSync(BUILT)) throw new Error('The application is not built: run npm test or npm run build.');
  return (await import(pathToFileURL(BUILT).href)) as typeof Console;
}

/** What a channel shows on purpose, no other may show: in its groups, and as one word. */
function guardAnswer(canaries: Canaries, channel: string, reply: Reply<unknown>): void {
  if (!reply.ok) return;
  for (const text of Object.values(reply.value as Record<string, string>)) {
    canaries.guard(`answer of ${channel}`, text);
    canaries.guard(`answer of ${channel} without dashes`, text.replaceAll('-', ''));
  }
}

function watchedApp(console_: typeof Console, canaries: Canaries): typeof console_.createApp {
  return async (ports) => {
    const app = await console_.createApp({
      ...ports,
      emit(event) {
        canaries.saw(`event ${event.topic}`, event);
        ports.emit(event);
      },
    });
    return {
      ...app,
      async dispatch(channel, payload, caller) {
        const reply = await app.dispatch(channel, payload, caller);
        if ((SECRET_CHANNELS as readonly string[]).includes(channel)) guardAnswer(canaries, channel, reply);
        else canaries.saw(`answer of ${channel}`, reply);
        return reply;
      },
    };
  };
}

/** Starts one application outside the test runner too (the tour does). */
export async function startConsole(
  folder: string,
  canaries: Canaries,
  options: StartOptions = {},
): Promise<ConsoleApp> {
  const built = await builtConsole();
  const paths = { config: join(folder, 'config'), workspaces: join(folder, 'workspaces'), workspace: null };
  mkdirSync(paths.workspaces, { recursive: true });
  const answers: (string | null)[] = [];
  const volumes: Volume[] = [];
  const next = async (): Promise<string | null> => answers.shift() ?? null;
  let copied = '';
  const ports: Partial<Ports> = {
    paths,
    notices: [],
    dialogs: { folder: next, saveFile: next, openFile: next },
    volumes: { list: async () => [...volumes] },
    ...(options.ownClipboard === true
      ? {}
      : {
          clipboard: {
            write: async (text) => void (copied = text),
            clearIf: async (text) => void (copied = copied === text ? '' : copied),
          },
        }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  };
  let keys = 0;
  const endWatch = watchKeys((pkcs8Der) => {
    keys += 1;
    for (const [part, bytes] of secretParts(pkcs8Der).entries())
      canaries.guard(`generated key ${keys}, part ${part}, of ${folder}`, bytes);
  });
  const shell = await built.startChromiumShell({
    ...built.installed,
    createApp: watchedApp(built, canaries),
    args: { workspace: null },
    headless: true,
    ports,
    print: () => undefined,
  });
  if (options.size !== undefined) await shell.page.setViewportSize(options.size);
  canaries.sawArguments();
  return {
    page: shell.page,
    shell,
    folder,
    answers,
    volumes,
    clipboard: () => copied,
    async close() {
      canaries.sawArguments();
      await shell.close();
      await shell.ended;
      endWatch();
      for (const name of readdirSync(paths.config).filter((file) => file.endsWith('.log')))
        canaries.saw(`log ${name}`, readFileSync(join(paths.config, name), 'utf8'));
    },
  };
}

export const test = base.extend<{ apps: ConsoleApps }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants a destructured object, even when nothing is taken from it
  apps: async ({}, use, info) => {
    const scratch = mkdtempSync(join(tmpdir(), 'baleen-e2e-'));
    const canaries = createCanaries();
    const running: ConsoleApp[] = [];
    await use({
      canaries,
      scratch,
      async start(options = {}) {
        const folder = options.folder ?? join(scratch, `app-${running.length}`);
        const app = await startConsole(folder, canaries, options);
        running.push(app);
        return app;
      },
    });
    const failed = info.status !== info.expectedStatus;
    for (const [index, app] of running.entries()) {
      if (failed && !app.page.isClosed())
        await info.attach(`window ${index}`, { body: await app.page.screenshot(), contentType: 'image/png' });
      await app.close();
      const log = join(app.folder, 'config', 'baleen.log');
      if (failed && existsSync(log)) await info.attach(`log ${index}`, { path: log });
    }
    rmSync(scratch, { recursive: true, force: true });
    const leaks = canaries.leaks();
    if (leaks.length > 0) throw new Error(`secrets left main: ${leaks.join('; ')}`);
  },
});

export { expect } from '@playwright/test';
