/** The trust anchor's network page by clicking: serving, the choice while locked, a running Krill, what relying parties find. */
import { createServer } from 'node:net';
import { expect, type Locator, type Page } from '@playwright/test';
import { open } from './ca.ts';

/** A port of 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const card = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
export const serving = (page: Page): Locator => card(page, 'Serving');
export const krill = (page: Page): Locator => card(page, 'A running Krill');
export const found = (page: Page): Locator => card(page, 'What relying parties find');

export async function openNetwork(page: Page): Promise<void> {
  await open(page, 'Trust anchor');
  await page.getByRole('link', { name: 'Network…' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Network' })).toBeVisible();
}

/** Where it listens from the next start on: plain HTTP on a loopback address. */
export async function setPort(page: Page, port: number): Promise<void> {
  await serving(page).getByRole('button', { name: 'Settings…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Where it serves' });
  await dialog.getByLabel('Port', { exact: true }).fill(String(port));
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await expect(dialog).toBeHidden();
}

export async function start(page: Page): Promise<void> {
  await serving(page).getByRole('button', { name: 'Start' }).click();
  await expect(serving(page).getByText('running', { exact: true })).toBeVisible();
}

/** Goes on while locked from now on. */
export async function serveLocked(page: Page, hours: string): Promise<void> {
  await serving(page).getByRole('button', { name: 'Go on while locked…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Go on while locked' });
  await dialog.getByText(hours, { exact: true }).click();
  await dialog.getByRole('button', { name: /^Go on for/ }).click();
  await expect(dialog).toBeHidden();
  await expect(serving(page).getByText(/^goes on until/)).toBeVisible();
}

/** Looks at what relying parties find, and waits for the answer. */
export async function lookOutside(page: Page): Promise<void> {
  await found(page).getByRole('button', { name: /^Look/ }).click();
  await expect(found(page).getByRole('region', { name: 'Verdict' })).toBeVisible({ timeout: 60_000 });
}

/** Connects with a Krill by its certificate. `tail`: the last four groups as they stand on its server. */
export async function connectKrill(
  page: Page,
  server: { url: string; tail: string; token: string },
): Promise<void> {
  await krill(page).getByRole('button', { name: 'Connect a Krill…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect a Krill' });
  await dialog.getByLabel('Address').fill(server.url);
  await dialog.getByRole('button', { name: 'Look at its certificate' }).click();
  await dialog.getByLabel(/^Its last four groups/).fill(server.tail);
  await expect(dialog.getByText(/^The same certificate/)).toBeVisible();
  await dialog.getByLabel('Token', { exact: true }).fill(server.token);
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  await expect(krill(page).getByText('connected', { exact: true })).toBeVisible();
}
