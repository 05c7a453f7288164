// A real Krill as the proxy, its CAs as the children, and this application as the signer: every exchange is clicked.
import { X509Certificate } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Krill, startKrill } from '../src-main/testing/krill.ts';
import { missingPeers } from '../src-main/testing/peers.ts';
import { fort, type Repository, rpkiClient, routinator } from '../src-main/testing/validators.ts';
import { type ConsoleApp, expect, test } from './console-app.ts';
import { open } from './pages/ca.ts';
import { approve, openRequest, put, setUpSigner, writeFile as write } from './pages/ta.ts';
import { childFile, signerFingerprint } from './pages/ta-one-machine.ts';
import {
  addChild,
  associate,
  expectStep,
  handOut,
  initProxy,
  openChild,
  proxyFingerprint,
  serverRepository,
  putOut,
} from './pages/ta-proxy.ts';
import { newWorkspace } from './pages/workspace.ts';

const missing = missingPeers('krill', 'rpki-client', 'fort', 'routinator');
test.skip(missing.length > 0, `SKIPPED: missing ${missing.join(', ')}; type npm run peers`);

const URIS = { https: 'https://localhost/ta/ta.cer', rsync: 'rsync://localhost/ta/ta.cer' };

interface Bench {
  app: ConsoleApp;
  krill: Krill;
  scratch: string;
}

/** One request of Krill, reviewed and signed by clicking, its response processed by Krill. */
async function exchange(
  { app, krill, scratch }: Bench,
  wanted: string,
  seen: (text: string) => Promise<void>,
): Promise<void> {
  const { page } = app;
  const request = await krill.request(wanted);
  await openRequest(page, put(scratch, 'request.json', request));
  await seen(await page.locator('main').innerText());
  await approve(page, request);
  const response = join(scratch, `response-${Date.now()}.json`);
  await write(page, app.answers, 'response.json', response);
  krill.respond(response);
}

/** How many certificates `krillc show` has for the child. */
const keys = (show: string): number => (show.match(/incoming_cert/g) ?? []).length;

test('set-up and exchanges with a real Krill: issue, key roll, revocation, reissue; three validators find it clean', async ({
  apps,
}) => {
  test.setTimeout(180_000);
  const krill = await startKrill(join(apps.scratch, 'krill'));
  try {
    const app = await apps.start();
    app.page.setDefaultTimeout(30_000);
    const { page } = app;
    const bench = { app, krill, scratch: apps.scratch };
    await newWorkspace(page, apps, { kind: 'Offline station' });
    await setUpSigner(page, apps.scratch, krill.initProxy(), URIS);
    const info = join(apps.scratch, 'signer-info.json');
    await write(page, app.answers, 'signer-info.json', info);
    krill.proxy('signer', 'init', '--info', info);

    krill.addChild('online');
    await exchange(bench, 'Issuance', async (text) => expect(text).toContain('online is a new child'));
    await krill.untilChild('online', (show) => keys(show) === 1, 'has its certificate');

    krill.addChild('second', { asn: 'AS64496', ipv4: '192.0.2.0/24', ipv6: '2001:db8::/32' });
    await exchange(bench, 'Issuance', async (text) => {
      expect(text).toContain('192.0.2.0/24');
      expect(text).toContain('1 without requests, unchanged');
    });
    await krill.untilChild('second', (show) => keys(show) === 1, 'has its certificate');

    krill.krillc('keyroll', 'init', '--ca', 'online');
    await exchange(bench, 'Issuance', async (text) => expect(text).toContain('new key'));
    await krill.untilChild('online', (show) => keys(show) === 2, 'has a certificate for its new key');
    krill.krillc('keyroll', 'activate', '--ca', 'online');
    await exchange(bench, 'Revocation', async (text) => expect(text).toContain('revoke'));
    await krill.untilChild('online', (show) => keys(show) === 1, 'has one key again');

    krill.krillc('roas', 'update', '--ca', 'second', '--add', '192.0.2.0/24 => 64496');

    // Reissue: another https URI, the proxy hears of it, the next response points there.
    await open(page, 'Trust anchor');
    await page.getByRole('button', { name: 'Reissue…' }).click();
    await page.getByLabel('https URIs').fill(`${URIS.https}\nhttps://mirror.localhost/ta/ta.cer`);
    await page.getByRole('button', { name: 'Reissue', exact: true }).click();
    await expect(page.getByText('The certificate is reissued.')).toBeVisible();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await write(page, app.answers, 'signer-info.json', join(apps.scratch, 'signer-info-2.json'));
    krill.proxy('signer', 'update', '--info', join(apps.scratch, 'signer-info-2.json'));
    await exchange(bench, 'nonce', async (text) => expect(text).toContain('No child asks for anything'));

    await open(page, 'Trust anchor');
    for (const name of ['ta.cer', 'ta.tal', 'exchanges.txt'])
      await write(page, app.answers, name, join(apps.scratch, name));
    expect(readFileSync(join(apps.scratch, 'exchanges.txt'), 'utf8').match(/Session number/g)).toHaveLength(
      5,
    );
    const repository: Repository = {
      published: krill.published,
      host: 'localhost',
      tal: readFileSync(join(apps.scratch, 'ta.tal'), 'utf8'),
      taCertificate: readFileSync(join(apps.scratch, 'ta.cer')),
    };
    const validators = [rpkiClient, fort, routinator];
    for (const validate of validators)
      expect(validate(repository)).toEqual({ origins: ['AS64496 192.0.2.0/24'], complaints: [] });
    // The same over a repository with one octet changed: they do look.
    const altered = join(apps.scratch, 'altered');
    cpSync(krill.published, altered, { recursive: true, dereference: true });
    const crl = readdirSync(altered).find((name) => name.endsWith('.crl')) ?? '';
    const bytes = readFileSync(join(altered, crl));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(join(altered, crl), bytes);
    for (const validate of validators)
      expect(validate({ ...repository, published: altered }).origins).toEqual([]);
  } finally {
    await krill.stop();
  }
});

test("the proxy publishes through Krill's publication server: its files carried, its certificate pinned", async ({
  apps,
}) => {
  test.setTimeout(180_000);
  const krill = await startKrill(join(apps.scratch, 'krill'));
  try {
    krill.initServer();
    const app = await apps.start();
    const { page, answers } = app;
    page.setDefaultTimeout(30_000);
    const at = (name: string): string => join(apps.scratch, name);
    await newWorkspace(page, apps, { kind: 'Online' });
    await initProxy(page);
    await page.getByRole('link', { name: 'Choose the repository…' }).click();
    await page.getByText('A publication server').click();
    answers.push(at('pub-req.xml'));
    await page.getByRole('button', { name: 'Write pub-req.xml…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Choose a place…' }).click();
    await dialog.getByRole('button', { name: 'Write', exact: true }).click();
    await expect(dialog).toBeHidden();
    const answer = krill.krillc('pubserver', 'publishers', 'add', '--request', at('pub-req.xml'));
    const pin = new X509Certificate(readFileSync(krill.certificate)).fingerprint256;
    await serverRepository(page, put(apps.scratch, 'repo-res.xml', answer), pin);
    const fingerprint = await proxyFingerprint(page);
    for (const name of ['proxy-id.json', 'proxy-repo.json']) await handOut(page, answers, name, at(name));
    await expectStep(page, 'Set up the signer');
    const files = {
      idFile: readFileSync(at('proxy-id.json'), 'utf8'),
      repositoryFile: readFileSync(at('proxy-repo.json'), 'utf8'),
      fingerprint,
    };
    await setUpSigner(page, apps.scratch, files, URIS);
    await open(page, 'Trust anchor');
    await handOut(page, answers, 'signer-info.json', at('signer-info.json'));
    await associate(page, at('signer-info.json'), await signerFingerprint(app));
    await putOut(page);
    await expectStep(page, 'Add the child');
    const names = readdirSync(krill.published);
    expect(names.filter((name) => name.endsWith('.mft'))).toHaveLength(1);
    await addChild(page, await childFile(apps.scratch, 'elsewhere'), { IPv4: '192.0.2.0/24' });
    await openChild(page, 'elsewhere');
    await expect(page.getByRole('region', { name: 'Child elsewhere' })).toContainText('192.0.2.0/24');
  } finally {
    await krill.stop();
  }
});
