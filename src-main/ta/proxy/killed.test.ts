import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sha256Hex } from '../../lib/bytes.ts';
import { killedAfter } from '../../testing/killed-writer.ts';
import { openedApp, type TestApp, testApp } from '../../testing/test-app.ts';
import {
  answeredBy,
  associated,
  makeRequest,
  openResponse,
  proxyFileOf,
  proxyOf,
  take,
} from '../../testing/test-proxy-app.ts';
import { addLocal, localOf } from '../../testing/test-service.ts';
import { exportTo, openRequest } from '../../testing/test-signer.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baleen-proxy-killed-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const WRITER = new URL('../../testing/proxy-writer.ts', import.meta.url);
/** Named by its path in the workspace, so it is the same for all. */
const PUBLISHED = join(scratch, 'published');

async function setUp(folder: string): Promise<void> {
  const [proxy, signer] = await Promise.all(
    ['proxy', 'signer'].map((half) => {
      mkdirSync(join(folder, half), { recursive: true });
      return testApp({ folder: join(folder, half), live: true });
    }),
  );
  if (proxy === undefined || signer === undefined) throw new Error('two applications');
  await proxy.create('online');
  await signer.create('offline');
  mkdirSync(PUBLISHED);
  await associated(proxy, signer, PUBLISHED);
  await addLocal(proxy, 'online');
  await proxy.close();
  await signer.close();
}

/** The exchange under way is brought to its end, whatever of it is there. Answers whether the signer had answered already. */
async function recovered(proxy: TestApp, signer: TestApp): Promise<boolean> {
  const { open } = await proxyOf(proxy);
  const request = open === null ? await makeRequest(proxy) : await proxyFileOf(proxy, 'request');
  const { view } = await openRequest(signer, request);
  if (view.nonce.exchange === null) {
    await take(proxy, await answeredBy(proxy, signer, request, 1000));
    return false;
  }
  const path = join(signer.folder, 'again.json');
  await exportTo(signer, 'response', path, view.nonce.exchange);
  await take(proxy, readFileSync(path));
  return true;
}

test(
  'kill -9 while the proxy makes requests, takes responses and publishes: nothing is lost, everything can be repeated',
  { timeout: 400_000 },
  async () => {
    const ready = join(scratch, 'ready');
    await setUp(ready);
    cpSync(PUBLISHED, join(scratch, 'first'), { recursive: true, verbatimSymlinks: true });
    const stopped = new Set<string>();
    // In the making of a request, in the taking of a response, in a publication; then a key roll further.
    for (const [when, ms] of [
      ['open', 15],
      ['signed', 2],
      ['signed', 40],
      ['taken', 2],
      ['taken', 25],
      ['rolled', 20],
      ['taken 3', 10],
    ] as const) {
      const folder = join(scratch, `${ms} after ${when}`);
      cpSync(ready, folder, { recursive: true });
      const said = await killedAfter(WRITER, folder, ms, when);
      const proxy = await openedApp(join(folder, 'proxy'));
      const signer = await openedApp(join(folder, 'signer'));
      // The killed one may have been ahead.
      for (const { clock } of [proxy, signer]) clock.advance(60_000);
      const last = (what: string): string | undefined =>
        said.findLast((line) => line.startsWith(what))?.split(' ')[1];
      const view = await proxyOf(proxy);
      const number = Number(view.signer?.number);
      const taken = Number(last('taken') ?? 1);
      // The last step may be stored and not yet acknowledged, never the other way round.
      expect([taken, taken + 1]).toContain(number);
      const ended = said.at(-1) ?? '';
      if (ended.startsWith('request') && number === taken) expect(view.open?.nonce).toBe(last('request'));
      expect(Number(view.published?.number)).toBeGreaterThanOrEqual(Number(last('published') ?? 1));
      const { rows } = await proxy.call('ta.exchanges', { limit: 500 });
      expect(rows.map((row) => Number(row.number)).toReversed()).toEqual(
        Array.from({ length: number - 1 }, (_, at) => at + 2),
      );
      for (const { id } of rows) expect((await proxy.call('ta.exchange', { id })).holds).toBe(true);

      // What was made can be published again, and the exchange goes on where it stood.
      await proxy.result(await proxy.call('ta.publish', {}));
      expect((await proxyOf(proxy)).unpublished).toBe(false);
      const answered = await recovered(proxy, signer);
      if (ended === 'signed' && number === taken) expect(answered).toBe(true);
      const after = await proxyOf(proxy);
      expect(after).toMatchObject({ open: null, unpublished: false, warnings: [] });
      expect(Number(after.signer?.number)).toBe(number + 1);

      // A response that was taken stays taken.
      const old = (await signer.call('ta.exchanges', { limit: 500 })).rows.find(
        (row) => row.nonce === rows[0]?.nonce,
      );
      if (old !== undefined) {
        const path = join(folder, 'old.json');
        await exportTo(signer, 'response', path, old.id);
        await expect(openResponse(proxy, readFileSync(path))).rejects.toThrow(/already processed/);
      }

      // The folder holds what the trust anchor and its child publish, and nothing else.
      const root = join(PUBLISHED, 'rsync');
      const child = await localOf(proxy, 'online');
      expect(child.warnings).toEqual([]);
      expect(
        readdirSync(root, { recursive: true })
          .map(String)
          .filter((name) => name.includes('.'))
          .toSorted(),
      ).toEqual(
        [
          `${after.signer?.keyId}.crl`,
          `${after.signer?.keyId}.mft`,
          ...child.keys.flatMap(({ keyId, certificate }) => (certificate === null ? [] : [`${keyId}.cer`])),
          ...child.publishes.map((uri) => uri.replace(/^rsync:\/\/[^/]+\/[^/]+\//, '')),
        ].toSorted(),
      );
      for (const { keyId, certificate } of child.keys)
        if (certificate !== null)
          expect(sha256Hex(readFileSync(join(root, `${keyId}.cer`)))).toBe(certificate.sha256);
      for (const app of [proxy, signer])
        expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
      stopped.add(ended.split(' ')[0] ?? '');
      await proxy.remove();
      await signer.remove();
      rmSync(PUBLISHED, { recursive: true });
      cpSync(join(scratch, 'first'), PUBLISHED, { recursive: true, verbatimSymlinks: true });
    }
    // It was killed in different steps.
    expect(stopped.size).toBeGreaterThan(1);
  },
);
