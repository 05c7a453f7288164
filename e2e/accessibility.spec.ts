import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { newWorkspace, lock, unlock } from './pages/workspace.ts';
import { inAllLooks, walk } from './walk.ts';

async function violationsOf(page: Page) {
  // Legacy mode: otherwise axe opens a second page, which the shell closes.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    // Decoration (the watermark) and what floats above the page by nature (a tooltip).
    .exclude('.watermark')
    .exclude('[role=tooltip]')
    .analyze();
  return violations;
}

test('axe finds nothing in palette, dialogs and refusals, in three themes', async ({ apps }) => {
  test.setTimeout(4 * 60_000);
  const app = await apps.start();
  const { page } = app;
  await newWorkspace(page, apps, { name: 'Dialogs' });
  const found: string[] = [];
  const look = (name: string) =>
    inAllLooks(page, async (theme, size) => {
      for (const { id, nodes } of await violationsOf(page))
        found.push(
          `${name} ${theme} ${size}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join('; ')}`,
        );
    });
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await look('palette');
  await page.keyboard.type('nothing is called so');
  await look('palette without a hit');
  await page.keyboard.press('Escape');
  await open(page, 'Audit');
  await page
    .getByRole('button', { name: /^Export/ })
    .first()
    .click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await look('export dialog');
  await page.keyboard.press('Escape');
  await lock(page);
  await unlock(page, 'not the passphrase at all');
  await expect(page.getByText('not the passphrase of this workspace')).toBeVisible();
  await look('refused unlock');
  expect(found).toEqual([]);
});

test('axe finds nothing on any screen and wizard step, in three themes and two window sizes', async ({
  apps,
}) => {
  test.setTimeout(12 * 60_000);
  const app = await apps.start();
  const found: string[] = [];
  await walk(app, apps.canaries, (name) =>
    inAllLooks(app.page, async (theme, size) => {
      const violations = await violationsOf(app.page);
      for (const { id, nodes } of violations)
        found.push(
          `${name} ${theme} ${size}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join('; ')}`,
        );
      const wide = await app.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      if (wide) found.push(`${name} ${theme} ${size}: wider than the window`);
    }),
  );
  expect(found).toEqual([]);
});
