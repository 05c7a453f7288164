import { APP_ORIGIN } from '#shared/bridge.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createAssets } from './assets.ts';

test('a file that went after the start is refused, so that the page does not wait for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-assets-'));
  try {
    writeFileSync(join(folder, 'index.html'), '<p>');
    writeFileSync(join(folder, 'screen.js'), '1');
    const assets = createAssets({ folder, dispatch: () => Promise.reject(new Error('not asked')) });
    const get = (path: string) =>
      assets({ method: 'GET', url: `${APP_ORIGIN}${path}`, caller: { origin: APP_ORIGIN, mainFrame: true } });
    expect((await get('/screen.js')).status).toBe(200);
    rmSync(join(folder, 'screen.js'));
    expect((await get('/screen.js')).status).toBe(404);
    expect((await get('/other.js')).status).toBe(404);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
