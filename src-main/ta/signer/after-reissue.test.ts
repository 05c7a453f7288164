/** A TA certificate made anew: what was signed before it, its store taken over, and a clock that goes back. */
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { momentText } from '../../lib/moment-text.ts';
import { testApp, type TestApp } from '../../testing/test-app.ts';
import { testProxy, type TestProxy } from '../../testing/test-proxy.ts';
import { approve, dateOf, exportTo, setUpSigner, signerOf } from '../../testing/test-signer.ts';
import { vectorPath } from '../../testing/vectors.ts';
import { checkRecord } from '../check-record.ts';

const DAY_MS = 86_400_000;
const URIS = { https: 'https://rpki.example.net/ta/ta.cer', rsync: 'rsync://rpki.example.net/ta/ta.cer' };

let app: TestApp;
let proxy: TestProxy;
beforeEach(async () => {
  app = await testApp();
  await app.create('offline');
  proxy = await testProxy(app.clock.now());
});
afterEach(() => app.remove());

async function setUp(): Promise<void> {
  await setUpSigner(app, {
    proxyId: { name: 'proxy-id.json', text: proxy.idFile },
    fingerprint: proxy.fingerprint,
    repository: { name: 'proxy-repo.json', text: proxy.repositoryFile },
    ...URIS,
  });
}

const order = (years: number) => ({ https: [URIS.https], rsync: URIS.rsync, notify: null, years });
const reissue = async () => app.result(await app.call('ta.reissue', { ...order(50), today: dateOf(app) }));

test('a krillta store whose last act was a reissue is taken over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-store-'));
  try {
    cpSync(vectorPath('krill-ta/krillta-0.14.5-store'), folder, { recursive: true });
    chmodSync(join(folder, 'signer/ta'), 0o755);
    for (const number of [9, 10, 11]) rmSync(join(folder, `signer/ta/command-${number}.json`));
    app.places.push(folder);
    const { chosen } = await app.call('dialogs.folder', { purpose: 'open' });
    const { job } = await app.call('ta.importStore', { folder: chosen?.ticket ?? '' });
    expect((await app.ended(job)).error).toBeNull();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('an exchange before it, which shows no certificate, is checked by the key of the new one', async () => {
  await setUp();
  await approve(app, await proxy.request([], app.clock.now()));
  await app.later(DAY_MS);
  await reissue();
  const [info, exchanges] = ['signer-info.json', 'exchanges.json'].map((name) => join(app.folder, name));
  await exportTo(app, 'signer-info', info ?? '');
  await exportTo(app, 'exchanges-json', exchanges ?? '');
  const file = (name: string, bytes: Uint8Array) => ({ name, bytes });
  const found = checkRecord({
    exchanges: file('exchanges.json', readFileSync(exchanges ?? '')),
    proxy: file('proxy-id.json', Buffer.from(proxy.idFile)),
    signer: file('signer-info.json', readFileSync(info ?? '')),
  });
  expect(found.exchanges.flatMap(({ faults }) => faults)).toEqual([]);
  expect(found.exchanges).toMatchObject([{ holds: true }]);
  expect(found.exchanges[0]?.checks.map(({ text }) => text)).toContain(
    'certificates, CRL and manifest hold under the key of the TA certificate; the file shows none of that time',
  );
});

test('a life that no certificate has is refused at its field', async () => {
  await setUp();
  await expect(app.call('ta.reissue', order(10_000))).rejects.toMatchObject({
    message: 'TA certificate: 10000 years is not between 1 and 500. Change the value.',
    reply: { details: { fields: [{ path: 'years' }] } },
  });
});

test('a notification that is a folder is refused at its field before anything is made', async () => {
  await setUp();
  const before = (await signerOf(app)).certificate.sha256;
  await expect(
    app.call('ta.reissue', { ...order(50), notify: 'https://rpki.example.net/rrdp/', today: dateOf(app) }),
  ).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    reply: {
      details: {
        fields: [
          { path: 'notify', message: expect.stringMatching(/like https.*notification\.xml/) as string },
        ],
      },
    },
  });
  expect((await signerOf(app)).certificate.sha256).toBe(before);
});

test('one that has ended is said to have ended, and nothing holds until it is reissued', async () => {
  await setUp();
  await app.result(await app.call('ta.reissue', { ...order(1), today: dateOf(app) }));
  await app.later(300 * DAY_MS);
  const soon = (await signerOf(app)).warnings.map(({ severity, text }) => `${severity} ${text}`);
  expect((await signerOf(app)).certificate.ended).toBe(false);
  expect(soon.join('\n')).toMatch(/careful The TA certificate ends on 2027-11-24 \d\d:\d\d Z: reissue it/);
  await app.later(200 * DAY_MS);
  expect((await signerOf(app)).certificate.ended).toBe(true);
  const { attention } = await app.call('overview.get', {});
  // What is worst stands first, whoever says it.
  const weights = attention.map(({ severity }) => ['bad', 'careful', 'note', 'good'].indexOf(severity));
  expect(new Set(weights).size).toBeGreaterThan(1);
  expect(weights).toEqual(weights.toSorted((a, b) => a - b));
  expect(attention).toContainEqual(
    expect.objectContaining({
      severity: 'bad',
      text: 'needs you now',
      detail: expect.stringMatching(
        /^The TA certificate ended on 2027-11-24 \d\d:\d\d Z: relying parties drop everything/,
      ),
    }),
  );
});

test('on the page, too, the end of the certificate stands above the end of the manifest that is near', async () => {
  await setUp();
  await app.result(await app.call('ta.reissue', { ...order(1), today: dateOf(app) }));
  await app.later(310 * DAY_MS);
  await approve(app, await proxy.request([], app.clock.now()));
  await app.later(70 * DAY_MS);
  const { warnings } = await signerOf(app);
  expect(warnings.map(({ severity }) => severity)).toEqual(['bad', 'careful']);
  expect(warnings[0]?.text).toMatch(/^The TA certificate ended/);
});

test('it works after CRL and manifest have ended, and the proxy takes its file over', async () => {
  // Between two seconds, as clocks are: what is made ends at a whole one.
  app.clock.advance(345);
  await setUp();
  await app.later(366 * DAY_MS);
  await reissue();
  const { signer } = await app.call('ta.signer', {});
  expect(signer?.certificate.notBefore.slice(0, 10)).toBe(app.clock.now().toISOString().slice(0, 10));
  expect(signer?.warnings[0]?.text).toMatch(/out of date/);
});

test('the clock may not go back behind it', async () => {
  await setUp();
  await app.later(400 * DAY_MS);
  await reissue();
  const made = momentText(app.clock.now());
  app.clock.advance(-399 * DAY_MS);
  // When it was made, which is later than it begins.
  expect((await signerOf(app)).warnings[0]?.text).toContain(
    `The last exchange or reissue here was signed at ${made}, `,
  );
  await expect(approve(app, await proxy.request([], app.clock.now()))).rejects.toThrow(
    /machine’s clock is before the last exchange|If this clock is behind, set it/,
  );
});
