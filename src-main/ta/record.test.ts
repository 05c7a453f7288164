import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { approve, exportTo, krillFile, setUpSigner, signerOf } from '../testing/test-signer.ts';

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create('offline');
  await setUpSigner(app);
});
afterEach(() => app.remove());

test('one exchange is written out and judged again where no trust anchor is', async () => {
  const exchange = await approve(app, krillFile('exchanges/x1-issue/request.json'));
  await approve(app, krillFile('exchanges/x2-second/request.json'));
  const info = join(app.folder, 'info-of-record.json');
  await exportTo(app, 'signer-info', info);
  const path = join(app.folder, 'exchange.json');
  app.places.push(path);
  const { chosen } = await app.call('dialogs.saveFile', { purpose: 'export', suggestedName: 'x' });
  await app.call('ta.exportExchange', {
    id: exchange,
    form: 'json',
    target: chosen?.ticket ?? '',
    overwrite: false,
  });
  expect((await app.call('audit.list', { limit: 1 })).rows[0]?.action).toBe('ta.exportExchange');
  const other = await testApp();
  try {
    await other.create('online', 'Years later');
    const blob = (name: string, bytes: Buffer) => other.blob(name, bytes, 'transfer');
    const found = await other.call('ta.checkRecord', {
      exchanges: await blob('exchange.json', readFileSync(path)),
      proxy: await blob('proxy-id.json', krillFile('setup/proxy-id.json')),
      signer: await blob('signer-info.json', readFileSync(info)),
    });
    expect(found.exchanges).toMatchObject([{ number: '2', children: ['online'], holds: true, faults: [] }]);
    expect(found.signer.sha256).toBe((await signerOf(app)).identity.sha256);
  } finally {
    await other.remove();
  }
  const halves = await Promise.all(
    (['signer', 'proxy'] as const).map((half) => app.call('ta.exchanges', { half })),
  );
  expect(halves.map(({ total, rows }) => [total, rows.length])).toEqual([
    [2, 2],
    [0, 0],
  ]);
});
