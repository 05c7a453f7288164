// A signer that was restored from before an exchange takes its response back, led by its own page; by clicking.
import { join } from 'node:path';
import { testKey, testProxy } from '../src-main/testing/test-proxy.ts';
import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { approve, openRequest, put, setUpSigner, writeFile } from './pages/ta.ts';
import { newWorkspace, PASSPHRASE, unlock } from './pages/workspace.ts';

test('a restored signer is led to the response that it lost: a strange one is refused, its own is shown, and it is an exchange again', async ({
  apps,
}) => {
  const app = await apps.start();
  const { page, answers } = app;
  const dialog = page.getByRole('dialog');
  await newWorkspace(page, apps, { kind: 'Offline station' });
  const proxy = await testProxy(new Date());
  await setUpSigner(page, apps.scratch, proxy, {
    https: 'https://rpki.example.net/ta/ta.cer',
    rsync: 'rsync://rpki.example.net/ta/ta.cer',
  });
  const backup = join(apps.scratch, 'before.baleen-backup');
  await open(page, 'Settings');
  answers.push(backup);
  await page.getByRole('button', { name: 'Back up…' }).click();
  await dialog.getByRole('button', { name: 'Choose a place…' }).click();
  await dialog.getByRole('button', { name: 'Back up', exact: true }).click();
  await expect(dialog.getByText(/: done\.$/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();

  const resources = { asn: 'AS64500', ipv4: '192.0.2.0/24', ipv6: '' };
  const wishes = [{ handle: 'kid', resources, issue: [testKey()], revoke: [] }];
  const bytes = await proxy.request(wishes, new Date());
  const request = put(apps.scratch, 'request.json', bytes);
  const response = join(apps.scratch, 'response.json');
  await openRequest(page, request);
  await approve(page, bytes);
  await writeFile(page, answers, 'response.json', response);

  await open(page, 'Settings');
  await page.getByRole('button', { name: 'Restore…' }).click();
  answers.push(backup);
  await dialog.getByRole('button', { name: 'Choose the backup file…' }).click();
  await dialog.locator('label').filter({ hasText: 'Into the open workspace' }).click();
  await dialog.getByLabel('Passphrase of the backup', { exact: true }).fill(PASSPHRASE);
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(page.getByText(/Restored from the backup of/)).toBeVisible();
  await unlock(page);

  await open(page, 'Trust anchor');
  await expect(page.getByText(/what it signed up to number 2 is missing/)).toBeVisible();
  const takeBack = page.getByLabel('Take response.json back…');
  await takeBack.setInputFiles(request);
  await expect(page.getByText(/wanted is a response/)).toBeVisible();
  await takeBack.setInputFiles(response);
  await expect(dialog.getByText(/all of it holds/)).toBeVisible();
  await expect(dialog.getByRole('row').filter({ hasText: 'kid' })).toContainText('AS64500');
  await dialog.getByLabel('Add its request.json…').setInputFiles(request);
  await expect(dialog.getByText(/it is a whole exchange again/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Take response 2 back' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('The next request.json comes from the proxy.')).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Certificates of children' }).getByText('kid')).toBeVisible();
  await page.getByRole('grid', { name: 'Exchanges' }).getByRole('row').nth(1).click();
  await expect(page.getByText(/Judged again now/)).toBeVisible();
});
