import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './console-app.ts';
import { createWorkspace, PASSPHRASE } from './pages/workspace.ts';

/** What a screen reader would call the focused element. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return '';
    const labelledBy = element
      .getAttribute('aria-labelledby')
      ?.split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' ');
    const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
    const text = element.getAttribute('aria-label') ?? labelledBy ?? label ?? element.textContent;
    return `${element.getAttribute('role') ?? element.tagName.toLowerCase()}: ${text.trim()}`;
  });
}

/** Tab until the focus stands on `name`; what was passed is told when it never does. */
async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 60; presses += 1) {
    const at = await focused(page);
    const text = at.slice(at.indexOf(': ') + 2);
    if (typeof name === 'string' ? text === name : name.test(text)) return;
    passed.push(at);
    await page.keyboard.press(key);
    // No person presses faster, and what was just opened needs a moment.
    await page.waitForTimeout(20);
  }
  throw new Error(`Tab never came to ${String(name)}; it passed ${passed.join(' | ')}`);
}

async function type(page: Page, label: string | RegExp, text: string): Promise<void> {
  await tabTo(page, label);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

async function press(page: Page, button: string | RegExp): Promise<void> {
  await tabTo(page, button);
  // The focus can be seen: something is drawn round it.
  const outline = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement ?? document.body);
    return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  });
  expect(outline, `no visible focus on ${String(button)}`).toBe(true);
  await page.keyboard.press('Enter');
}

const heading = (page: Page, name: string | RegExp) =>
  expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

async function workspace(page: Page): Promise<void> {
  await press(page, /^New workspace/);
  await heading(page, /What is this workspace for/);
  await tabTo(page, /Online/);
  await page.keyboard.press('Space');
  await press(page, 'Next');
  await type(page, 'Name', 'By keyboard');
  await press(page, 'Next');
  await type(page, 'Passphrase', PASSPHRASE);
  await type(page, 'Passphrase, again', PASSPHRASE);
  await press(page, 'Create the workspace');
  await heading(page, /recovery key/);
  await press(page, 'Show the recovery key');
  const items = page.getByRole('list', { name: 'Recovery key' }).getByRole('listitem');
  await expect(items).toHaveCount(8);
  const groups = (await items.allInnerTexts()).map((text) => text.trim().split(/\s+/).at(-1) ?? '');
  await press(page, 'I have it on paper');
  await expect(page.getByLabel(/^Group \d+$/).first()).toBeVisible();
  for (const [index, group] of groups.entries())
    if (await page.getByLabel(`Group ${index + 1}`, { exact: true }).isVisible())
      await type(page, `Group ${index + 1}`, group);
  await press(page, 'Check');
  await heading(page, 'What needs you');
}

async function signed(page: Page, name: string, dns = ''): Promise<void> {
  await heading(page, /called/);
  await type(page, 'Value of CN', name);
  await press(page, 'Next');
  await heading(page, /Which key/);
  await press(page, 'Next');
  await heading(page, /How long/);
  await press(page, 'Next');
  await heading(page, /Which names/);
  if (dns !== '') await type(page, /^DNS names/, dns);
  await press(page, 'Next');
  await expect(page.getByText(/^It can be signed/)).toBeVisible();
  await press(page, /^Sign /);
  await heading(page, 'It is signed');
}

test('workspace, root, intermediate, leaf and export by keyboard alone', async ({ apps }) => {
  test.setTimeout(120_000);
  const app = await apps.start();
  const { page } = app;
  apps.canaries.guard('workspace passphrase', PASSPHRASE);
  await heading(page, /./);
  await workspace(page);
  // The palette finds the way to the wizard.
  await page.keyboard.press('Control+K');
  await page.keyboard.type('new root');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Enter');
  await signed(page, 'Keyboard Root CA');
  await press(page, /New intermediate/);
  await signed(page, 'Keyboard Issuing CA');
  await press(page, /Issue a certificate/);
  await signed(page, 'keys.example.net', 'keys.example.net');

  const chain = join(apps.scratch, 'chain.pem');
  app.answers.push(chain);
  await press(page, 'Export…');
  await tabTo(page, /Full chain|Certificate, PEM/);
  const full = page.getByRole('radio', { name: /Full chain/ });
  for (let presses = 0; presses < 8 && !(await full.isChecked()); presses += 1)
    await page.keyboard.press('ArrowDown');
  await press(page, 'Choose a place…');
  await press(page, 'Export');
  await expect.poll(() => existsSync(chain)).toBe(true);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const names = execFileSync('openssl', ['crl2pkcs7', '-nocrl', '-certfile', chain], { encoding: 'utf8' });
  expect(names).toContain('PKCS7');

  await page.keyboard.press('Control+L');
  await heading(page, /unlock|locked/i);
  await type(page, 'Passphrase', PASSPHRASE);
  await page.keyboard.press('Enter');
  await heading(page, /./);
});

test('after a dialog was closed, Tab goes through the next form to its last button', async ({ apps }) => {
  const { page } = await apps.start();
  await createWorkspace(page, apps, {});
  await page.getByRole('link', { name: 'Signers', exact: true }).first().click();
  await page.getByRole('button', { name: 'Export TOML…' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('link', { name: 'Add a signer…' }).first().click();
  await heading(page, 'New signer');
  await expect(page.getByRole('button', { name: 'Look for slots' })).toBeVisible();
  // Its hint comes with the focus and goes with it.
  await tabTo(page, /^Look for slots/);
  await page.keyboard.press('Tab');
  await tabTo(page, 'Save signer');
});
