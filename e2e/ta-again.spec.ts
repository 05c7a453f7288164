// Coming back to a trust anchor: after a lock the guide, the screen and the focus are where they were; and what is narrow is whole.
import { join } from 'node:path';
import { testKey, testProxy } from '../src-main/testing/test-proxy.ts';
import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { approve, openRequest, put, setUpSigner } from './pages/ta.ts';
import { expectStep, handOut } from './pages/ta-proxy.ts';
import { newWorkspace, lock, next, unlock } from './pages/workspace.ts';

const URIS = { https: 'https://rpki.example.net/ta/ta.cer', rsync: 'rsync://rpki.example.net/ta/ta.cer' };
const LONG = 'x'.repeat(64);
const ALL = { asn: 'AS0-AS4294967295', ipv4: '0.0.0.0/0', ipv6: '::/0' };

test('a signer that was locked goes on where it stood, and 900 wide nothing of an exchange is cut off', async ({
  apps,
}) => {
  test.setTimeout(180_000);
  const app = await apps.start({ size: { width: 900, height: 600 } });
  const { page, answers } = app;
  const proxy = await testProxy(new Date());
  await newWorkspace(page, apps, { kind: 'Offline station' });

  // The set-up is left in the middle, and the guide's button goes on with it.
  await open(page, 'Trust anchor');
  await page.getByRole('link', { name: 'Set up a signer…' }).click();
  await page.getByLabel('Choose proxy-id.json…').setInputFiles(put(apps.scratch, 'a.json', proxy.idFile));
  await expect(page.getByText('a.json', { exact: true })).toBeVisible();
  await page.getByLabel(/^Fingerprint on the proxy/).fill(proxy.fingerprint);
  await next(page);
  await open(page, 'Overview');
  await expect(page.getByText('is being set up')).toHaveCount(1);
  await open(page, 'Trust anchor');
  await page.getByRole('link', { name: "Go to the signer's set-up" }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Where is it published?' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('button', { name: 'Cancel and discard' }).click();
  await setUpSigner(page, apps.scratch, proxy, URIS);

  await open(page, 'Trust anchor');
  await handOut(page, answers, 'signer-info.json', join(apps.scratch, 'signer-info.json'));
  await expectStep(page, 'Review and sign');
  await expect(page.getByRole('list', { name: 'Exchange' }).getByText(', done')).toHaveCount(0);
  await lock(page);
  await unlock(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Trust anchor' })).toBeFocused();
  await expectStep(page, 'Review and sign');
  await page.reload();
  await expectStep(page, 'Review and sign');

  // A wrong file chosen by the guide is told below both buttons.
  const guide = page.getByRole('region', { name: 'You are here' });
  await guide.getByLabel('Open request.json…').setInputFiles(put(apps.scratch, 'noise.json', 'noise'));
  const told = guide.getByRole('alert');
  await expect(told).toBeVisible();
  for (const name of await guide.getByRole('button').all()) {
    const [button, box] = [await name.boundingBox(), await told.boundingBox()];
    expect((button?.y ?? 0) + (button?.height ?? 0)).toBeLessThanOrEqual(box?.y ?? 0);
  }

  const bytes = await proxy.request(
    [{ handle: LONG, resources: ALL, issue: [testKey()], revoke: [] }],
    new Date(),
  );
  const path = put(apps.scratch, 'request.json', bytes);
  await openRequest(page, path);
  const wide = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('main .card-head > h2, main .object-link > b, main .grid-scroll')]
        .filter(
          (node) =>
            node.scrollWidth > node.clientWidth + 1 ||
            node.getBoundingClientRect().right > document.documentElement.clientWidth,
        )
        .map((node) => node.textContent.slice(0, 40)),
    );
  expect(await wide()).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 800 });
  expect(await wide()).toEqual([]);
  await page.setViewportSize({ width: 900, height: 600 });
  await approve(page, bytes);
  await expect(page.getByRole('heading', { level: 1, name: 'Exchange 2' })).toBeFocused();
  expect(await wide()).toEqual([]);
  await open(page, 'Trust anchor');
  await expect(page.getByRole('grid', { name: 'Exchanges' }).getByText('Next before')).toBeVisible();
  expect(await wide()).toEqual([]);
  await openRequest(page, path);
  await expect(page.getByText('Nothing can be signed for it again', { exact: false })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Sign response/ })).toHaveCount(0);
});
