/** The whole application behind its choke point, with a real store in a temporary folder. Not shipped. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APP_ORIGIN, type AppEvent } from '#shared/bridge.ts';
import type { Answer, ChannelName, Payload } from '#shared/contract/index.ts';
import type { Job } from '#shared/contract/app.ts';
import type { ReplyError } from '#shared/errors.ts';
import { createApp } from '../app.ts';
import type { Net, Volume } from '../ports.ts';
import type { DeviceParts } from '../signers/device-parts.ts';
import { nodeNet } from '../shell/node/net/net.ts';
import { nodeSignerHosts } from '../shell/node/signer-hosts.ts';
import { eventSink, liveClock, testClock, testRandom } from './test-ports.ts';
import { CHEAP, PASSPHRASE } from './test-workspace.ts';

export class CallError extends Error {
  readonly reply: ReplyError;
  readonly code: string;
  constructor(reply: ReplyError) {
    super(reply.message);
    this.reply = reply;
    this.code = reply.code;
  }
}

/** the largest piece of an upload. */
const CHUNK = 1_048_576;

/**
 * Starts the application; `places` answers the dialogs in order. `at.folder`: where it lives, instead of a new folder;
 * `at.workspace`: what it opens; `at.live`: with the time of the machine, as programs of others have it;
 * `at.net`: what it reaches others by; `at.devices`: what signers can be; `at.calibrated`: keys are derived as dearly as in
 * the product.
 */
export async function testApp(
  at: {
    folder?: string;
    workspace?: string;
    live?: boolean;
    net?: Net;
    devices?: DeviceParts;
    calibrated?: boolean;
  } = {},
) {
  const folder = at.folder ?? mkdtempSync(join(tmpdir(), 'baleen-app-'));
  const clock = at.live === true ? liveClock() : testClock();
  const { events, emit } = eventSink();
  const lines: string[] = [];
  const places: string[] = [];
  const volumes: Volume[] = [];
  let waiting: { id: string; resolve: () => void }[] = [];
  const app = await createApp(
    {
      clock,
      random: testRandom,
      net: at.net ?? nodeNet,
      signerHosts: nodeSignerHosts(new URL('../signers/pkcs11/host.ts', import.meta.url)),
      dialogs: {
        folder: async () => places.shift() ?? null,
        saveFile: async () => places.shift() ?? null,
        openFile: async () => places.shift() ?? null,
      },
      volumes: { list: async () => [...volumes] },
      clipboard: { write: async () => undefined, clearIf: async () => undefined },
      emit(event: AppEvent) {
        emit(event);
        if (event.type !== 'changed' || event.topic !== 'jobs') return;
        for (const one of waiting) if (event.ids.includes(one.id)) one.resolve();
      },
      onSuspend: () => undefined,
      quit: () => undefined,
      logLine: (line) => void lines.push(line),
      paths: {
        config: join(folder, 'config'),
        workspaces: join(folder, 'workspaces'),
        workspace: at.workspace ?? null,
      },
      workers: { store: new URL('../store/store-worker.ts', import.meta.url) },
      version: '0.0.0-test',
      notices: [],
    },
    { devices: at.devices, kdf: at.calibrated === true ? undefined : CHEAP },
  );

  async function call<C extends ChannelName>(channel: C, payload: Payload<C>): Promise<Answer<C>> {
    const reply = await app.dispatch(channel, payload, { origin: APP_ORIGIN, mainFrame: true });
    if (!reply.ok) throw new CallError(reply.error);
    return reply.value as Answer<C>;
  }

  async function ended(id: string): Promise<Job> {
    for (;;) {
      const job = await call('jobs.get', { id });
      if (job.state !== 'running') return job;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ id, resolve });
      // The event may have come between the two lines above.
      if ((await call('jobs.get', { id })).state === 'running') await promise;
      waiting = waiting.filter((one) => one.resolve !== resolve);
    }
  }

  return {
    folder,
    clock,
    events,
    lines,
    places,
    /** What is plugged in. */
    volumes,
    call,
    ended,
    dispatch: app.dispatch,
    /** As the domains have it. */
    net: app.net,
    close: app.close,
    create: (kind: 'online' | 'offline' | 'rehearsal' = 'online', name = 'Example') =>
      call('workspace.create', { folder: null, name, kind, passphrase: PASSPHRASE }),
    /** Time passes, the workspace locks itself on the way and is unlocked again. */
    async later(ms: number): Promise<void> {
      if (at.live === true) throw new Error('A live clock rings nothing: advance it.');
      clock.advance(ms);
      while ((await call('workspace.state', {})).state === 'unlocked') await new Promise(setImmediate);
      await call('workspace.unlock', { passphrase: PASSPHRASE });
    },
    /** Backs the workspace up; answers what puts it back to that. */
    async backup(): Promise<() => Promise<void>> {
      const path = join(folder, `${performance.now()}.baleen-backup`);
      places.push(path);
      const { chosen } = await call('dialogs.saveFile', { purpose: 'backup', suggestedName: 'a' });
      const { job } = await call('workspace.backup', { target: chosen?.ticket ?? '', overwrite: false });
      if ((await ended(job)).state !== 'done') throw new Error('no backup');
      return async () => {
        places.push(path);
        const opened = await call('dialogs.openFile', { purpose: 'backupFile' });
        const source = opened.chosen?.ticket ?? '';
        await call('workspace.restore', { source, folder: null, passphrase: PASSPHRASE });
        while ((await call('workspace.state', {})).state === 'unlocked') await new Promise(setImmediate);
        await call('workspace.unlock', { passphrase: PASSPHRASE });
      };
    },
    /** Uploads bytes as the renderer does. */
    async blob(name: string, bytes: Uint8Array, use: 'inspect' | 'transfer' = 'inspect'): Promise<string> {
      let blob: string | null = null;
      for (let offset = 0; offset === 0 || offset < bytes.length; offset += CHUNK)
        ({ blob } = await call('blob.put', {
          blob,
          name,
          use,
          total: bytes.length,
          offset,
          chunk: new Uint8Array(bytes.subarray(offset, offset + CHUNK)),
        }));
      if (blob === null) throw new Error('nothing was uploaded');
      return blob;
    },
    /** The keys on the device of a signer, listed now. Throws Error with the code that its job failed with. */
    async deviceKeys(id: string) {
      const job = await ended((await call('signers.deviceKeys', { id })).job);
      const found = job.state === 'done' ? await call('signers.deviceKeysFound', { id }) : null;
      if (found === null)
        throw Object.assign(new Error(job.error?.message ?? job.state), { code: job.error?.code });
      return found;
    },
    /** The result id of a job that must succeed. */
    async result(started: { job: string }): Promise<string> {
      const job = await ended(started.job);
      if (job.state !== 'done') throw new Error(`${job.title}: ${job.error?.message ?? job.state}`);
      return job.resultIds[0] ?? '';
    },
    async remove(): Promise<void> {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type TestApp = Awaited<ReturnType<typeof testApp>>;

/** The application of `testApp({ folder, live: true })` again, with its one workspace unlocked. */
export async function openedApp(folder: string): Promise<TestApp> {
  const [name = ''] = readdirSync(join(folder, 'workspaces'));
  const app = await testApp({ folder, workspace: join(folder, 'workspaces', name), live: true });
  await app.call('workspace.unlock', { passphrase: PASSPHRASE });
  return app;
}
