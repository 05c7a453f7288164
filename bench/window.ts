// The window of the built application: start to the first painted screen beside a bare Chromium with the same switches,
// and one round trip over the bridge beside one over a bare binding.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import type * as Console from '../src-main/shell/chromium/console.ts';
import {
  chromiumEnvironment,
  chromiumSwitches,
  hasSharedMemory,
} from '../src-main/shell/chromium/chromium-switches.ts';
import { findChromium } from '../src-main/shell/chromium/find-chromium.ts';
import type { Bridge } from '../src-shared/bridge.ts';
import { inTurn, type Measured } from './measure.ts';

const BUILT = join(import.meta.dirname, '..', 'out', 'main', 'console.js');
const CALLS = 200;

/** Looked for in each frame that is painted: a locator looks ever less often, up to half a second late. */
async function shown(page: Page, selector: string): Promise<void> {
  await page.waitForFunction((wanted) => document.querySelector(wanted) !== null, selector, {
    polling: 'raf',
  });
}

async function ours(): Promise<{
  shell: Awaited<ReturnType<typeof Console.startChromiumShell>>;
  folder: string;
}> {
  const built = (await import(pathToFileURL(BUILT).href)) as typeof Console;
  const folder = mkdtempSync(join(tmpdir(), 'baleen-bench-'));
  const shell = await built.startChromiumShell({
    ...built.installed,
    args: { workspace: null },
    headless: true,
    print: () => undefined,
    ports: { paths: { config: join(folder, 'c'), workspaces: join(folder, 'w'), workspace: null } },
  });
  await shown(shell.page, 'a[href="#/create"]');
  return { shell, folder };
}

async function bare() {
  const profile = mkdtempSync(join(tmpdir(), 'baleen-bench-'));
  const sandbox = process.getuid?.() !== 0;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    ignoreDefaultArgs: true,
    args: chromiumSwitches({ profile, headless: true, sharedMemory: hasSharedMemory(), sandbox }),
    chromiumSandbox: sandbox,
    env: chromiumEnvironment(process.env),
  });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto('data:text/html,<h1>here</h1>');
  await shown(page, 'h1');
  return { context, page, profile };
}

/** Ours and the bare one, closed again each time; closing is part of both. */
export async function startBench(): Promise<Measured> {
  if (!existsSync(BUILT)) throw new Error('The application is not built: npm run build.');
  return inTurn(
    async () => {
      const { shell, folder } = await ours();
      await shell.close();
      rmSync(folder, { recursive: true, force: true });
    },
    async () => {
      const { context, profile } = await bare();
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
    { rounds: 5, pieces: 1 },
  );
}

export async function bridgeBench(): Promise<Measured> {
  const { shell, folder } = await ours();
  const floor = await bare();
  await floor.page.exposeFunction('answer', (text: string) => text);
  try {
    return await inTurn(
      () =>
        shell.page.evaluate(async (calls) => {
          const { bridge } = globalThis as unknown as { bridge: Bridge };
          for (let n = 0; n < calls; n += 1) await bridge.invoke('app.info', {});
        }, CALLS),
      () =>
        floor.page.evaluate(async (calls) => {
          const { answer } = globalThis as unknown as { answer(text: string): Promise<string> };
          for (let n = 0; n < calls; n += 1) await answer('{}');
        }, CALLS),
      { rounds: 7, pieces: CALLS },
    );
  } finally {
    await shell.close();
    await floor.context.close();
    for (const path of [folder, floor.profile]) rmSync(path, { recursive: true, force: true });
  }
}
