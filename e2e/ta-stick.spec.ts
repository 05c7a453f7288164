// The exchange station: two machines and one stick between them; files that do not belong there; a stick that comes and goes.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Volume } from '../src-main/ports.ts';
import { expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { signerFingerprint } from './pages/ta-one-machine.ts';
import {
  expectStep,
  folderRepository,
  initProxy,
  makeRequest,
  proxyFingerprint,
  publish,
} from './pages/ta-proxy.ts';
import { fileRow, openFromStick, standIn, station, writeToStick } from './pages/ta-stick.ts';
import { approve } from './pages/ta.ts';
import { newWorkspace, next } from './pages/workspace.ts';

function volume(path: string): Volume {
  mkdirSync(path, { recursive: true });
  return { path, label: 'KINGSTON', totalBytes: 15_610_576_896, freeBytes: 15_599_255_552 };
}

test('two machines and a stick: set-up and an exchange, by what the station says', async ({ apps }) => {
  test.setTimeout(300_000);
  const place = join(apps.scratch, 'stick');
  const [online, offline] = [await apps.start(), await apps.start()];
  await newWorkspace(online.page, apps, { kind: 'Online' });
  await newWorkspace(offline.page, apps, { kind: 'Offline station' });
  const published = join(apps.scratch, 'published');
  mkdirSync(published);
  await initProxy(online.page);
  await folderRepository(online.page, online.answers, {
    path: published,
    base: 'rsync://rpki.example.net/repo/',
    notify: null,
  });
  const fingerprint = await proxyFingerprint(online.page);
  await open(offline.page, 'Trust anchor');
  await expect(station(offline.page).getByText('Plug in a stick, or choose a folder')).toBeVisible();
  // Plugged in, it appears by itself.
  for (const { volumes } of [online, offline]) volumes.push(volume(place));
  await writeToStick(online.page, 'proxy-id.json');
  await writeToStick(online.page, 'proxy-repo.json');
  await expectStep(online.page, 'Set up the signer');
  // Written and as it should be: it stands once, where it was written from.
  await expect(
    station(online.page).getByRole('button', { name: 'Compare proxy-id.json again' }),
  ).toBeVisible();
  await expect(fileRow(online.page, 'proxy-id.json')).toHaveCount(0);

  await expect(fileRow(offline.page, 'proxy-id.json')).toContainText('expected');
  await openFromStick(offline.page, 'proxy-id.json', /proxy/);
  await offline.page.getByLabel(/^Fingerprint on the proxy/).fill(fingerprint.slice(0, 40));
  await next(offline.page);
  // One press brought both.
  await expect(offline.page.getByText('What the file says')).toBeVisible();
  await next(offline.page);
  await offline.page.getByLabel('https URIs').fill('https://rpki.example.net/ta/ta.cer');
  await offline.page.getByLabel('rsync URI').fill('rsync://rpki.example.net/ta/ta.cer');
  await next(offline.page);
  await next(offline.page);
  await next(offline.page);
  await offline.page.getByRole('button', { name: 'Make the trust anchor' }).click();
  await expect(offline.page.getByRole('heading', { level: 1, name: 'The signer is set up' })).toBeVisible();
  await writeToStick(offline.page, 'signer-info.json');
  const own = await signerFingerprint(offline);

  await openFromStick(online.page, 'signer-info.json', "The signer's file");
  await online.page.getByLabel(/^Fingerprint on the signer/).fill(own);
  await online.page.getByRole('button', { name: 'Associate and publish' }).click();
  await expect(online.page.getByRole('heading', { level: 1, name: 'Trust anchor' })).toBeVisible({
    timeout: 30_000,
  });
  await makeRequest(online.page);
  await writeToStick(online.page, 'request.json');

  await openFromStick(offline.page, 'request.json', /^Review request/);
  await approve(offline.page, readFileSync(join(place, 'request.json')));
  await writeToStick(offline.page, 'response.json');
  await expect(fileRow(offline.page, 'request.json')).toContainText('stale');

  await openFromStick(online.page, 'response.json', /^Review (the )?response/);
  await expect(
    online.page.getByText('The signer answered what was asked, and every object holds'),
  ).toBeVisible();
  await publish(online.page);
  await open(online.page, 'Trust anchor');
  await expect(fileRow(online.page, 'response.json')).toContainText('It was taken on');
  await open(online.page, 'Audit');
  await expect(online.page.getByText(/^Read response\.json from the stick KINGSTON/)).toBeVisible();
});

test('what does not belong there is red in words; another file is asked about; pulled out is said', async ({
  apps,
}) => {
  const { page, answers, volumes } = await apps.start({ size: { width: 900, height: 600 } });
  const place = join(apps.scratch, 'x'.repeat(120));
  const stick = volume(place);
  await newWorkspace(page, apps, { kind: 'Rehearsal' });
  await initProxy(page);
  const published = join(apps.scratch, 'published');
  mkdirSync(published);
  await folderRepository(page, answers, {
    path: published,
    base: 'rsync://rpki.example.net/repo/',
    notify: null,
  });
  await standIn(page, answers, place);
  writeFileSync(join(place, 'holiday.jpg'), 'x');
  writeFileSync(join(place, 'proxy-id.json'), '{"public_key": "MIIB');
  writeFileSync(join(place, '.Trashes'), '');
  await expect(fileRow(page, 'holiday.jpg')).toContainText('unexpected');
  await expect(fileRow(page, 'proxy-id.json')).toContainText(
    'It ends in public_key after 20 octets: it was cut off while it was copied.',
  );
  await expect(station(page).getByText('1 hidden file of systems')).toBeVisible();
  // Long names and a small window: nothing sticks out.
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await writeToStick(page, 'proxy-id.json', true);
  await expect(station(page).getByRole('button', { name: 'Compare proxy-id.json again' })).toBeVisible();
  renameSync(place, `${place}y`);
  await expect(station(page).getByText('It is not there any more.')).toBeVisible();
  await station(page).getByRole('button', { name: 'Forget this folder' }).click();
  await expect(station(page).getByText('Plug in a stick, or choose a folder')).toBeVisible();

  // Between the last look and the press of the button.
  renameSync(`${place}y`, place);
  volumes.push(stick);
  const write = station(page).getByRole('button', { name: 'Write proxy-repo.json to it' });
  await expect(write).toBeVisible();
  rmSync(place, { recursive: true });
  await write.click();
  await expect(station(page).getByRole('alert')).toContainText('The stick KINGSTON was pulled out or fails');
});
