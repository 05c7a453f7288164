// The trust anchor and the network: what it serves, also while locked, what it finds outside, and a running Krill as its proxy.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KRILL_TOKEN, startKrill } from '../src-main/testing/krill.ts';
import { missingPeers } from '../src-main/testing/peers.ts';
import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import {
  connectKrill,
  found,
  freePort,
  krill as krillCard,
  lookOutside,
  openNetwork,
  serveLocked,
  serving,
  setPort,
  start,
} from './pages/ta-network.ts';
import { approve, finishSetUp } from './pages/ta.ts';
import { childFile, setUpBothHalves } from './pages/ta-one-machine.ts';
import { addChild } from './pages/ta-proxy.ts';
import { newWorkspace, lock, next, unlock } from './pages/workspace.ts';

test('serves while it is unlocked, says 503 when it is locked, goes on by choice, and asks before it is closed', async ({
  apps,
}) => {
  test.setTimeout(180_000);
  const app = await apps.start();
  const { page } = app;
  const port = await freePort();
  const root = `http://127.0.0.1:${port}`;
  const status = async (path: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(root + path, init)).status;
  await newWorkspace(page, apps, { kind: 'Online' });
  await openNetwork(page);
  await expect(serving(page).getByText('Only a proxy serves')).toBeVisible();
  await setUpBothHalves(app, apps.scratch);
  await addChild(page, await childFile(apps.scratch, 'online'));
  await openNetwork(page);
  await setPort(page, port);
  await expect(serving(page).getByText(`${root}/ta/ta.cer`)).toBeVisible();
  await expect(fetch(`${root}/ta/ta.cer`)).rejects.toThrow();

  await start(page);
  expect(await status('/ta/ta.cer')).toBe(200);
  expect(await (await fetch(`${root}/ta/ta.tal`)).text()).toContain('https://rpki.example.net/ta/ta.cer');
  expect(await status('/rfc6492/ta/online', { method: 'POST', body: 'no message' })).not.toBe(200);
  await expect(serving(page).getByText('2 answered, 1 refused')).toBeVisible();
  await expect(serving(page).getByText('Last refusals')).toBeVisible();
  await expect(page.getByLabel('Status')).toContainText('Trust anchor serves');
  await page.keyboard.press('Control+q');
  const question = page.getByRole('alertdialog', { name: 'Close Baleen while the trust anchor serves?' });
  await question.getByRole('button', { name: 'Keep it open' }).click();
  await expect(question).toBeHidden();

  await lock(page);
  await expect(page.getByLabel('Status')).toContainText('ta.cer is handed out, children get 503');
  expect(await status('/ta/ta.cer')).toBe(200);
  expect(await status('/rfc6492/ta/online', { method: 'POST', body: 'no message' })).toBe(503);
  await unlock(page);
  await openNetwork(page);
  await expect(serving(page).getByText('ta.cer and ta.tal are handed out, children get 503')).toBeVisible();
  await serveLocked(page, '1 hour');
  await lock(page);
  await expect(page.getByLabel('Status')).toContainText('serves while locked until');
  expect(await status('/ta/ta.cer')).toBe(200);
  // Leaving the workspace would end it: asked at the gate, too.
  await page.getByRole('button', { name: 'Open another workspace' }).click();
  const leaving = page.getByRole('alertdialog', {
    name: 'Close the workspace while the trust anchor serves?',
  });
  await leaving.getByRole('button', { name: 'Keep it open' }).click();
  expect(await status('/ta/ta.cer')).toBe(200);
  await unlock(page);

  await openNetwork(page);
  await lookOutside(page);
  await expect(found(page)).toContainText('rsync://rpki.example.net/ta/ta.cer');
  await expect(found(page)).toContainText('Not checked: rsync.');
  await serving(page).getByRole('button', { name: 'Stop' }).click();
  await expect(serving(page).getByText('off', { exact: true })).toBeVisible();
  await expect(fetch(`${root}/ta/ta.cer`)).rejects.toThrow();
  await open(page, 'Audit');
  for (const text of [/^The trust anchor goes on answering children/, /^The trust anchor listens no longer/])
    await expect(page.getByText(text).first()).toBeVisible();
});

test('an offline station says that it opens no connection', async ({ apps }) => {
  const { page } = await apps.start();
  await newWorkspace(page, apps, { kind: 'Offline station' });
  await open(page, 'Trust anchor');
  await expect(page.getByRole('link', { name: 'Network…' })).toHaveCount(0);
  await page.evaluate(() => void (location.hash = '#/trust-anchor/network'));
  await expect(page.getByText('This workspace opens no connection')).toBeVisible();
});

test('a running Krill: connected by its certificate, set up from it, associated, an exchange without a file', async ({
  apps,
}) => {
  const missing = missingPeers('krill');
  test.skip(missing.length > 0, `SKIPPED: missing ${missing.join(', ')}; type npm run peers`);
  test.setTimeout(180_000);
  const krill = await startKrill(join(apps.scratch, 'krill'));
  apps.canaries.guard('token of Krill', KRILL_TOKEN);
  try {
    const { fingerprint } = krill.initProxy();
    const { fingerprint256 } = new X509Certificate(readFileSync(krill.certificate));
    const { page } = await apps.start();
    page.setDefaultTimeout(30_000);
    await newWorkspace(page, apps, { kind: 'Online' });
    await openNetwork(page);
    await connectKrill(page, {
      url: `https://localhost:${krill.port}/`,
      tail: fingerprint256.slice(-23),
      token: KRILL_TOKEN,
    });
    await open(page, 'Trust anchor');
    await page.getByRole('link', { name: 'Set up a signer…' }).click();
    await page.getByRole('button', { name: 'Take both files from the connected Krill' }).click();
    await expect(page.getByText('proxy-id.json', { exact: true })).toBeVisible();
    await page.getByLabel(/^Fingerprint on the proxy/).fill(fingerprint);
    await next(page);
    await expect(page.getByText('What the file says')).toBeVisible();
    await next(page);
    await finishSetUp(page, { https: 'https://localhost/ta/ta.cer', rsync: 'rsync://localhost/ta/ta.cer' });
    await openNetwork(page);
    await krillCard(page).getByRole('button', { name: 'Associate' }).click();
    await expect(page.getByText('Krill has associated this signer')).toBeVisible();
    krill.addChild('online');
    await krill.request('Issuance');
    await krillCard(page).getByRole('button', { name: 'Open a request at Krill…' }).click();
    await expect(page.getByRole('heading', { level: 1, name: /^Review request/ })).toBeVisible();
    await expect(page.locator('main')).toContainText('online is a new child');
    await expect(page.getByText('not air-gapped')).toBeVisible();
    await approve(page, Buffer.alloc(0));
    await page.getByRole('button', { name: 'Send to Krill' }).click();
    await expect(page.getByText('Krill took the response')).toBeVisible();
    await krill.untilChild('online', (show) => show.includes('incoming_cert'), 'has its certificate');
  } finally {
    await krill.stop();
  }
});
