/** The exchange station on the trust anchor's page: sticks, the folder in the place of one, files opened and written. */
import { expect, type Page } from '@playwright/test';
import { open } from './ca.ts';

export const station = (page: Page) => page.getByRole('region', { name: 'Exchange station' });
export const fileRow = (page: Page, name: string) =>
  station(page)
    .getByRole('list', { name: /^Files on / })
    .getByRole('listitem')
    .filter({ has: page.locator('.stick-name', { hasText: name }) });

/** A folder stands in for a stick from now on. */
export async function standIn(page: Page, answers: (string | null)[], path: string): Promise<void> {
  await open(page, 'Trust anchor');
  answers.push(path);
  await station(page).getByRole('button', { name: 'Choose a folder…' }).click();
  await expect(station(page).getByText(path)).toBeVisible();
}

/** Writes what the station offers, and waits until it was read back. */
export async function writeToStick(page: Page, name: string, replace = false): Promise<void> {
  await open(page, 'Trust anchor');
  await station(page)
    .getByRole('button', { name: `Write ${name} to it` })
    .click();
  if (replace)
    await station(page)
      .getByRole('button', { name: `Replace ${name}` })
      .click();
  await expect(
    station(page)
      .getByRole('status')
      .filter({ hasText: new RegExp(`${name} is on it, read back`) }),
  ).toBeVisible();
}

/** Opens an expected file and waits for its screen by its heading. */
export async function openFromStick(page: Page, name: string, heading: string | RegExp): Promise<void> {
  await open(page, 'Trust anchor');
  await station(page)
    .getByRole('button', { name: `Open ${name}` })
    .click();
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
}
