/** The record of a trust anchor by clicking: its page, one exchange written out, and the check of exchanges out of a file. */
import { expect, type Page } from '@playwright/test';
import { open } from './ca.ts';

export async function openRecord(page: Page): Promise<void> {
  await open(page, 'Trust anchor');
  await page.getByRole('link', { name: 'Record…' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Record' })).toBeVisible();
}

/** From the page of an exchange. */
export async function writeExchange(page: Page, answers: (string | null)[], path: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  answers.push(path);
  await page.getByRole('button', { name: 'Write exchange.json…' }).click();
  await dialog.getByRole('button', { name: 'Choose a place…' }).click();
  await dialog.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(dialog).toBeHidden();
}

/** Checks three files in the open or newly opened dialog; what it says is still to be looked at. */
export async function checkFiles(
  page: Page,
  files: { exchanges: string; proxy: string; signer: string },
): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Check an exchange file' });
  const again = dialog.getByRole('button', { name: 'Check others' });
  if (await again.isVisible()) await again.click();
  else if (!(await dialog.isVisible()))
    await page.getByRole('button', { name: 'Check an exchange file…' }).click();
  await dialog.getByLabel('Choose exchanges.json…').setInputFiles(files.exchanges);
  await dialog.getByLabel('Choose proxy-id.json…').setInputFiles(files.proxy);
  await dialog.getByLabel('Choose signer-info.json…').setInputFiles(files.signer);
  await dialog.getByRole('button', { name: 'Check', exact: true }).click();
}
