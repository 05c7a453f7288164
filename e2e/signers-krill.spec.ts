// The TA key on real devices, a real Krill as the proxy: its request is answered by a key that never left the device.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Krill, startKrill } from '../src-main/testing/krill.ts';
import { missingPeers } from '../src-main/testing/peers.ts';
import { startPykmip } from '../src-main/testing/pykmip.ts';
import { rpkiClient } from '../src-main/testing/validators.ts';
import { type ConsoleApp, expect, test } from './console-app.ts';
import { open, openRow } from './pages/ca.ts';
import { addKmipServer, applyChanges, chooseRole, makeRehearsalToken, testSigner } from './pages/signers.ts';
import { approve, openRequest, put, setUpSigner, writeFile } from './pages/ta.ts';
import { newWorkspace } from './pages/workspace.ts';

const missing = missingPeers('softhsm2-util', 'pykmip-server', 'krill', 'rpki-client');
test.skip(missing.length > 0, `SKIPPED: missing ${missing.join(', ')}; type npm run peers`);

const URIS = { https: 'https://localhost/ta/ta.cer', rsync: 'rsync://localhost/ta/ta.cer' };
const PIN = 'pin-of-the-token-8841';
const NAME = 'Holder of the TA key';

/** Set up by clicking with both keys on the device, one exchange, and what Krill and rpki-client make of it. */
async function exchange(app: ConsoleApp, krill: Krill, scratch: string): Promise<void> {
  const { page, answers } = app;
  const at = (name: string): string => join(scratch, name);
  await setUpSigner(page, scratch, krill.initProxy(), { ...URIS, signer: NAME });
  await writeFile(page, answers, 'signer-info.json', at('signer-info.json'));
  krill.proxy('signer', 'init', '--info', at('signer-info.json'));
  krill.addChild('online', { asn: 'AS64496', ipv4: '192.0.2.0/24', ipv6: '2001:db8::/32' });
  const request = await krill.request('Issuance');
  await openRequest(page, put(scratch, 'request.json', request));
  await approve(page, request);
  await writeFile(page, answers, 'response.json', at('response.json'));
  krill.respond(at('response.json'));
  await krill.untilChild('online', (show) => show.includes('incoming_cert'), 'has its certificate');
  krill.krillc('roas', 'update', '--ca', 'online', '--add', '192.0.2.0/24 => 64496');

  await open(page, 'Trust anchor');
  for (const name of ['ta.cer', 'ta.tal']) await writeFile(page, answers, name, at(name));
  execFileSync('openssl', ['x509', '-inform', 'DER', '-in', at('ta.cer'), '-out', at('ta.pem')]);
  const verify = ['verify', '-check_ss_sig', '-CAfile', at('ta.pem'), at('ta.pem')];
  expect(execFileSync('openssl', verify, { encoding: 'utf8' })).toBe(`${at('ta.pem')}: OK\n`);
  expect(
    rpkiClient({
      published: krill.published,
      host: 'localhost',
      tal: readFileSync(at('ta.tal'), 'utf8'),
      taCertificate: readFileSync(at('ta.cer')),
    }),
  ).toEqual({ origins: ['AS64496 192.0.2.0/24'], complaints: [] });

  await open(page, 'Keys');
  await openRow(page, 'Keys', 'Trust anchor');
  await expect(page.getByRole('link', { name: NAME })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Export…' })).toHaveAttribute('aria-disabled', 'true');
}

test('an exchange with a real Krill, the TA key on SoftHSM', async ({ apps }) => {
  test.setTimeout(180_000);
  apps.canaries.guard('PIN of the token', PIN);
  const krill = await startKrill(join(apps.scratch, 'krill'));
  try {
    const app = await apps.start();
    app.page.setDefaultTimeout(30_000);
    await newWorkspace(app.page, apps, { kind: 'Offline station' });
    await makeRehearsalToken(app.page, { name: NAME, pin: PIN, keepPin: true });
    await chooseRole(app.page, 'Default signer', 'Software');
    await applyChanges(app.page);
    await exchange(app, krill, apps.scratch);
  } finally {
    await krill.stop();
  }
});

test('an exchange with a real Krill, the TA key on PyKMIP', async ({ apps }) => {
  test.setTimeout(180_000);
  const [krill, server] = await Promise.all([
    startKrill(join(apps.scratch, 'krill')),
    startPykmip(join(apps.scratch, 'pykmip')),
  ]);
  try {
    const app = await apps.start();
    app.page.setDefaultTimeout(30_000);
    await newWorkspace(app.page, apps, { kind: 'Offline station' });
    await addKmipServer(app.page, NAME, server.settings());
    await chooseRole(app.page, 'Default signer', 'Software');
    await applyChanges(app.page);
    await testSigner(app.page, NAME);
    await exchange(app, krill, apps.scratch);
  } finally {
    await Promise.all([krill.stop(), server.stop()]);
  }
});
