// The record of a trust anchor: kept of both halves, written out, and judged again where no trust anchor is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vectorPath } from '../src-main/testing/vectors.ts';
import { expect, test } from './console-app.ts';
import { open, openRow } from './pages/ca.ts';
import { childFile, setUpBothHalves } from './pages/ta-one-machine.ts';
import { addChild, handOut, makeRequest, openResponse, publish } from './pages/ta-proxy.ts';
import { checkFiles, openRecord, writeExchange } from './pages/ta-record.ts';
import { approve, openRequest, put } from './pages/ta.ts';
import { newWorkspace } from './pages/workspace.ts';

const krill = (name: string): string => vectorPath(`krill-ta/krill-0.16.1/${name}`);

test('years later: exchanges of a real Krill are judged in a workspace without a trust anchor; an edited one is found out', async ({
  apps,
}) => {
  const { page } = await apps.start();
  await newWorkspace(page, apps, { kind: 'Offline station' });
  await openRecord(page);
  const files = {
    exchanges: krill('exchanges/exchanges.json'),
    proxy: krill('setup/proxy-id.json'),
    signer: krill('setup/signer-info.json'),
  };
  const dialog = page.getByRole('dialog', { name: 'Check an exchange file' });
  await checkFiles(page, { ...files, proxy: krill('setup/proxy-repo.json') });
  await expect(dialog.getByRole('alert')).toContainText('proxy-repo.json is the repository of a proxy');
  await checkFiles(page, files);
  await expect(dialog.getByText('All 10 exchanges hold', { exact: true })).toBeVisible();
  const edited = readFileSync(files.exchanges, 'utf8').replace(
    '"ipv4": "203.0.113.0/24"',
    '"ipv4": "203.0.113.0/25"',
  );
  await checkFiles(page, { ...files, exchanges: put(apps.scratch, 'edited.json', edited) });
  await expect(dialog.getByText('1 of 10 exchanges does not hold')).toBeVisible();
  await expect(dialog.getByText(/the clear text differs from what was signed/)).toBeVisible();
});

test('both halves keep every exchange: filtered by half, on the timeline, written out and judged again', async ({
  apps,
}) => {
  test.setTimeout(120_000);
  const app = await apps.start();
  const { page, answers } = app;
  const at = (name: string): string => join(apps.scratch, name);
  await newWorkspace(page, apps, { kind: 'Online' });
  await setUpBothHalves(app, apps.scratch);
  await addChild(page, await childFile(apps.scratch, 'online'));
  await makeRequest(page);
  await handOut(page, answers, 'request.json', at('request.json'));
  const edited = readFileSync(at('request.json'), 'utf8').replace(/("nonce":\s*")./, '$1z');
  await openRequest(page, put(apps.scratch, 'edited.json', edited));
  await openRequest(page, at('request.json'));
  await approve(page, readFileSync(at('request.json')));
  await expect(page.getByText(/^Judged again now: request and response hold/)).toBeVisible();
  await writeExchange(page, answers, at('exchange.json'));
  await open(page, 'Trust anchor');
  await handOut(page, answers, 'response.json', at('response.json'));
  await openResponse(page, at('response.json'));
  await publish(page);

  await openRecord(page);
  const rows = page.getByRole('grid', { name: 'Exchanges' }).getByRole('row');
  await expect(rows).toHaveCount(3);
  await page.getByRole('radio', { name: 'Proxy', exact: true }).click();
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText('proxy');
  await page.getByText('The same in words').click();
  await expect(page.getByText(/^Number 2 is in force until here$/)).toBeVisible();
  await expect(page.getByText(/^Refused message: edited\.json: Do not sign/)).toBeVisible();
  await checkFiles(page, {
    exchanges: at('exchange.json'),
    proxy: at('proxy-id.json'),
    signer: at('signer-info.json'),
  });
  await expect(page.getByRole('dialog').getByText(/^It holds/)).toBeVisible();
  await page.keyboard.press('Escape');
  await openRow(page, 'Reissues and refusals', 'edited.json');
  await expect(page.getByRole('heading', { level: 1, name: 'Refused message' })).toBeVisible();
  await expect(page.getByText(/the clear text differs from what was signed/)).toBeVisible();
  await page.goBack();
  await openRow(page, 'Exchanges', 'proxy');
  await expect(page.getByText(/^Judged again now: request and response hold/)).toBeVisible();
});
