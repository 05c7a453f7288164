import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Krill, startKrill } from '../testing/krill.ts';
import { missingPeers } from '../testing/peers.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { approve, exportTo, openRequest, signerOf } from '../testing/test-signer.ts';
import { vectorPath } from '../testing/vectors.ts';
import { timesOf } from './signer/import-times.ts';
import { CONF, readKrillFolder } from './signer/krill-folder.ts';
import { readKrillStore } from './signer/krill-store.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baleen-move-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create('offline');
});
afterEach(() => app.remove());

async function ticketOf(path: string, purpose: 'open' | 'krill'): Promise<string> {
  app.places.push(path);
  const { chosen } = await app.call('dialogs.folder', { purpose });
  return chosen?.ticket ?? '';
}

const importFrom = async (folder: string) =>
  app.ended((await app.call('ta.importStore', { folder: await ticketOf(folder, 'open') })).job);

const signer = () => signerOf(app);

describe('stores of krillta', () => {
  test.each([
    ['krill-ta/krill-0.16.1/signer-store', '11', 10, [100, 52, 26, 12, 14], 3],
    // By hand out of the store: one year, 104 and 80 weeks.
    ['krill-ta/krillta-0.14.5-store', '6', 6, [1, 104, 26, 80, 14], 1],
  ])(
    '%s is taken over with every exchange, and all of them hold',
    async (name, number, exchanges, times, certificates) => {
      const job = await importFrom(vectorPath(name));
      expect(job.error).toBeNull();
      expect(await signer()).toMatchObject({ number });
      const { rows, total } = await app.call('ta.exchanges', {});
      expect(total).toBe(exchanges);
      const past = await Promise.all(rows.map(({ id }) => app.call('ta.exchange', { id })));
      const { imported, written } = await app.call('ta.moves', {});
      expect(written).toBeNull();
      const folder = vectorPath(name);
      expect(imported).toMatchObject({ folder, exchanges, number, certificates });
      // The times are those of the store, and each says where it comes from.
      const { timing } = await signer();
      expect(Object.values(timing)).toEqual(times);
      expect(imported?.timing).toEqual(timing);
      expect(imported?.timesFrom.mftNextUpdateWeeks).toMatch(/last manifest/);
      expect(imported?.timesFrom.issuedCertificateReissueWeeksBefore).toMatch(/default/);
      expect(imported?.clearKeys).toBe(readdirSync(join(folder, 'keys')).length);
      if (name.includes('0.16.1')) expect(past.filter(({ holds }) => !holds)).toEqual([]);
    },
  );

  test('reissues, and what krillta refused, stand in the record with the time at which krillta did it', async () => {
    expect((await importFrom(vectorPath('krill-ta/krillta-0.14.5-store'))).error).toBeNull();
    const { rows, total } = await app.call('ta.recordEvents', { half: 'signer' });
    expect(rows.map(({ at, kind }) => `${at.slice(0, 19)} ${kind}`)).toEqual([
      '2025-06-10T10:51:13 reissued',
      '2025-06-10T10:50:44 refused',
      '2025-06-10T10:50:40 refused',
      '2025-06-10T10:50:29 refused',
      '2025-02-03T13:46:11 refused',
    ]);
    expect(total).toBe(5);
    const [reissued, refused, , , expired] = rows;
    const { certificate, talUris } = await signer();
    expect(reissued?.says).toMatch(
      /^krillta reissued the TA certificate [0-9A-F]{40} until 2026-06-10 10:51 Z: the TAL /,
    );
    expect(reissued?.subjects).toContainEqual(
      expect.objectContaining({ type: 'ta-certificate', sha256: certificate.sha256 }),
    );
    expect(reissued?.subjects.filter(({ type }) => type === 'tal-uri').map(({ id }) => id)).toEqual(talUris);
    expect(refused?.says).toMatch(/^krillta refused a reissue: Cannot derive filename from URI: rsync:/);
    expect(expired?.says).toBe(
      'krillta refused request 06d7845b-61aa-4ce9-97cf-d7942a1a5a9a: Invalid signed message: certificate has expired',
    );
    expect(expired?.subjects).toEqual([
      {
        type: 'request',
        id: '06d7845b-61aa-4ce9-97cf-d7942a1a5a9a',
        sha256: expect.stringMatching(/^.{64}$/),
      },
    ]);
    for (const event of rows) expect(await app.call('ta.recordEvent', { seq: event.seq })).toEqual({ event });
    expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
  });

  test('krillta.conf in the folder says the times; one that is broken or has none does not', async () => {
    const copy = mkdtempSync(join(scratch, 'conf-'));
    cpSync(vectorPath('krill-ta/krillta-0.14.5-store'), copy, { recursive: true });
    const conf = join(copy, 'krillta.conf');
    const taken = async (text: string) => {
      writeFileSync(conf, text);
      const files = await readKrillFolder(copy);
      return timesOf(readKrillStore(files), files.get(CONF) ?? null);
    };
    const said = await taken('[timing_config]\nmft_next_update_weeks = 20\n');
    expect(said.timing).toMatchObject({ mftNextUpdateWeeks: 20, issuedCertificateValidityWeeks: 52 });
    expect(said.from.mftNextUpdateWeeks).toBe('krillta.conf in the folder');
    for (const text of ['storage_uri = "/var/lib/krillta"', 'no TOML at all'])
      expect((await taken(text)).timing.mftNextUpdateWeeks).toBe(80);
  });

  test('what came along, and what was written for krillta, stand there until a person settles them', async () => {
    const store = vectorPath('krill-ta/krill-0.16.1/signer-store');
    expect((await importFrom(store)).error).toBeNull();
    const told = async () => (await app.call('overview.get', {})).attention.map(({ text }) => text);
    expect(await told()).toContain('lies with krillta, too');
    await app.call('ta.settleMove', { which: 'imported' });
    expect(await app.call('ta.moves', {})).toEqual({ imported: null, written: null });
    expect(await told()).not.toContain('lies with krillta, too');
    await expect(app.call('ta.settleMove', { which: 'imported' })).rejects.toThrow(/settled already/);

    const confirm = (await signer()).keyId.slice(-8);
    const write = async (path: string) =>
      app.call('ta.exportStore', { folder: await ticketOf(path, 'krill'), confirm });
    // Nothing was written into a folder that is not empty, and nothing is said of it.
    await expect(write(store)).rejects.toThrow(/is not empty/);
    expect((await app.call('ta.moves', {})).written).toBeNull();
    const folder = join(scratch, 'written');
    await write(folder);
    expect((await app.call('ta.moves', {})).written).toMatchObject({ folder, clear: true });
    await expect(write(folder)).rejects.toThrow(/is not empty/);
    expect((await app.call('ta.moves', {})).written).toMatchObject({ folder });
    expect(await told()).toContain('was written for krillta');
    await app.call('ta.settleMove', { which: 'written' });
    expect((await app.call('ta.moves', {})).written).toBeNull();
    expect((await app.call('audit.list', { limit: 1 })).rows[0]).toMatchObject({
      action: 'ta.settleMove',
      summary: expect.stringContaining(
        `this signer goes on, and that what was written for krillta to ${folder}`,
      ) as string,
    });
    expect((await app.call('audit.verify', { written: '' })).faults).toEqual([]);
  });

  test('the text report is that of krillta, white space and the order of files aside', async () => {
    await importFrom(vectorPath('krill-ta/krill-0.16.1/signer-store'));
    const path = join(scratch, 'exchanges.txt');
    await exportTo(app, 'exchanges-text', path);
    const lines = (text: string): string[] =>
      text.split(/=+\n +Session number:/).flatMap((session) =>
        session
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '')
          .toSorted(),
      );
    expect(lines(readFileSync(path, 'utf8'))).toEqual(
      lines(readFileSync(vectorPath('krill-ta/krill-0.16.1/exchanges/exchanges.txt'), 'utf8')),
    );
  });

  test('the JSON report has its times to the last digit', async () => {
    const store = vectorPath('krill-ta/krill-0.16.1/signer-store');
    await importFrom(store);
    const path = join(scratch, 'exchanges.json');
    await exportTo(app, 'exchanges-json', path);
    const times = (text: string): string[] =>
      [...text.matchAll(/"time": ?"(20[^"]*)"/g)].map(([, time]) => time ?? '');
    const folder = join(store, 'signer/ta');
    const said = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .filter((text) => text.includes('ProxySignerExchangeDone'))
      .flatMap((text) => times(text.slice(text.indexOf('"effect"'))));
    expect(said.some((time) => /\.\d{9}Z$/.test(time))).toBe(true);
    expect(times(readFileSync(path, 'utf8')).toSorted()).toEqual(said.toSorted());
  });

  test('keys on a token, a folder of something else, a second signer: each is named, nothing is kept', async () => {
    const token = await importFrom(vectorPath('krill-ta/krill-0.16.1/signer-store-pkcs11/data'));
    expect(token.error?.message).toMatch(
      /lies on "HSM" \(PKCS#11 Signer \[token: krill-ta .* no signer here has it/,
    );
    expect((await importFrom(scratch)).error?.message).toMatch(/no data directory of krillta/);
    expect((await app.call('keys.list', {})).total).toBe(0);
    await importFrom(vectorPath('krill-ta/krill-0.16.1/signer-store'));
    const second = await importFrom(vectorPath('krill-ta/krillta-0.14.5-store'));
    expect(second.error?.message).toMatch(/has a trust anchor signer already/);
    expect((await app.call('keys.list', {})).total).toBe(2);
    const { rows } = await app.call('audit.list', { limit: 2 });
    expect(rows[0]).toMatchObject({ action: 'ta.importStore', outcome: 'refused' });
  });
});

const missing = missingPeers('krill', 'krillta');

const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

describe.skipIf(missing.length > 0)(`with a real Krill and krillta${why}`, () => {
  let krill: Krill;
  beforeEach(async () => {
    const folder = join(scratch, 'krill');
    mkdirSync(folder, { recursive: true });
    krill = await startKrill(folder);
    // The application's clock is a test's: it must lie between the request and its end.
    await app.later(Date.now() - app.clock.now().getTime());
  });
  afterEach(() => krill.stop());

  test(
    'krillta begins, Baleen goes on, krillta goes on again: Krill accepts every response',
    { timeout: 120_000 },
    async () => {
      const { idFile, repositoryFile } = krill.initProxy();
      const storage = join(scratch, 'krillta');
      krill.signer(
        storage,
        'init',
        '--proxy-id',
        krill.file('proxy-id.json', idFile),
        '--proxy-repository-contact',
        krill.file('proxy-repo.json', repositoryFile),
        '--tal-https',
        'https://localhost/ta/ta.cer',
        '--tal-rsync',
        'rsync://localhost/ta/ta.cer',
      );
      krill.proxy('signer', 'init', '--info', krill.file('signer-info.json', krill.signer(storage, 'show')));
      krill.addChild('online');
      const first = await krill.request('Issuance');
      krill.respond(
        krill.file(
          'response-1.json',
          krill.signer(storage, 'process', '--request', krill.file('request-1.json', first.toString('utf8'))),
        ),
      );
      await krill.untilChild('online', (show) => show.includes('incoming_cert'), 'has its certificate');

      expect((await importFrom(storage)).error).toBeNull();
      expect((await signer()).number).toBe('2');
      krill.krillc('keyroll', 'init', '--ca', 'online');
      const second = await krill.request('Issuance');
      app.clock.advance(Date.now() - app.clock.now().getTime());
      const { view } = await openRequest(app, second);
      expect(view.children[0]?.wishes[0]?.what).toBe('rekey');
      const exchange = await approve(app, second);
      const path = join(scratch, 'response-2.json');
      await exportTo(app, 'response', path, exchange);
      krill.respond(path);

      const back = join(scratch, 'back');
      const { keyId } = await signer();
      await expect(
        app.call('ta.exportStore', { folder: await ticketOf(back, 'krill'), confirm: '00000000' }),
      ).rejects.toThrow(/digits do not match/);
      expect(existsSync(back)).toBe(false);
      await app.call('ta.exportStore', { folder: await ticketOf(back, 'krill'), confirm: keyId.slice(-8) });
      expect(statSync(join(back, 'keys', keyId)).mode & 0o777).toBe(0o600);
      await krill.untilChild(
        'online',
        (show) => show.split('incoming_cert').length === 3,
        'has a certificate for its new key',
      );
      krill.krillc('keyroll', 'activate', '--ca', 'online');
      const third = await krill.request('Revocation');
      const response = krill.signer(
        back,
        'process',
        '--request',
        krill.file('request-3.json', third.toString('utf8')),
      );
      expect(response).toContain('"number": 4');
      krill.respond(krill.file('response-3.json', response));
      const exchanges = JSON.parse(krill.signer(back, 'exchanges')) as unknown[];
      expect(exchanges).toHaveLength(3);
    },
  );
});
