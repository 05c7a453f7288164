/** Writing for krillta where it would count wrong: after a restore, and after going on from another clock. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import { answeredBy, associatedHalves, endHalves, makeRequest, take } from '../../testing/test-proxy-app.ts';
import { dateOf, signerOf } from '../../testing/test-signer.ts';

const DAY_MS = 86_400_000;
const LONG = 120_000;

let proxy: TestApp;
let signer: TestApp;
beforeEach(async () => {
  ({ proxy, signer } = await associatedHalves({ live: true }));
});
afterEach(endHalves);

const exchange = async (): Promise<string> =>
  take(proxy, await answeredBy(proxy, signer, await makeRequest(proxy)));

/** Writes the signer for krillta; answers the folder. */
async function write(): Promise<string> {
  const folder = join(signer.folder, 'for-krillta');
  signer.places.push(folder);
  const { chosen } = await signer.call('dialogs.folder', { purpose: 'krill' });
  const confirm = (await signerOf(signer)).keyId.slice(-8);
  try {
    await signer.call('ta.exportStore', { folder: chosen?.ticket ?? '', confirm });
  } finally {
    signer.places.length = 0;
  }
  return folder;
}

async function refused(words: RegExp): Promise<void> {
  expect((await signerOf(signer)).notForKrillta).toMatch(words);
  await expect(write()).rejects.toMatchObject({
    code: 'NOT_ALLOWED_NOW',
    message: expect.stringMatching(words) as unknown,
  });
  expect(existsSync(join(signer.folder, 'for-krillta'))).toBe(false);
  const { rows } = await signer.call('audit.list', { limit: 1 });
  expect(rows[0]).toMatchObject({ action: 'ta.exportStore', outcome: 'refused' });
}

test('restored from before exchanges: not below the numbers that were used', { timeout: LONG }, async () => {
  await exchange();
  const restore = await signer.backup();
  await exchange();
  await exchange();
  expect(await signerOf(signer)).toMatchObject({ number: '4', notForKrillta: null });
  await restore();
  await refused(
    /^krillta would give number 3 out again: .* stands at 2, and 4 was used here before\. Take the later response/,
  );
  await answeredBy(proxy, signer, await makeRequest(proxy));
  expect((await signerOf(signer)).number).toBe('5');
  expect(readdirSync(await write())).toContain('keys');
});

test('after going on from this clock: one exchange comes first', { timeout: LONG }, async () => {
  const request = await makeRequest(proxy);
  await answeredBy(proxy, signer, request, 12 * DAY_MS);
  for (const app of [proxy, signer]) app.clock.advance(-12 * DAY_MS);
  await signer.result(await signer.call('ta.goOn', { today: dateOf(signer) }));
  await refused(/^Manifest 3 was made by no exchange that is here .*make one exchange first\./);
  await answeredBy(proxy, signer, request);
  expect((await signerOf(signer)).notForKrillta).toBeNull();
  expect(readdirSync(await write())).toContain('keys');
});
