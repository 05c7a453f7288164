import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import {
  answeredBy,
  associatedHalves,
  endHalves,
  makeRequest,
  proxyFileOf,
  signerInfoOf,
  take,
} from '../testing/test-proxy-app.ts';
import { addLocal } from '../testing/test-service.ts';
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

test('the reports of the proxy have the time of signing, like the signer: whenever it took the response', async () => {
  const { proxy, signer } = await associatedHalves({ live: true });
  try {
    await addLocal(proxy, 'online');
    for (const days of [0, 3]) {
      proxy.clock.advance(days * 86_400_000 + 60_000);
      signer.clock.advance(days * 86_400_000 + 60_000);
      const response = await answeredBy(proxy, signer, await makeRequest(proxy));
      proxy.clock.advance(2 * 86_400_000);
      await take(proxy, response);
      signer.clock.advance(2 * 86_400_000);
    }
    const path = join(signer.folder, 'exchanges.txt');
    await exportTo(signer, 'exchanges-text', path);
    const bySigner = readFileSync(path, 'utf8');
    const byProxy = (await proxyFileOf(proxy, 'exchanges-text')).toString('utf8');
    expect(bySigner.match(/Session date:/g)).toHaveLength(2);
    expect(byProxy).toBe(bySigner);
    const { rows } = await proxy.call('ta.exchanges', { half: 'proxy' });
    const opened = await Promise.all(rows.map(({ id }) => proxy.call('ta.exchange', { id })));
    expect(
      opened
        .map(({ text }) => text)
        .toReversed()
        .join('\n'),
    ).toBe(bySigner);

    // The time beside an exchange is held against its response.
    const found = await app.call('ta.checkRecord', {
      exchanges: await app.blob('e.json', await proxyFileOf(proxy, 'exchanges-json'), 'transfer'),
      proxy: await app.blob('proxy-id.json', await proxyFileOf(proxy, 'proxy-id'), 'transfer'),
      signer: await app.blob('signer-info.json', await signerInfoOf(signer), 'transfer'),
    });
    expect(found.exchanges.map(({ faults }) => faults)).toEqual([[], []]);
  } finally {
    await endHalves();
  }
});
