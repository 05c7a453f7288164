// The proxy's screens: set-up on one machine through a folder, a child, an exchange; and what a careful operator meets on the way.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testProxy } from '../src-main/testing/test-proxy.ts';
import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { childFile, setUpBothHalves } from './pages/ta-one-machine.ts';
import {
  addChild,
  expectStep,
  folderRepository,
  handOut,
  initProxy,
  makeRequest,
  openChild,
  openResponse,
  publish,
  requestDigest,
  serverRepository,
  writeProxyFile,
} from './pages/ta-proxy.ts';
import { approve, openRequest, put } from './pages/ta.ts';
import { newWorkspace } from './pages/workspace.ts';

test('one machine: set-up, a child and an exchange, by what the guide calls next', async ({ apps }) => {
  test.setTimeout(180_000);
  const app = await apps.start();
  const { page, answers } = app;
  await newWorkspace(page, apps, { kind: 'Online' });
  const { published } = await setUpBothHalves(app, apps.scratch);
  expect(readdirSync(published, { recursive: true }).join(' ')).toMatch(/\.mft/);

  await addChild(page, await childFile(apps.scratch, 'online'));
  await expectStep(page, 'Make the request');
  await openChild(page, 'online');
  await writeProxyFile(page, answers, 'res.xml', join(apps.scratch, 'res.xml'));
  expect(readFileSync(join(apps.scratch, 'res.xml'), 'utf8')).toContain('child_handle="online"');

  await makeRequest(page);
  await expectStep(page, 'Carry request.json');
  const request = join(apps.scratch, 'request.json');
  const shown = await requestDigest(page);
  await handOut(page, answers, 'request.json', request);
  await expectStep(page, 'Review and sign');
  await openRequest(page, request);
  const bytes = readFileSync(request);
  await approve(page, bytes);
  await open(page, 'Trust anchor');
  expect(await requestDigest(page)).toBe(shown);
  await expectStep(page, 'Carry response.json back');
  const response = join(apps.scratch, 'response.json');
  await handOut(page, answers, 'response.json', response);
  await expectStep(page, 'Review the response');
  await openResponse(page, response);
  await expect(page.getByText('The signer answered what was asked, and every object holds')).toBeVisible();
  await publish(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Exchange 2' })).toBeVisible();
  await open(page, 'Trust anchor');
  await expect(page.getByText('between two exchanges')).toBeVisible();

  // The same response again: nothing is open that it could answer.
  await page.getByRole('button', { name: 'Make request…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make the request' }).click();
  await openResponse(page, response);
  await expect(page.getByText(/already processed/).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Publish', exact: true })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
});

test('repository: what is wrong is said at its field, and it is taken once', async ({ apps }) => {
  const { page, answers } = await apps.start();
  await newWorkspace(page, apps, { kind: 'Rehearsal' });
  await initProxy(page);
  await page.getByRole('link', { name: 'Choose the repository…' }).click();
  const verb = page.getByRole('button', { name: 'Publish into this folder' });
  await expect(verb).toHaveAttribute('aria-disabled', 'true');
  const path = join(apps.scratch, 'pub');
  mkdirSync(path);
  answers.push(path);
  await page.getByRole('button', { name: 'Choose a folder…' }).click();
  await page.getByLabel('Base URI (rsync)').fill('https://rpki.example.net/repo/');
  await page.getByText('Publish by RRDP as well').click();
  await expect(page.getByText(/Without RRDP/)).toBeVisible();
  await verb.click();
  await expect(page.getByText('Write it like rsync://rpki.example.net/repo/')).toBeVisible();
  await open(page, 'Trust anchor');
  await folderRepository(page, answers, { path, base: 'rsync://rpki.example.net/repo/', notify: null });
  await page.goto(`${page.url().split('#')[0]}#/trust-anchor/repository`);
  await expect(page.getByText(/Until a signer is associated another one can be chosen/)).toBeVisible();
});

test('a server is taken by its answer, once its certificate is pinned rightly; files in the wrong place are named', async ({
  apps,
}) => {
  const app = await apps.start();
  const { page } = app;
  await newWorkspace(page, apps, { kind: 'Online' });
  await initProxy(page);
  const path = join(apps.scratch, 'pub');
  mkdirSync(path);
  await folderRepository(page, app.answers, { path, base: 'rsync://rpki.example.net/repo/', notify: null });
  const answer = join(apps.scratch, 'repo-res.xml');
  await writeProxyFile(page, app.answers, 'repo-res.xml', answer);
  const proxy = await testProxy(new Date());
  const wrong = put(apps.scratch, 'proxy-id.json', proxy.idFile);
  await page.getByLabel('Choose signer-info.json…').setInputFiles(wrong);
  await expect(page.getByRole('alert')).toContainText('wanted is what a signer is and has published');

  const { page: other } = await apps.start();
  await newWorkspace(other, apps, { kind: 'Online' });
  await initProxy(other);
  await other.getByRole('link', { name: 'Choose the repository…' }).click();
  await other.getByText('A publication server').click();
  await other.getByLabel('Choose repo-res.xml…').setInputFiles(answer);
  await other.getByLabel(/^SHA-256 of the server/).fill('3F2A');
  await other.getByRole('button', { name: 'Publish through this server' }).click();
  await expect(other.getByText('Type all 64 digits')).toBeVisible();
  await serverRepository(other, answer, '3F'.repeat(32));
  await expect(other.getByText('rsync://rpki.example.net/repo/').first()).toBeVisible();
});
