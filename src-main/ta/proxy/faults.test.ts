import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enrolMany } from '../../testing/many-children.ts';
import { openedApp, type TestApp, testApp } from '../../testing/test-app.ts';
import {
  answeredBy,
  associated,
  BASE,
  makeRequest,
  openResponse,
  proxyOf,
  take,
} from '../../testing/test-proxy-app.ts';
import { addLocal, localOf } from '../../testing/test-service.ts';
import { openRequest } from '../../testing/test-signer.ts';

let proxy: TestApp;
let signer: TestApp;
let folder: string;
beforeEach(async () => {
  proxy = await testApp({ live: true });
  signer = await testApp({ live: true });
  await proxy.create('online', 'Proxy');
  await signer.create('offline', 'Signer');
  folder = join(proxy.folder, 'published');
  mkdirSync(folder);
  await associated(proxy, signer, folder);
});
afterEach(async () => {
  await proxy.remove();
  await signer.remove();
});

/** The manifest that is out. */
function manifest(): Buffer {
  const root = join(folder, 'rsync');
  const name = readdirSync(root).find((one) => one.endsWith('.mft')) ?? '';
  return readFileSync(join(root, name));
}

test('restored from before an exchange: its response is not taken twice, nothing old is published, and it goes on above', async () => {
  await addLocal(proxy, 'online');
  const request = await makeRequest(proxy);
  const restore = await proxy.backup();
  const response = await answeredBy(proxy, signer, request);
  await take(proxy, response);
  const out = manifest();
  expect(await localOf(proxy, 'online')).toMatchObject({ step: 'running' });

  await restore();
  const view = await proxyOf(proxy);
  expect(view).toMatchObject({ signer: { number: '1' }, open: { wishes: 1 } });
  expect(view.warnings).toEqual([
    {
      severity: 'bad',
      text: expect.stringMatching(/^This workspace was restored: manifest 2 was published/),
    },
  ]);
  const { attention } = await proxy.call('overview.get', {});
  expect(attention[0]).toMatchObject({ subject: 'Trust anchor proxy', severity: 'bad' });
  await expect(proxy.result(await proxy.call('ta.publish', {}))).rejects.toThrow(/refuse what goes back/);
  const again = await openResponse(proxy, response);
  expect(again.view).toMatchObject({ canPublish: false, verdict: { severity: 'bad' } });
  expect(again.view.verdict.title).toMatch(/^Do not publish: this response was already processed/);
  expect(again.view.faults.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^it was already processed .*, before this workspace was restored from a backup$/),
    expect.stringMatching(/^its number 2 is not above 2, which was published before/),
  ]);
  const refused = await proxy.ended((await proxy.call('ta.takeResponse', { id: again.id })).job);
  expect(refused.error?.message).toMatch(/already processed/);
  expect(manifest()).toEqual(out);

  // The wish stands in a request of its own, and the key gets its certificate again.
  await proxy.call('ta.cancelRequest', { reason: 'it was answered before the restore' });
  const anew = await makeRequest(proxy);
  proxy.clock.advance(60_000);
  signer.clock.advance(60_000);
  expect((await openRequest(signer, anew)).view.canSign).toBe(true);
  await take(proxy, await answeredBy(proxy, signer, anew));
  expect(await proxyOf(proxy)).toMatchObject({ signer: { number: '3', issued: 1 }, warnings: [] });
  expect(await localOf(proxy, 'online')).toMatchObject({ step: 'running', warnings: [] });
  expect(manifest()).not.toEqual(out);
  await expect(openResponse(proxy, response)).rejects.toThrow(/already processed|withdrawn/);
});

/** What is asked, within a generous bound: machines are busy. */
async function within<T>(ms: number, what: string, step: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await step();
  const took = performance.now() - started;
  expect(took, what).toBeLessThan(ms);
  return result;
}

test(
  '1,000 children with one wish each: request, review and taking are bounded',
  { timeout: 240_000 },
  async () => {
    await proxy.close();
    await enrolMany(proxy.folder, 1000, BASE);
    proxy = await openedApp(proxy.folder);
    const request = await within(20_000, 'make a request', () => makeRequest(proxy));
    const response = await answeredBy(proxy, signer, request);
    const { view, id } = await within(40_000, 'review', () => openResponse(proxy, response));
    expect(view.faults).toEqual([]);
    expect(view.answers).toHaveLength(1000);
    await within(60_000, 'take and publish', async () =>
      proxy.result(await proxy.call('ta.takeResponse', { id })),
    );
    const after = await within(10_000, 'look', () => proxyOf(proxy));
    expect(after).toMatchObject({ signer: { number: '2', issued: 1000 }, open: null, warnings: [] });
    expect(readdirSync(join(folder, 'rsync'))).toHaveLength(1002);
  },
);

test(
  'responses that are damaged on purpose are refused with a sentence, at any size',
  { timeout: 180_000 },
  async () => {
    const response = (await answeredBy(proxy, signer, await makeRequest(proxy))).toString('utf8');
    const filled = (head: string, fill: string, tail: string): Buffer => {
      const size = 64 * 1_048_576;
      const bytes = Buffer.alloc(size, fill);
      bytes.write(head.padEnd(Math.ceil(head.length / fill.length) * fill.length), 0);
      bytes.write(tail, size - tail.length);
      return bytes;
    };
    const cases: [string, Buffer, RegExp][] = [
      [
        'a member twice',
        Buffer.from(response.replace('"nonce"', '"nonce": "", "nonce"')),
        /"nonce" stands twice/,
      ],
      [
        'a child twice',
        Buffer.from(response.replace('"child_responses": {', '"child_responses": {"a": {}, "a": {}')),
        /response\.child_responses: "a" stands twice/,
      ],
      [
        'nested deeply',
        Buffer.from(response.replace('"child_responses": {', `"child_responses": {"a": ${'['.repeat(5000)}`)),
        /nested more than 64 levels/,
      ],
      ['cut in half', Buffer.from(response.slice(0, response.length / 2)), /cut off/],
      [
        '64 MiB of one text',
        filled('{"response": {}, "signed": {"message": "', 'A', '"}}'),
        /^The file at response|signed/,
      ],
      ['64 MiB of small things', filled('{"signed": 1, "response": [0', ',1', ']}'), /holds more than/],
      ['64 MiB of empty lists', filled('{"signed": 1, "response": [0', ',[]', ']}'), /holds more than/],
    ];
    for (const [what, bytes, words] of cases) {
      const said = await within(60_000, what, async () => {
        try {
          return (await openResponse(proxy, bytes)).view.faults.map(({ text }) => text).join();
        } catch (error) {
          return (error as Error).message;
        }
      });
      expect(said, what).toMatch(words);
    }
    const tooLarge = proxy.blob('response.json', new Uint8Array(64 * 1_048_576 + 1), 'transfer');
    await expect(tooLarge).rejects.toMatchObject({ code: 'TOO_LARGE' });
    expect((await proxyOf(proxy)).signer?.number).toBe('1');
    await take(proxy, Buffer.from(response));
  },
);
