/**
 * One walk over every screen of the application with real objects on it: each route of the route table and each wizard
 * step. The tour takes pictures at its stops, the accessibility test looks for faults; who walks decides what a stop is.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { type RouteEntry, ROUTES } from '../src-renderer/app/route-table.ts';
import type { Canaries } from './canaries.ts';
import type { ConsoleApp } from './console-app.ts';
import { exportAs, issue, open, openRow } from './pages/ca.ts';
import { setUpBothHalves } from './pages/ta-one-machine.ts';
import { addLocalChild, handOut, makeRequest, openResponse, publish } from './pages/ta-proxy.ts';
import { fileRow, standIn } from './pages/ta-stick.ts';
import { approve, openRequest, put, setUpSigner } from './pages/ta.ts';
import { openLocalChild } from './pages/ta-child.ts';
import { openRecord } from './pages/ta-record.ts';
import { freePort, lookOutside, openNetwork, serving, setPort, start } from './pages/ta-network.ts';
import { walkSigners } from './pages/signers-walk.ts';
import { testKey, testProxy } from '../src-main/testing/test-proxy.ts';
import { testRequest } from '../src-main/testing/test-request.ts';
import { closeWorkspace, createWorkspace, lock, type Stop, unlock } from './pages/workspace.ts';

/** "issue.review", "overview": every name a walk must stop at. */
export function stopNames(): string[] {
  const routes: readonly RouteEntry[] = ROUTES;
  return routes.flatMap(({ name, steps }) =>
    steps === null ? [name] : steps.map((step) => `${name}.${step}`),
  );
}

/** Screens that are about having nothing yet. */
const MAY_BE_EMPTY = new Set(['start', 'inspect']);

/** A screen with data: settled, no error, no empty place. */
async function settled(page: Page, name: string): Promise<void> {
  // Twice: a screen whose code has come may still ask for its data.
  for (const wait of [0, 100]) {
    await page.waitForTimeout(wait);
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
    await expect(page.locator('.load-line .spinner')).toHaveCount(0);
  }
  await expect(page.locator('.error-state')).toHaveCount(0);
  if (!MAY_BE_EMPTY.has(name)) await expect(page.locator('main .state-box')).toHaveCount(0);
}

async function objects(app: ConsoleApp, stop: Stop): Promise<void> {
  const { page, folder } = app;
  await open(page, 'Authorities');
  await page.getByRole('link', { name: 'New root…' }).click();
  await issue(page, 'Example Root CA', { organisation: 'Example' });
  await page.getByRole('link', { name: /New intermediate/ }).click();
  await issue(page, 'Example Issuing CA');
  await page.getByRole('link', { name: /Issue a certificate/ }).click();
  await issue(page, 'postgres.example.net', {
    dns: 'postgres.example.net, localhost',
    ip: '10.0.0.20',
    stop,
  });
  app.answers.push(join(folder, 'chain.pem'));
  await page.getByRole('button', { name: 'Export…' }).click();
  await exportAs(page, 'Full chain');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  for (const [name, ip] of [
    ['www.example.net', '10.0.0.21'],
    ['mail.example.net', '10.0.0.22'],
  ] as const) {
    await open(page, 'Certificates');
    await page.getByRole('link', { name: 'New certificate…' }).click();
    await page.getByRole('button', { name: /^Choose an authority/ }).click();
    await page.getByRole('option', { name: /Example Issuing CA/ }).click();
    await issue(page, name, { dns: name, ip });
  }
}

/** A trust anchor with one exchange behind it and one before it. */
async function trustAnchor(app: ConsoleApp, stop: Stop): Promise<void> {
  const { page, folder } = app;
  const proxy = await testProxy(new Date());
  await setUpSigner(
    page,
    folder,
    proxy,
    { https: 'https://rpki.example.net/ta/ta.cer', rsync: 'rsync://rpki.example.net/ta/ta.cer' },
    stop,
  );
  const [first, rolled, other] = [testKey(), testKey(), testKey()];
  const online = {
    handle: 'online',
    resources: { asn: 'AS64496-AS64511', ipv4: '192.0.2.0/24', ipv6: '2001:db8::/32' },
  };
  const second = { handle: 'second', resources: { asn: 'AS64500', ipv4: '198.51.100.0/24', ipv6: '' } };
  const one = await proxy.request(
    [
      { ...online, issue: [first], revoke: [] },
      { ...second, issue: [other], revoke: [] },
    ],
    new Date(),
  );
  await openRequest(page, put(folder, 'request.json', one));
  await approve(page, one);
  const two = await proxy.request(
    [
      {
        handle: 'online',
        resources: { asn: 'AS64496-AS64511', ipv4: '192.0.2.0/24, 203.0.113.0/24', ipv6: '2001:db8::/33' },
        issue: [rolled],
        revoke: [first.keyId],
      },
    ],
    new Date(),
  );
  const edited = one.toString('utf8').replaceAll('AS64500', 'AS64501');
  await openRequest(page, put(folder, 'edited.json', edited));
  await openRequest(page, put(folder, 'request.json', two));
  await stop('ta-review');
  // The request of the second exchange is what the station waits for; the rest does not belong there.
  const stick = join(folder, 'stick');
  mkdirSync(stick);
  put(stick, 'request.json', two);
  put(stick, 'ta.tal', 'rsync://rpki.example.net/');
  put(stick, 'holiday.jpg', '');
  await standIn(page, app.answers, stick);
  await expect(fileRow(page, 'holiday.jpg')).toBeVisible();
  await stop('trust-anchor');
  await openRecord(page);
  await stop('ta-record');
  await openRow(page, 'Reissues and refusals', 'refused');
  await expect(page.getByRole('heading', { level: 1, name: 'Refused message' })).toBeVisible();
  await stop('ta-record-event');
  await page.goBack();
  await openRow(page, 'Exchanges', 'online, second');
  await expect(page.getByRole('heading', { level: 1, name: 'Exchange 2' })).toBeVisible();
  await stop('ta-exchange');
  await openLocalChild(app);
  await stop('ta-child');
}

async function screens(app: ConsoleApp, stop: Stop): Promise<void> {
  const { page, folder } = app;
  await open(page, 'Overview');
  await stop('overview');
  await open(page, 'Authorities');
  await stop('authorities');
  await openRow(page, 'Authorities', 'Example Issuing CA');
  await expect(page.getByRole('grid', { name: 'Issued certificates' })).toBeVisible();
  await stop('authority');
  await open(page, 'Certificates');
  await stop('certificates');
  await openRow(page, 'Certificates', 'postgres.example.net');
  await expect(page.getByRole('heading', { level: 1, name: 'postgres.example.net' })).toBeVisible();
  await stop('certificate');
  await open(page, 'Keys');
  await stop('keys');
  await openRow(page, 'Keys', 'Example Root CA key');
  await expect(page.getByRole('heading', { level: 1, name: 'Example Root CA key' })).toBeVisible();
  await stop('key');
  await open(page, 'Inspect');
  await page.getByLabel('Choose a file…').setInputFiles(join(folder, 'chain.pem'));
  await expect(page.getByText('In this file')).toBeVisible();
  await stop('inspect');
  await page.getByRole('link', { name: 'Another file…' }).click();
  await page.getByLabel('Choose a file…').setInputFiles({
    name: 'asked.csr',
    mimeType: 'application/octet-stream',
    buffer: testRequest('asked.example.net', []),
  });
  await page.getByRole('button', { name: 'Keep it' }).click();
  await open(page, 'Requests and CRLs');
  await stop('kept');
  await openRow(page, 'Requests and CRLs', 'asked.example.net');
  await expect(page.getByRole('heading', { level: 1, name: 'asked.example.net' })).toBeVisible();
  await stop('kept-object');
  await open(page, 'Audit');
  await stop('audit');
  await open(page, 'Settings');
  await stop('settings');
}

/** Both halves of a trust anchor, in a workspace of their own: the first one's signer has another proxy. */
async function bothHalves(app: ConsoleApp, canaries: Canaries, stop: Stop): Promise<void> {
  const { page, answers } = app;
  const folder = join(app.folder, 'both');
  mkdirSync(folder);
  await closeWorkspace(page);
  await createWorkspace(page, { canaries }, { name: 'Rehearsal of the trust anchor', kind: 'Rehearsal' });
  await setUpBothHalves(app, folder, stop);
  await addLocalChild(page);
  await makeRequest(page);
  await standIn(page, answers, folder);
  await expect(fileRow(page, 'signer-info.json')).toBeVisible();
  await stop('trust-anchor');
  const request = join(folder, 'request.json');
  await handOut(page, answers, 'request.json', request);
  await openRequest(page, request);
  await approve(page, readFileSync(request));
  await open(page, 'Trust anchor');
  await handOut(page, answers, 'response.json', join(folder, 'response.json'));
  await openResponse(page, join(folder, 'response.json'));
  await stop('ta-response');
  await publish(page);
  await openNetwork(page);
  await setPort(page, await freePort());
  await start(page);
  await lookOutside(page);
  await stop('ta-network');
  await serving(page).getByRole('button', { name: 'Stop' }).click();
}

/** Walks from the first start to the recovery screen; `at` is called on every stop, settled. Throws when one is missing. */
export async function walk(app: ConsoleApp, canaries: Canaries, at: Stop): Promise<void> {
  const { page } = app;
  const seen = new Set<string>();
  const stop: Stop = async (name) => {
    await settled(page, name);
    seen.add(name);
    await at(name);
  };
  await expect(page.getByRole('link', { name: /new workspace/i })).toBeVisible();
  await stop('start');
  const kind = 'Rehearsal';
  await createWorkspace(page, { canaries }, { name: 'Rehearsal of the root', kind, stop });
  await objects(app, stop);
  await trustAnchor(app, stop);
  await screens(app, stop);
  await walkSigners(app, canaries, stop);
  await lock(page);
  await stop('unlock');
  await page.getByRole('link', { name: /recovery key/i }).click();
  await expect(page.getByRole('heading', { level: 1, name: /recovery key/i })).toBeVisible();
  await stop('recover');
  await open(page, 'Unlock');
  await unlock(page);
  await open(page, 'Overview');
  await expect(page.getByRole('heading', { name: 'What needs you' })).toBeVisible();
  await bothHalves(app, canaries, stop);
  const missing = stopNames().filter((name) => !seen.has(name));
  if (missing.length > 0) throw new Error(`the walk has no stop at ${missing.join(', ')}`);
}

/** The looks every screen is seen in. */
export const THEMES = [
  { name: 'light', media: { colorScheme: 'light', contrast: 'no-preference' } },
  { name: 'dark', media: { colorScheme: 'dark', contrast: 'no-preference' } },
  { name: 'contrast', media: { colorScheme: 'light', contrast: 'more' } },
] as const;

export const SIZES = [
  { name: '', width: 1280, height: 800 },
  { name: 'small', width: 900, height: 600 },
] as const;

/** Colours that are on their way from one theme to the next are in neither. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // Two frames: the first starts the transitions.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const ending = document
      .getAnimations()
      .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(ending.map((animation) => animation.finished));
  });
}

/** Calls `look` in every theme and size, and goes back to the first. */
export async function inAllLooks(
  page: Page,
  look: (theme: (typeof THEMES)[number]['name'], size: (typeof SIZES)[number]['name']) => Promise<void>,
): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const theme of THEMES) {
      await page.emulateMedia(theme.media);
      await atRest(page);
      await look(theme.name, size.name);
    }
  }
  await page.setViewportSize(SIZES[0]);
  await page.emulateMedia(THEMES[0].media);
}
