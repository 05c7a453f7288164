// A signer whose clock was ahead: the date is asked for, and what was signed all the same locks nobody in.
import { testKey, testProxy } from '../src-main/testing/test-proxy.ts';
import type { Clock } from '../src-main/ports.ts';
import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { approve, openRequest, put, setUpSigner } from './pages/ta.ts';
import { newWorkspace } from './pages/workspace.ts';

const DAY_MS = 86_400_000;
const URIS = { https: 'https://rpki.example.net/ta/ta.cer', rsync: 'rsync://rpki.example.net/ta/ta.cer' };

test('a reissue by a clock that is ahead: the date is asked for, both ways on are said, and one of them is gone', async ({
  apps,
}) => {
  let aheadMs = 0;
  const clock: Clock = {
    now: () => new Date(Date.now() + aheadMs),
    after(ms, task) {
      const timer = setTimeout(task, Math.min(ms, 2 ** 31 - 1));
      return () => clearTimeout(timer);
    },
  };
  const today = (): string => clock.now().toISOString().slice(0, 10);
  const { page } = await apps.start({ clock });
  const proxy = await testProxy(clock.now());
  const key = testKey();
  const request = () =>
    proxy.request(
      [
        {
          handle: 'online',
          resources: { asn: 'AS64496', ipv4: '192.0.2.0/24', ipv6: '' },
          issue: [key],
          revoke: [],
        },
      ],
      clock.now(),
    );
  await newWorkspace(page, apps, { kind: 'Offline station' });
  await setUpSigner(page, apps.scratch, proxy, URIS);

  aheadMs = 80 * DAY_MS;
  await page.reload();
  await open(page, 'Trust anchor');
  await page.getByRole('button', { name: 'Reissue…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/80 days after the last exchange or reissue here/)).toBeVisible();
  await dialog.getByLabel(/^Today's date/).fill(new Date().toISOString().slice(0, 10));
  await dialog.getByRole('button', { name: 'Reissue', exact: true }).click();
  await expect(dialog.getByText(/Set its clock, or type the date again/)).toBeVisible();
  // He believes his machine all the same.
  await dialog.getByLabel(/^Today's date/).fill(today());
  await dialog.getByRole('button', { name: 'Reissue', exact: true }).click();
  await expect(dialog.getByText('The certificate is reissued.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();

  aheadMs = 60_000;
  await page.reload();
  const bytes = await request();
  await openRequest(page, put(apps.scratch, 'request.json', bytes));
  await expect(page.getByText('One of the two is wrong')).toBeVisible();
  await expect(
    page.getByText(/If this clock is behind, set it\. If it was ahead then, wait until/),
  ).toBeVisible();

  await open(page, 'Trust anchor');
  await page.getByRole('button', { name: 'Go on from this clock…' }).click();
  await dialog.getByLabel(/^Today's date/).fill(today());
  await dialog.getByRole('button', { name: 'Go on from this clock', exact: true }).click();
  await expect(dialog.getByText(/Bring signer-info\.json to the proxy/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await openRequest(page, put(apps.scratch, 'request.json', bytes));
  await approve(page, bytes);
  await open(page, 'Trust anchor');
  await expect(page.getByRole('button', { name: 'Hand out response.json…' })).toBeVisible();
});
