// By keyboard at the trust anchor: after a dialog the focus is at the button that opened it, or at what stands there now.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { testProxy } from '../src-main/testing/test-proxy.ts';
import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { setUpSigner } from './pages/ta.ts';
import { expectStep } from './pages/ta-proxy.ts';
import { newWorkspace } from './pages/workspace.ts';

const URIS = { https: 'https://rpki.example.net/ta/ta.cer', rsync: 'rsync://rpki.example.net/ta/ta.cer' };

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first();
const dialog = (page: Page) => page.getByRole('dialog').or(page.getByRole('alertdialog'));

async function press(page: Page, name: string | RegExp): Promise<void> {
  await button(page, name).focus();
  await expect(button(page, name)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog(page), String(name)).toBeVisible();
}

test('after each dialog the focus is back, also when what was written changed the page', async ({ apps }) => {
  const app = await apps.start();
  const { page } = app;
  await newWorkspace(page, apps, { kind: 'Offline station' });
  await setUpSigner(page, apps.scratch, await testProxy(new Date()), URIS);
  await open(page, 'Trust anchor');
  await expect(button(page, 'Times…')).toBeVisible();

  for (const name of ['Times…', 'Write for krillta…', 'Reissue…', 'Fingerprint…']) {
    await press(page, name);
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toHaveCount(0);
    await expect(button(page, name), name).toBeFocused();
  }

  const path = join(apps.scratch, 'signer-info.json');
  app.answers.push(path);
  await press(page, 'Hand out signer-info.json…');
  await dialog(page).getByRole('button', { name: 'Choose a place…' }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByText(path)).toBeVisible();
  await expect(dialog(page).getByRole('button', { name: 'Choose another…' })).toBeFocused();
  await dialog(page).getByRole('button', { name: 'Write' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => existsSync(path)).toBe(true);
  await expect(dialog(page)).toHaveCount(0);
  // The guide has gone on to its next step, and the button with it: the page has the focus, not nobody.
  await expect(button(page, 'Hand out signer-info.json…')).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: 'Trust anchor' })).toBeFocused();
});

test('a step whose button goes with it leaves the focus at the page; what stands there next is one Tab away', async ({
  apps,
}) => {
  const app = await apps.start();
  const { page } = app;
  await newWorkspace(page, apps, { kind: 'Online' });
  await open(page, 'Trust anchor');
  const heading = page.getByRole('heading', { level: 1, name: 'Trust anchor' });
  await button(page, 'Make the proxy').focus();
  await page.keyboard.press('Enter');
  await expect(button(page, 'Make the proxy')).toHaveCount(0);
  await expectStep(page, 'Choose its repository');
  await expect(heading).toBeFocused();
});

test('a message at the corner leaves room: at the foot of a long page nothing that can be pressed lies under it', async ({
  apps,
}) => {
  const app = await apps.start();
  const { page } = app;
  await newWorkspace(page, apps, { kind: 'Offline station' });
  await setUpSigner(page, apps.scratch, await testProxy(new Date()), URIS);
  await open(page, 'Trust anchor');
  await expect(button(page, 'Times…')).toBeVisible();
  const main = page.locator('main');
  app.answers.push(join(apps.scratch, 'signer-info.json'));
  await press(page, 'Hand out signer-info.json…');
  await dialog(page).getByRole('button', { name: 'Choose a place…' }).click();
  await dialog(page).getByRole('button', { name: 'Write' }).click();
  await expect(dialog(page)).toHaveCount(0);
  const toasts = page.getByRole('list', { name: 'Messages' });
  await expect(toasts.getByRole('listitem').first()).toBeVisible();
  const state = () =>
    main.evaluate((node) => {
      const over = document.querySelector('.toasts')?.getBoundingClientRect();
      const covered = [...node.querySelectorAll('button, a, summary, input')].filter((one) => {
        const at = one.getBoundingClientRect();
        return over !== undefined && at.bottom > over.top && at.top < over.bottom && at.right > over.left;
      });
      return {
        long: node.scrollHeight > node.clientHeight,
        foot: node.scrollHeight - node.clientHeight - node.scrollTop < 2,
        covered: covered.map((one) => one.textContent),
      };
    });
  // What is still being loaded makes the page longer.
  const atFoot = async () => {
    await main.evaluate((node) => node.scrollTo(0, node.scrollHeight));
    return state();
  };
  await expect.poll(atFoot).toEqual({ long: true, foot: true, covered: [] });
  await expect(main).not.toHaveCSS('padding-bottom', '0px');
  await expect(toasts.getByRole('listitem')).toHaveCount(0);
  await expect(main).toHaveCSS('padding-bottom', '0px');
});
