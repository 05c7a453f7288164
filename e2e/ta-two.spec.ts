// Two machines, one online and one offline, with a folder as the stick between them: only what the guide calls next is done.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { missingPeers } from '../src-main/testing/peers.ts';
import { fort, type Repository, routinator, rpkiClient } from '../src-main/testing/validators.ts';
import { type ConsoleApp, expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { signerFingerprint } from './pages/ta-one-machine.ts';
import {
  associate,
  expectStep,
  folderRepository,
  handOut,
  initProxy,
  openResponse,
  proxyFingerprint,
  publish,
  putOut,
  writeProxyFile,
} from './pages/ta-proxy.ts';
import { approve, openRequest, setUpSigner, writeFile } from './pages/ta.ts';
import { newWorkspace } from './pages/workspace.ts';

const missing = missingPeers('rpki-client', 'fort', 'routinator');
test.skip(missing.length > 0, `SKIPPED: missing ${missing.join(', ')}; type npm run peers`);

const HOST = 'rpki.example.net';

interface Bench {
  online: ConsoleApp;
  offline: ConsoleApp;
  stick: string;
}

const guideButton = (app: ConsoleApp, name: RegExp | string) =>
  app.page.getByRole('region', { name: 'You are here' }).getByRole('button', { name });

/** From the made request to the published response, both sides as their guides say. */
async function exchange({ online, offline, stick }: Bench): Promise<void> {
  const [request, response] = [join(stick, 'request.json'), join(stick, 'response.json')];
  await expectStep(online.page, 'Carry request.json');
  for (const path of [request, response]) rmSync(path, { force: true });
  await handOut(online.page, online.answers, 'request.json', request);
  await openRequest(offline.page, request);
  await approve(offline.page, readFileSync(request));
  await writeFile(offline.page, offline.answers, 'response.json', response);
  await openResponse(online.page, response);
  await publish(online.page);
  await open(online.page, 'Trust anchor');
}

async function makeRequest({ online: { page } }: Bench): Promise<void> {
  await page
    .getByRole('region', { name: 'You are here' })
    .getByRole('button', { name: 'Make the request…' })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make the request' }).click();
  await expect(page.getByRole('region', { name: 'Open request' })).toBeVisible({ timeout: 30_000 });
}

test('set-up and two exchanges between two machines; the repository holds before three relying parties', async ({
  apps,
}) => {
  test.setTimeout(300_000);
  const [online, offline] = [await apps.start(), await apps.start()];
  const stick = join(apps.scratch, 'stick');
  const published = join(apps.scratch, 'published');
  for (const folder of [stick, published]) mkdirSync(folder);
  const bench = { online, offline, stick };
  for (const app of [online, offline]) app.page.setDefaultTimeout(30_000);

  await newWorkspace(online.page, apps, { kind: 'Online' });
  await newWorkspace(offline.page, apps, { kind: 'Offline station' });
  await initProxy(online.page);
  await folderRepository(online.page, online.answers, {
    path: published,
    base: `rsync://${HOST}/repo/`,
    notify: null,
  });
  const fingerprint = await proxyFingerprint(online.page);
  for (const name of ['proxy-id.json', 'proxy-repo.json'])
    await handOut(online.page, online.answers, name, join(stick, name));
  await expectStep(online.page, 'Set up the signer');
  await setUpSigner(
    offline.page,
    apps.scratch,
    {
      idFile: readFileSync(join(stick, 'proxy-id.json'), 'utf8'),
      repositoryFile: readFileSync(join(stick, 'proxy-repo.json'), 'utf8'),
      fingerprint,
    },
    { https: `https://${HOST}/ta/ta.cer`, rsync: `rsync://${HOST}/ta/ta.cer` },
  );
  await open(offline.page, 'Trust anchor');
  await expectStep(offline.page, 'Carry signer-info.json');
  await handOut(offline.page, offline.answers, 'signer-info.json', join(stick, 'signer-info.json'));
  await associate(online.page, join(stick, 'signer-info.json'), await signerFingerprint(offline));
  await putOut(online.page);
  await expectStep(online.page, 'Add the child');
  await guideButton(online, 'Add the first child…').click();
  await online.page.getByRole('dialog').getByRole('button', { name: 'Add the child' }).click();
  await expectStep(online.page, 'Make the request');
  await makeRequest(bench);
  await exchange(bench);
  await expect(online.page.getByText('between two exchanges')).toBeVisible();

  // The second exchange: the key of the child is rolled.
  const { page } = online;
  await page
    .getByRole('link', { name: /^online/ })
    .first()
    .click();
  await page.getByRole('button', { name: /^Roll/ }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make the new key' }).click();
  await expect(page.getByRole('dialog')).toBeHidden({ timeout: 30_000 });
  await open(page, 'Trust anchor');
  await makeRequest(bench);
  await exchange(bench);
  const exchanges = page.getByRole('grid', { name: /^Exchanges/ });
  await expect(exchanges.getByRole('row')).toHaveCount(3);

  for (const [name, what] of [
    ['ta.tal', 'tal'],
    ['ta.cer', 'certificate'],
  ] as const)
    await writeProxyFile(page, online.answers, name, join(stick, what));
  const repository: Repository = {
    published: join(published, 'rsync'),
    host: HOST,
    tal: readFileSync(join(stick, 'tal'), 'utf8'),
    taCertificate: readFileSync(join(stick, 'certificate')),
  };
  expect(
    readdirSync(repository.published, { recursive: true }).filter((name) => String(name).endsWith('.mft'))
      .length,
  ).toBe(3);
  for (const validate of [rpkiClient, fort, routinator])
    expect(validate(repository)).toEqual({ origins: [], complaints: [] });
});
