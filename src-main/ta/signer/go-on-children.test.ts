/** What follows at the children of the machine after the signer went on: its failure does not undo that, and stands with the child. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { testApp } from '../../testing/test-app.ts';
import { answeredBy, associated, makeRequest, take } from '../../testing/test-proxy-app.ts';
import type * as GoOnChild from '../child/go-on-child.ts';
import { addLocal, localOf } from '../../testing/test-service.ts';
import { dateOf, signerOf } from '../../testing/test-signer.ts';

const fails = vi.hoisted(() => ({ with: [] as Error[] }));
vi.mock('../child/go-on-child.ts', async (original) => ({
  ...(await original<typeof GoOnChild>()),
  goOnChild: () => Promise.reject(fails.with.shift() ?? new Error('asked once too often')),
}));

test.each([
  ['a refusal, which stands with its child', new AppError('NOT_ALLOWED_NOW', 'Not now. Try it again.'), 2],
  ['anything else', new Error('broken'), 0],
])('%s', { timeout: 120_000 }, async (_what, error, warned) => {
  const app = await testApp({ live: true });
  try {
    await app.create('online', 'One machine');
    const folder = join(app.folder, 'published');
    mkdirSync(folder);
    await associated(app, app, folder);
    for (const handle of ['one', 'two']) await addLocal(app, handle);
    app.clock.advance(60_000);
    await take(app, await answeredBy(app, app, await makeRequest(app), 0));
    app.clock.advance(12 * 86_400_000);
    await take(app, await answeredBy(app, app, await makeRequest(app, false), 0));
    app.clock.advance(-12 * 86_400_000);

    fails.with = [error, error];
    const { job } = await app.call('ta.goOn', { today: dateOf(app) });
    expect(await app.ended(job)).toMatchObject({ state: 'done', error: null });
    expect(await signerOf(app)).toMatchObject({ mayGoOn: false });
    const { rows } = await app.call('audit.list', { action: 'ta.goOn', limit: 9 });
    expect(rows.map(({ outcome }) => outcome)).toEqual(['done']);
    const children = await Promise.all(['one', 'two'].map((handle) => localOf(app, handle)));
    const texts = children.map(({ warnings }) => warnings.map(({ text }) => text).join());
    expect(texts.filter((text) => text.includes('Not now. Try it again.'))).toHaveLength(warned);
  } finally {
    await app.remove();
  }
});
