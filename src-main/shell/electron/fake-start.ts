/** The shell started on the fake machine, with an application that records what it is asked. Not shipped. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { AppEvent } from '#shared/bridge.ts';
import type { Parsed } from '#shared/contract/index.ts';
import type { Reply } from '#shared/errors.ts';
import type { Blobs } from '../../ipc/blobs.ts';
import type { Caller } from '../../ipc/dispatch.ts';
import { AppError } from '../../lib/app-error.ts';
import { CALL_CHANNEL } from './channels.ts';
import { prepareElectron, startElectronShell } from './electron-shell.ts';
import { fakeElectron } from './fake-electron.ts';

/** `blobs`: where bytes go that are put; without them nothing may be. */
export async function startFake(blobs?: Blobs) {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-electron-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  const fake = fakeElectron();
  const asked: { channel: string; payload: unknown; caller: Caller }[] = [];
  const closed = vi.fn();
  const suspend = vi.fn();
  let needed = false;
  let emit: (event: AppEvent) => void = () => undefined;
  prepareElectron(fake.module);
  const shell = await startElectronShell(fake.module, {
    args: { workspace: null },
    preload: '/app/preload.cjs',
    version: '0.0.0-test',
    rendererFolder: folder,
    workers: { store: new URL('file:///store-worker.js') },
    signerHost: new URL('file:///pkcs11-host.js'),
    ports: { paths: { config: join(folder, 'config'), workspaces: join(folder, 'w'), workspace: null } },
    createApp(ports) {
      emit = ports.emit;
      ports.onSuspend(suspend);
      return {
        async dispatch(channel, payload, caller) {
          asked.push({ channel, payload, caller });
          if (channel === 'blob.put' && blobs)
            return { ok: true, value: blobs.put(payload as Parsed<'blob.put'>) };
          if (channel !== 'blob.get' || !blobs) return { ok: true, value: channel };
          return blobReply(blobs, (payload as Parsed<'blob.get'>).blob);
        },
        isNeeded: () => needed,
        close: async () => void closed(),
      };
    },
  });
  return {
    ...fake,
    shell,
    asked,
    closed,
    suspend,
    /** What the application says from now on. */
    need: (is: boolean) => void (needed = is),
    emit: (event: AppEvent) => emit(event),
    preferences: fake.windows[0]?.options.webPreferences ?? {},
    /** What the private origin answers. */
    async fetchFrom(url: string, init: RequestInit = {}): Promise<Response> {
      const handle = fake.protocols.get('https');
      if (handle === undefined) throw new Error('no https handler');
      return handle(new Request(url, init));
    },
    /** A call of the window, as Electron hands it to main. */
    async invoke(channel: string, payload: unknown): Promise<unknown> {
      const handle = fake.handlers.get(CALL_CHANNEL);
      const reply = (await handle?.({ senderFrame: fake.mainFrame }, channel, payload)) as Reply<unknown>;
      if (!reply.ok) throw new Error(reply.error.message);
      return reply.value;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function blobReply(blobs: Blobs, id: string): Reply<unknown> {
  try {
    const { name, bytes } = blobs.take(id);
    return { ok: true, value: { bytes: new Uint8Array(bytes), mediaType: 'application/octet-stream', name } };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ok: false, error: { code: error.code, message: error.message, ref: '' } };
  }
}

/** Whether an event of that name is prevented. */
export function prevented(
  target: { emit(name: string, ...args: unknown[]): boolean },
  name: string,
): boolean {
  const preventDefault = vi.fn();
  target.emit(name, { preventDefault });
  return preventDefault.mock.calls.length > 0;
}

/** The first argument of the first call of a mock. */
export function firstArgument<T>(mock: { mock: { calls: unknown[][] } }): T {
  const [call] = mock.mock.calls;
  if (call === undefined) throw new Error('it was never called');
  return call[0] as T;
}
