/** What was made and is not out: remembered over failure, lock, restart and kill, tried again, and shown until it is out. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Clock } from '../../ports.ts';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { type PublicationServer, publicationServer } from '../../testing/test-publication-server.ts';
import { testClock } from '../../testing/test-ports.ts';
import {
  ALL,
  answeredBy,
  associated,
  associateWith,
  makeRequest,
  proxyFileOf,
  proxyOf,
  signerFor,
  take,
} from '../../testing/test-proxy-app.ts';
import { addLocal, localFileOf, localOf } from '../../testing/test-service.ts';
import { PASSPHRASE } from '../../testing/test-workspace.ts';

const DAY_MS = 86_400_000;
const QUARTER_MS = 15 * 60_000;

const apps: TestApp[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.remove();
});

async function opened(at: Parameters<typeof testApp>[0], kind: 'online' | 'offline'): Promise<TestApp> {
  const app = await testApp(at);
  apps.push(app);
  await app.create(kind);
  return app;
}

async function exchange(proxy: TestApp, signer: TestApp): Promise<void> {
  await take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy)));
}

/** What is said of it on the proxy's page, the child's page and the overview. */
async function shown(proxy: TestApp) {
  const { unpublished, warnings } = await proxyOf(proxy);
  const { attention } = await proxy.call('overview.get', {});
  return {
    unpublished,
    proxy: warnings.map(({ text }) => text),
    child: (await localOf(proxy, 'online')).warnings.map(({ text }) => text),
    overview: attention
      .filter(({ subject }) => subject.startsWith('Trust anchor'))
      .map(({ detail }) => detail ?? ''),
  };
}

const LATE = /^online: the newest objects are not out yet\. It is tried again every quarter of an hour/;
const notOut = (why: RegExp) => ({
  unpublished: true,
  proxy: [expect.stringMatching(why), expect.stringMatching(LATE)],
  child: [expect.stringMatching(/^The newest objects of online are not out yet: /)],
  overview: expect.arrayContaining([expect.stringMatching(LATE)]) as string[],
});
const IS_OUT = { unpublished: false, proxy: [], child: [] };

/** Waits for what goes on after an unlocking or by the clock. */
async function until(what: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`It never came to that: ${String(what)}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Six weeks later: the child's manifest is due, that of the trust anchor is not. */
async function sixWeeksLater(proxy: TestApp): Promise<void> {
  await proxy.later(43 * DAY_MS);
  await until(async () => (await localOf(proxy, 'online')).keys[0]?.number === '2');
}

test(
  'a folder that was away when a child made its manifest anew: told at once and after every unlocking, and out as soon as it is back',
  { timeout: 120_000 },
  async () => {
    const proxy = await opened({}, 'online');
    const signer = await opened({}, 'offline');
    const folder = join(proxy.folder, 'published');
    mkdirSync(folder);
    await associated(proxy, signer, folder);
    await addLocal(proxy, 'online');
    await exchange(proxy, signer);
    expect(await shown(proxy)).toMatchObject(IS_OUT);
    const own = join(folder, 'rsync', 'online', '0');
    const manifest = (): Buffer =>
      readFileSync(join(own, readdirSync(own).find((name) => name.endsWith('.mft')) ?? ''));
    const before = manifest();

    renameSync(folder, `${folder}-away`);
    await sixWeeksLater(proxy);
    const gone = /^Publishing failed: .*published, which was published into, is not there any more: mount/;
    await until(async () => (await proxyOf(proxy)).warnings.length > 1);
    expect(await shown(proxy)).toMatchObject(notOut(gone));
    // Locked and unlocked, and with other work between: nothing is forgotten.
    await proxy.later(DAY_MS);
    await until(async () => (await proxyOf(proxy)).warnings.length > 1);
    expect(await shown(proxy)).toMatchObject(notOut(gone));
    // Tried every quarter of an hour, and on record once while the reason is the same.
    const settings = { autoLockMinutes: 240, lockOnSuspend: false };
    await proxy.call('workspace.setSettings', settings);
    const refusals = async (): Promise<number> =>
      (await proxy.call('audit.list', { limit: 100 })).rows.filter(
        ({ action, outcome }) => action === 'ta.publish' && outcome === 'refused',
      ).length;
    const noted = await refusals();
    proxy.clock.advance(QUARTER_MS);
    await new Promise((done) => setTimeout(done, 300));
    expect(await refusals()).toBe(noted);

    renameSync(`${folder}-away`, folder);
    expect(manifest()).toEqual(before);
    proxy.clock.advance(QUARTER_MS);
    await until(async () => !(await proxyOf(proxy)).unpublished);
    expect(await shown(proxy)).toMatchObject(IS_OUT);
    expect(manifest()).not.toEqual(before);
  },
);

/** A proxy and its child at a publication server, certified. */
async function atServer(server: PublicationServer, proxy: TestApp, signer: TestApp): Promise<void> {
  await proxy.result(await proxy.call('ta.proxyInit', {}));
  const answer = server.answer(await proxyFileOf(proxy, 'pub-req'));
  const blob = await proxy.blob('repo-res.xml', answer, 'transfer');
  await proxy.call('ta.proxyRepository', { blob, pin: null });
  await signerFor(proxy, signer);
  await associateWith(proxy, signer);
  await proxy.result(await proxy.call('ta.localCreate', { handle: 'online' }));
  await proxy.call('ta.childAdd', {
    from: { kind: 'local', handle: 'online' },
    handle: 'online',
    resources: ALL,
  });
  await proxy.call('ta.localConnect', { handle: 'online' });
  await proxy.call('ta.localConfigure', {
    handle: 'online',
    blob: await proxy.blob(
      'repo-res.xml',
      server.answer(await localFileOf(proxy, 'online', 'pub-req')),
      'transfer',
    ),
  });
  await exchange(proxy, signer);
}

test(
  'a server that is not there, refuses the child alone, or the trust anchor: what got through is remembered, the rest is told and tried',
  { timeout: 120_000 },
  async () => {
    let clock: Clock = testClock();
    const server = await publicationServer(() => clock.now());
    const proxy = await opened({ net: server.net }, 'online');
    ({ clock } = proxy);
    const signer = await opened({}, 'offline');
    await atServer(server, proxy, signer);
    expect(await shown(proxy)).toMatchObject(IS_OUT);
    const before = new Map(server.objects('online'));
    expect(before.size).toBeGreaterThan(1);

    // Nobody answers anybody: only the child has something new.
    server.away.add('online').add('ta');
    await sixWeeksLater(proxy);
    await until(async () => (await proxyOf(proxy)).warnings.length > 1);
    expect(await shown(proxy)).toMatchObject(notOut(/^Publishing failed: ta: Nobody answers/));
    await proxy.later(DAY_MS);
    await until(async () => (await proxyOf(proxy)).warnings.length > 1);
    expect(await shown(proxy)).toMatchObject(notOut(/^Publishing failed: ta: Nobody answers/));
    expect(server.objects('online')).toEqual(before);

    // The child gets through, the trust anchor, whose objects are out, does not.
    server.away.delete('online');
    await proxy.later(DAY_MS);
    await until(async () => !(await proxyOf(proxy)).unpublished);
    expect(server.objects('online')).not.toEqual(before);
    expect((await localOf(proxy, 'online')).warnings).toEqual([]);
    // What is out is not sent again and again, though somebody was refused.
    const asked = server.asked.length;
    await proxy.later(DAY_MS);
    await proxyOf(proxy);
    expect(server.asked.length).toBe(asked);

    // The other way round: a response whose certificates the trust anchor's server does not take.
    await proxy.call('ta.localRoll', { handle: 'online', step: 'start' });
    await signer.later(proxy.clock.now().getTime() - signer.clock.now().getTime());
    await exchange(proxy, signer);
    expect((await shown(proxy)).proxy[1]).toMatch(/^ta: the newest objects are not out yet/);
    expect((await localOf(proxy, 'online')).warnings).toEqual([]);
    server.away.clear();
    await proxy.later(DAY_MS);
    await until(async () => !(await proxyOf(proxy)).unpublished);
    expect(server.objects('ta').size).toBe(4);
  },
);

const WRITER = new URL('../../testing/unpublished-writer.ts', import.meta.url);

test(
  'kill -9 between making and publishing: it is told at the next opening, and out once the server is asked',
  { timeout: 120_000 },
  async () => {
    let ahead = 0;
    const server = await publicationServer(() => new Date(Date.now() + ahead));
    const proxy = await opened({ net: server.net, live: true }, 'online');
    const signer = await opened({ live: true }, 'offline');
    await atServer(server, proxy, signer);
    const before = new Map(server.objects('online'));
    const [name = ''] = readdirSync(join(proxy.folder, 'workspaces'));
    const workspace = join(proxy.folder, 'workspaces', name);
    await proxy.close();

    // It is killed while the server, which it has asked, says nothing.
    const child = spawn(process.execPath, [WRITER.pathname, proxy.folder, workspace, String(43 * DAY_MS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const bytes of child.stdout) {
      said += String(bytes);
      if (said.includes('asked')) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');

    ahead = 43 * DAY_MS;
    server.away.add('online');
    const again = await testApp({ folder: proxy.folder, workspace, live: true, net: server.net });
    apps.push(again);
    again.clock.advance(ahead);
    await again.call('workspace.unlock', { passphrase: PASSPHRASE });
    await until(async () => (await proxyOf(again)).warnings.length > 1);
    expect((await localOf(again, 'online')).keys[0]?.number).toBe('2');
    expect(await shown(again)).toMatchObject(notOut(/^Publishing failed: online: Nobody answers/));
    expect(server.objects('online')).toEqual(before);
    server.away.clear();
    await again.call('workspace.lock', {});
    await again.call('workspace.unlock', { passphrase: PASSPHRASE });
    await until(async () => !(await proxyOf(again)).unpublished);
    expect(server.objects('online')).not.toEqual(before);
    expect(await again.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
  },
);
