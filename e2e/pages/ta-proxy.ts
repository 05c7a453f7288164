/** The trust anchor's proxy by clicking: set-up, association, children, exchanges, as its operator goes through them. */
import { expect, type Page } from '@playwright/test';
import { open } from './ca.ts';
import type { Stop } from './workspace.ts';

const quiet: Stop = () => Promise.resolve();

/** The next answers of the pickers, as ConsoleApp has them. */
type Answers = (string | null)[];

const guide = (page: Page) => page.getByRole('region', { name: 'You are here' });

/** The present step of the guide, as it is read. */
export async function expectStep(page: Page, title: string | RegExp): Promise<void> {
  await expect(guide(page).locator('li[aria-current=step]')).toContainText(title);
}

/** Makes the proxy with its identity key, from the empty page. */
export async function initProxy(page: Page): Promise<void> {
  await open(page, 'Trust anchor');
  await guide(page).getByRole('button', { name: 'Make the proxy' }).click();
  await expectStep(page, 'Choose its repository');
}

/** Publishes into a folder from now on. `notify` null: no RRDP. */
export async function folderRepository(
  page: Page,
  answers: Answers,
  repository: { path: string; base: string; notify: string | null },
  stop: Stop = quiet,
): Promise<void> {
  await open(page, 'Trust anchor');
  await guide(page).getByRole('link', { name: 'Choose the repository…' }).click();
  await page.getByText('A folder on this machine').click();
  answers.push(repository.path);
  await page.getByRole('button', { name: 'Choose a folder…' }).click();
  await expect(page.getByText(repository.path, { exact: true })).toBeVisible();
  await page.getByLabel('Base URI (rsync)').fill(repository.base);
  if (repository.notify === null) await page.getByText('Publish by RRDP as well').click();
  else await page.getByLabel('Notification URI (https)').fill(repository.notify);
  await stop('ta-repository');
  await page.getByRole('button', { name: 'Publish into this folder' }).click();
  await expectStep(page, 'Carry proxy-id.json and proxy-repo.json');
}

/** Publishes through a server from now on, by its answer. `pin`: SHA-256 of its TLS certificate. */
export async function serverRepository(page: Page, file: string, pin: string | null): Promise<void> {
  await open(page, 'Trust anchor');
  await guide(page).getByRole('link', { name: 'Choose the repository…' }).click();
  await page.getByText('A publication server').click();
  await page.getByLabel('Choose repo-res.xml…').setInputFiles(file);
  await expect(page.getByText('What the file says; nobody signed it.')).toBeVisible();
  if (pin !== null) await page.getByLabel(/^SHA-256 of the server/).fill(pin);
  await page.getByRole('button', { name: 'Publish through this server' }).click();
  const unseen = page.getByRole('button', { name: 'Take it unseen' });
  const taken = guide(page);
  await expect(unseen.or(taken)).toBeVisible();
  if (await unseen.isVisible()) await unseen.click();
  await expectStep(page, 'Carry proxy-id.json and proxy-repo.json');
}

/** Answers the save dialog that is open, and waits until the file is written. */
async function save(page: Page, answers: Answers, path: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  answers.push(path);
  await dialog.getByRole('button', { name: 'Choose a place…' }).click();
  await dialog.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(dialog).toBeHidden();
}

/** Writes a file of the proxy ("proxy-id.json", "request.json", "ta.tal") by the button on the proxy's pane. */
export async function writeProxyFile(
  page: Page,
  answers: Answers,
  name: string,
  path: string,
): Promise<void> {
  const pane = page.getByRole('region', { name: 'The proxy', exact: true });
  await pane.getByRole('button', { name: `Write ${name}…` }).click();
  await save(page, answers, path);
}

/** Presses the guide's one next step when it is to write a file. */
export async function handOut(page: Page, answers: Answers, name: string, path: string): Promise<void> {
  await guide(page)
    .getByRole('button', { name: `Hand out ${name}…` })
    .click();
  await save(page, answers, path);
}

/** The SHA-256 of the proxy's identity as it is read aloud from its page. */
export async function proxyFingerprint(page: Page): Promise<string> {
  const board = page.getByRole('list', { name: "SHA-256 of the proxy's identity in groups of four" });
  return groupsOf(await board.getByRole('listitem').allInnerTexts());
}

/** The SHA-256 of request.json as the page shows it. */
export async function requestDigest(page: Page): Promise<string> {
  const board = page.getByRole('list', { name: 'SHA-256 of request.json in groups of four' });
  await expect(board).toBeVisible();
  return groupsOf(await board.getByRole('listitem').allInnerTexts());
}

/** Each group is shown behind its number, some with their words after it. */
function groupsOf(texts: readonly string[]): string {
  return texts.map((text) => text.trim().split(/\s+/)[1]).join('');
}

/** Associates the signer, or takes what it says anew. Its fingerprint is asked each time. */
export async function associate(
  page: Page,
  path: string,
  fingerprint: string,
  stop: Stop = quiet,
): Promise<void> {
  await open(page, 'Trust anchor');
  await page.getByLabel('Choose signer-info.json…').setInputFiles(path);
  await expect(page.getByRole('heading', { level: 1, name: "The signer's file" })).toBeVisible();
  const field = page.getByLabel(/^Fingerprint on the signer/);
  await field.fill(fingerprint.slice(0, 40));
  await stop('ta-signer-info');
  await page.getByRole('button', { name: /^(Associate|Take it over) and publish$/ }).click();
  // After an update it says first what must be put out.
  const home = page.getByRole('heading', { level: 1, name: 'Trust anchor' });
  const on = page.getByRole('link', { name: 'Open the trust anchor' });
  await expect(home.or(on)).toBeVisible({ timeout: 30_000 });
  if (await on.isVisible()) await on.click();
  await expect(home).toBeVisible();
}

/** ta.cer and TAL are out elsewhere: said once, as the guide asks for it. */
export async function putOut(page: Page, stop: Stop = quiet): Promise<void> {
  await expectStep(page, 'Put out ta.cer and the TAL');
  await guide(page).getByRole('link', { name: 'Put out ta.cer and the TAL…' }).click();
  await expect(page.getByRole('button', { name: 'Write ta.cer…' })).toBeVisible();
  await stop('ta-put-out');
  await page.getByRole('button', { name: 'Both are out' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Trust anchor' })).toBeVisible();
}

/** Adds a child from its file; resources are everything unless given. */
export async function addChild(
  page: Page,
  file: string,
  resources: Partial<Record<'AS numbers' | 'IPv4' | 'IPv6', string>> = {},
): Promise<void> {
  await open(page, 'Trust anchor');
  await page.getByRole('button', { name: 'Add a child…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a child' });
  await dialog.getByText('Somewhere else').click();
  await dialog.getByLabel("Choose the child's file…").setInputFiles(file);
  await expect(dialog.getByText('Its identity', { exact: true })).toBeVisible();
  for (const [label, text] of Object.entries(resources)) await dialog.getByLabel(label).fill(text);
  await dialog.getByRole('button', { name: 'Add the child' }).click();
  await expect(dialog).toBeHidden();
}

/** Adds a CA of this workspace as the first child: made, connected and asked in one go. */
export async function addLocalChild(page: Page): Promise<void> {
  await open(page, 'Trust anchor');
  await guide(page).getByRole('button', { name: 'Add the first child…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a child' });
  await dialog.getByRole('button', { name: 'Add the child' }).click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  await expectStep(page, 'Make the request');
}

/** Chooses a child in the table; its keys and steps are below it then. */
export async function openChild(page: Page, handle: string): Promise<void> {
  const table = page.getByRole('grid', { name: 'Children', exact: true });
  await table.getByText(handle, { exact: true }).click();
  await expect(page.getByRole('region', { name: `Child ${handle}` })).toBeVisible();
}

/** Makes a request. `ask`: the CAs of this workspace are asked first, when there are any. */
export async function makeRequest(page: Page, ask = true): Promise<void> {
  await open(page, 'Trust anchor');
  await page.getByRole('button', { name: 'Make request…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make a request' });
  const box = dialog.getByRole('checkbox', { name: /^Ask the CAs of this workspace/ });
  if ((await box.count()) > 0 && (await box.isChecked()) !== ask)
    await dialog.getByText(/^Ask the CAs/).click();
  await dialog.getByRole('button', { name: 'Make the request' }).click();
  await expect(page.getByRole('region', { name: 'Open request' })).toBeVisible({ timeout: 30_000 });
  await expect(dialog).toBeHidden();
}

/** Opens a response and waits for its review. */
export async function openResponse(page: Page, path: string): Promise<void> {
  await open(page, 'Trust anchor');
  await page.getByLabel('Choose response.json…').setInputFiles(path);
  await expect(page.getByRole('heading', { level: 1, name: /^Review (the )?response/ })).toBeVisible();
}

/** Publishes the response that is under review; ends on its exchange. */
export async function publish(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Publish number \d+$/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Exchange \d+$/ })).toBeVisible({
    timeout: 30_000,
  });
}
