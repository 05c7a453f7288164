/** The trust anchor by clicking: set-up, review and approval, as its operator goes through them. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { wordsOf } from '../../src-main/lib/pgp-words.ts';
import { next, type Stop } from './workspace.ts';
import { chooseHolder, open } from './ca.ts';

export interface SetupFiles {
  idFile: string;
  repositoryFile: string;
  fingerprint: string;
}

/** `signer`: who holds its keys, by name; missing: the default signer. */
export interface SetupChoices {
  https: string;
  rsync: string;
  signer?: string;
}

const quiet: Stop = () => Promise.resolve();

/** Writes a file into `folder` and answers its path. */
export function put(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Through the wizard to the made signer. */
export async function setUpSigner(
  page: Page,
  folder: string,
  files: SetupFiles,
  uris: SetupChoices,
  stop: Stop = quiet,
): Promise<void> {
  await open(page, 'Trust anchor');
  await page.getByRole('link', { name: 'Set up a signer…' }).click();
  await page.getByLabel('Choose proxy-id.json…').setInputFiles(put(folder, 'proxy-id.json', files.idFile));
  await expect(page.getByText('proxy-id.json', { exact: true })).toBeVisible();
  await page.getByLabel(/^Fingerprint on the proxy/).fill(files.fingerprint.slice(0, 40));
  await stop('ta-signer.proxy');
  await next(page);
  await page
    .getByLabel('Choose proxy-repo.json…')
    .setInputFiles(put(folder, 'proxy-repo.json', files.repositoryFile));
  await expect(page.getByText('What the file says')).toBeVisible();
  await stop('ta-signer.repository');
  await next(page);
  await finishSetUp(page, uris, stop);
}

/** From the step of the URIs on. */
export async function finishSetUp(page: Page, uris: SetupChoices, stop: Stop = quiet): Promise<void> {
  await page.getByLabel('https URIs').fill(uris.https);
  await page.getByLabel('rsync URI').fill(uris.rsync);
  await stop('ta-signer.locations');
  await next(page);
  await stop('ta-signer.timing');
  await next(page);
  if (uris.signer !== undefined)
    await chooseHolder(page, 'Who holds the TA key and the identity key', uris.signer);
  await stop('ta-signer.key');
  await next(page);
  await expect(page.getByText('It can be set up.')).toBeVisible();
  await stop('ta-signer.review');
  await page.getByRole('button', { name: 'Make the trust anchor' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'The signer is set up' })).toBeVisible();
  await stop('ta-signer.result');
}

/** Opens a request from the trust anchor's page and waits for its review. */
export async function openRequest(page: Page, path: string): Promise<void> {
  await open(page, 'Trust anchor');
  await page.getByLabel('Choose request.json…').setInputFiles(path);
  await expect(
    page.getByRole('heading', { level: 1, name: /^(Review request|Answered with)/ }),
  ).toBeVisible();
}

/** Types what stands on the other machine, by digits as `sha256sum` prints them or by the words of the card, and signs. */
export async function approve(
  page: Page,
  bytes: Uint8Array,
  by: 'digits' | 'words' = 'digits',
): Promise<void> {
  const digest = createHash('sha256').update(bytes).digest('hex');
  const fields = page.getByLabel(/^Group \d+$/);
  for (const label of await fields.evaluateAll((all) =>
    all.map((field) => document.querySelector(`label[for="${field.id}"]`)?.textContent ?? ''),
  )) {
    const group = Number(/\d+/.exec(label)?.[0]);
    const digits = digest.slice((group - 1) * 4, group * 4);
    await page.getByLabel(label, { exact: true }).fill(by === 'digits' ? digits : (wordsOf(digits)[0] ?? ''));
  }
  await page.getByRole('button', { name: /^Sign response/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Exchange \d+$/ })).toBeVisible({
    timeout: 30_000,
  });
}

/** Writes a file of the signer to `path` by its button. */
export async function writeFile(
  page: Page,
  answers: (string | null)[],
  name: string,
  path: string,
): Promise<void> {
  answers.push(path);
  await page.getByRole('button', { name: `Write ${name}…` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Choose a place…' }).click();
  await dialog.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(dialog).toBeHidden();
}
