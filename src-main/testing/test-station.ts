/** An exchange station in several applications with one stick between them, as tests walk it. Not shipped. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StickFile, StickOrder } from '#shared/contract/ta-stick.ts';
import { CallError, type TestApp, testApp } from './test-app.ts';
import { associated } from './test-proxy-app.ts';

/** A busy machine derives two keys in more than vitest's ten seconds. */
export const SLOW = 60_000;
export const REQUEST: StickOrder = { half: 'proxy', what: 'request', child: null };

export interface TestStation {
  /** What goes to and fro: a stick in every machine. */
  place: string;
  start(kind: 'online' | 'offline'): Promise<TestApp>;
  /** Both halves. */
  startBoth(): Promise<{ proxy: TestApp; signer: TestApp }>;
  /** Both halves, associated; the proxy publishes into a folder. */
  startAssociated(): Promise<{ proxy: TestApp; signer: TestApp }>;
  /** Every clock: exchanges are a second apart at least. */
  later(ms: number): void;
  put(name: string, content: string | Uint8Array): void;
  end(): Promise<void>;
}

export function testStation(): TestStation {
  const running: TestApp[] = [];
  const place = mkdtempSync(join(tmpdir(), 'baleen-stick-'));
  const start = async (kind: 'online' | 'offline'): Promise<TestApp> => {
    const app = await testApp();
    running.push(app);
    await app.create(kind, kind);
    app.volumes.push({ path: place, label: 'TA-STICK', totalBytes: 16e9, freeBytes: 15e9 });
    return app;
  };
  const startBoth = async () => ({ proxy: await start('online'), signer: await start('offline') });
  return {
    place,
    start,
    startBoth,
    async startAssociated() {
      const { proxy, signer } = await startBoth();
      await associated(proxy, signer, publishedBy(proxy));
      return { proxy, signer };
    },
    later(ms) {
      for (const { clock } of running) clock.advance(ms);
    },
    put: (name, content) => writeFileSync(join(place, name), content),
    async end() {
      for (const app of running) await app.remove();
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** Where an online application publishes. */
export function publishedBy(app: TestApp): string {
  const folder = join(app.folder, 'published');
  mkdirSync(folder);
  return folder;
}

export async function stickOf(app: TestApp) {
  const [stick] = (await app.call('ta.sticks', {})).sticks;
  if (stick === undefined) throw new Error('no stick');
  return stick;
}

async function fileOf(app: TestApp, name: string): Promise<StickFile> {
  const found = (await stickOf(app)).files.find((file) => file.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

/** "expected: The next request of the enrolled proxy". */
export async function stateOf(app: TestApp, name: string): Promise<string> {
  const { state, says } = await fileOf(app, name);
  return `${state}: ${says}`;
}

export const open = async (app: TestApp, name: string) =>
  app.call('ta.stickOpen', { stick: (await stickOf(app)).id, name });

export const write = async (app: TestApp, order: StickOrder, overwrite = false) =>
  app.call('ta.stickWrite', { stick: (await stickOf(app)).id, order, overwrite });

/** Writes what the station says is due. */
export async function writeDue(app: TestApp, overwrite = false): Promise<string[]> {
  const { offers } = await app.call('ta.sticks', {});
  for (const { order } of offers) await write(app, order, overwrite);
  return offers.map(({ name }) => name);
}

export const lastAudit = async (app: TestApp) => (await app.call('audit.list', { limit: 1 })).rows[0];

/** What a call is refused with. */
export async function refusal(step: Promise<unknown>): Promise<CallError> {
  try {
    await step;
  } catch (error) {
    if (error instanceof CallError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
