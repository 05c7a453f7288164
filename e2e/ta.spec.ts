// Wrong files, wrong digits and rejected requests at the trust anchor's screens; what a careful operator meets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testKey, type TestProxy, testProxy } from '../src-main/testing/test-proxy.ts';
import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { approve, openRequest, put, setUpSigner, writeFile } from './pages/ta.ts';
import { newWorkspace, next } from './pages/workspace.ts';

const URIS = { https: 'https://rpki.example.net/ta/ta.cer', rsync: 'rsync://rpki.example.net/ta/ta.cer' };
const ONLINE = {
  handle: 'online',
  resources: { asn: 'AS64496', ipv4: '192.0.2.0/24', ipv6: '2001:db8::/32' },
};

const requestOf = (proxy: TestProxy) =>
  proxy.request([{ ...ONLINE, issue: [testKey()], revoke: [] }], new Date());

test('set-up: the other file, another fingerprint and a bad URI are named at their field; a reload goes on', async ({
  apps,
}) => {
  const { page } = await apps.start();
  const proxy = await testProxy(new Date());
  await newWorkspace(page, apps, { kind: 'Offline station' });
  await open(page, 'Trust anchor');
  await page.getByRole('link', { name: 'Set up a signer…' }).click();
  const chooser = page.getByLabel('Choose proxy-id.json…');
  await chooser.setInputFiles(put(apps.scratch, 'swapped.json', proxy.repositoryFile));
  await expect(page.getByRole('alert')).toContainText('swapped.json is the repository of a proxy');
  await chooser.setInputFiles(put(apps.scratch, 'noise.bin', Buffer.alloc(5000, 7)));
  await expect(page.getByRole('alert')).toContainText('noise.bin is no file of a trust anchor');
  await chooser.setInputFiles(put(apps.scratch, 'proxy-id.json', proxy.idFile));
  await expect(page.getByText('proxy-id.json', { exact: true })).toBeVisible();
  await page.getByLabel(/^Fingerprint on the proxy/).fill('00'.repeat(32));
  await next(page);
  await expect(page.getByText(/It is another fingerprint than that of the file/)).toBeVisible();
  await page.getByLabel(/^Fingerprint on the proxy/).fill(proxy.fingerprint);
  await next(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Where is it published?' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Where is it published?' })).toBeVisible();
  await page
    .getByLabel('Choose proxy-repo.json…')
    .setInputFiles(put(apps.scratch, 'proxy-repo.json', proxy.repositoryFile));
  await expect(page.getByText('What the file says')).toBeVisible();
  await next(page);
  await page.getByLabel('rsync URI').fill(`${proxy.base}ta.cer`);
  await next(page);
  await expect(page.getByText(/It lies inside the repository/)).toBeVisible();
  await expect(page.getByText(/At least one https URI is needed/)).toBeVisible();
});

test('requests: garbage, edited, another proxy, misread digits, rejected; then signed, and the same again offers its response', async ({
  apps,
}) => {
  const app = await apps.start();
  const { page } = app;
  const proxy = await testProxy(new Date());
  await newWorkspace(page, apps, { kind: 'Offline station' });
  await setUpSigner(page, apps.scratch, proxy, URIS);
  await open(page, 'Trust anchor');
  const chooser = page.getByLabel('Choose request.json…');
  await chooser.setInputFiles(put(apps.scratch, 'garbage.json', 'garbage'));
  await expect(page.getByRole('alert')).toContainText('garbage.json is no file of a trust anchor');

  const bytes = await requestOf(proxy);
  const edited = bytes.toString('utf8').replace('192.0.2.0/24', '192.0.2.0/25');
  await openRequest(page, put(apps.scratch, 'edited.json', edited));
  await expect(page.getByText(/Do not sign/)).toBeVisible();
  await expect(page.getByText(/the clear text differs from what was signed/)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Sign response/ })).toHaveAttribute('aria-disabled', 'true');
  const stranger = await requestOf(await testProxy(new Date()));
  await openRequest(page, put(apps.scratch, 'stranger.json', stranger));
  await expect(page.getByText(/signed by another identity than the enrolled one/)).toBeVisible();

  const path = put(apps.scratch, 'request.json', bytes);
  await openRequest(page, path);
  const groups = page.getByLabel(/^Group \d+$/);
  for (const field of await groups.all()) await field.fill('zzzz');
  await page.getByRole('button', { name: /^Sign response/ }).click();
  await expect(page.getByText(/not a group: /i).first()).toBeVisible();
  for (const field of await groups.all()) await field.fill('0000');
  await page.getByRole('button', { name: /^Sign response/ }).click();
  await expect(
    page.getByText(/this is not the file the proxy made, or it was misread/).first(),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Reject…' }).click();
  await page.getByLabel('Reason').fill('Nobody announced it.');
  await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
  await expect(page.getByText(/^Request [0-9a-f-]{36} was not signed/)).toBeVisible();
  await page.getByRole('button', { name: 'Close the review' }).click();

  await openRequest(page, path);
  await approve(page, bytes);
  const response = join(apps.scratch, 'response.json');
  await writeFile(page, app.answers, 'response.json', response);
  expect(readFileSync(response, 'utf8')).toContain('"child_responses"');
  await openRequest(page, path);
  await expect(
    page.getByText('This request was answered before, with response 2, which is kept'),
  ).toBeVisible();
  await page.getByRole('link', { name: 'Open its response' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Exchange 2' })).toBeVisible();

  await open(page, 'Trust anchor');
  await page.getByText('A second person approves each response').click();
  const third = await requestOf(proxy);
  await openRequest(page, put(apps.scratch, 'request-3.json', third));
  await expect(page.getByLabel(/^Group \d+$/)).toHaveCount(6);
  await page.getByLabel('First approver').fill('Registrar');
  await page.getByLabel('Second approver').fill('Auditor');
  await approve(page, third, 'words');
  await open(page, 'Trust anchor');
  const two = page.getByRole('switch', { name: 'A second person approves each response' });
  await page.getByText('A second person approves each response').click();
  await expect(two).toBeChecked();
  const ending = page.getByRole('dialog', { name: 'Let one person approve' });
  await ending.getByLabel('First approver').fill('Registrar');
  await ending.getByLabel('Second approver').fill('registrar');
  await ending.getByRole('button', { name: 'One person is enough' }).click();
  await expect(ending.getByText(/Two people approve here, so both agree that one is enough/)).toBeVisible();
  await expect(ending.getByText('Give two different names')).toBeVisible();
  await ending.getByLabel('Second approver').fill('Auditor');
  await ending.getByRole('button', { name: 'One person is enough' }).click();
  await expect(ending).toHaveCount(0);
  await expect(two).not.toBeChecked();
  await open(page, 'Audit');
  for (const text of [
    /^Rejected request/,
    /^Signed response 2: 1 issued/,
    /approved by Registrar and Auditor/,
    /^One person approves each response from now on, agreed by Registrar and Auditor/,
    /both agree that one is enough/,
  ])
    await expect(page.getByText(text).first()).toBeVisible();
});
