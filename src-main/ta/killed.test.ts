import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sha256Hex } from '../lib/bytes.ts';
import { judgeObject } from '../rpki/judge.ts';
import { killedAfter, waits } from '../testing/killed-writer.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { dateOf, exportTo, signerOf } from '../testing/test-signer.ts';
import { PASSPHRASE } from '../testing/test-workspace.ts';
import { parseCertificate } from '../x509/certificate.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baleen-killed-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const WRITER = new URL('../testing/ta-writer.ts', import.meta.url);

test(
  'kill -9 while a signer is set up, signs and reissues: nothing acknowledged is lost, nothing is half-made',
  { timeout: 400_000 },
  async () => {
    const reached: number[] = [];
    for (const ms of waits([5, 40, 90, 150, 220, 350, 600, 1200], () => Math.max(...reached) > 1)) {
      const folder = join(scratch, `after-${ms}`);
      const said = await killedAfter(WRITER, folder, ms);
      const [name = ''] = readdirSync(join(folder, 'workspaces'));
      const app = await testApp({ folder, workspace: join(folder, 'workspaces', name) });
      // The writer's clock went on a minute with each exchange.
      app.clock.advance(3_600_000);
      await app.call('workspace.unlock', { passphrase: PASSPHRASE });
      const { signer } = await app.call('ta.signer', {});
      const told = said.filter((line) => line.startsWith('number')).map((line) => Number(line.split(' ')[1]));
      const last = told.at(-1) ?? 0;
      const number = Number(signer?.number ?? 0);
      // The last step may be stored and not yet acknowledged, never the other way round.
      expect([last, last + 1]).toContain(number);
      const { rows } = await app.call('ta.exchanges', { limit: 500 });
      expect(rows.map((row) => Number(row.number)).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: Math.max(0, number - 1) }, (_, at) => at + 2),
      );
      for (const { id } of rows) expect((await app.call('ta.exchange', { id })).holds).toBe(true);
      expect(signer?.warnings ?? []).toEqual([]);
      // Either both keys of a signer are there, or none.
      expect((await app.call('keys.list', {})).total).toBe(signer === null ? 0 : 2);
      expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
      reached.push(number);
      await app.remove();
    }
    // It was killed before, between and after.
    expect(Math.min(...reached)).toBe(0);
    expect(Math.max(...reached)).toBeGreaterThan(1);
  },
);

/** The SHA-256 of the TA certificate, as the writer told it last: before a reissue, or after one that was acknowledged. */
const certificateTold = (said: readonly string[]): string =>
  said.findLast((line) => line.startsWith('reissu'))?.split(' ')[1] ?? '';

/** Every reissue on record: the certificate it made and the one before. */
async function reissues(app: TestApp): Promise<{ made: string; before: string }[]> {
  const { rows } = await app.call('audit.list', { query: '', cursor: null, limit: 200 });
  return rows
    .filter(({ action, outcome }) => action === 'ta.reissue' && outcome === 'done')
    .map(({ subjects }) => {
      const of = (type: string): string => subjects.find((one) => one.type === type)?.sha256 ?? '';
      return { made: of('ta-certificate'), before: of('ta-certificate-before') };
    });
}

test(
  'kill -9 at every step of a reissue: the certificate is the old one or the new one, whole, on record, and handed out again',
  { timeout: 400_000 },
  async () => {
    const found = { underWay: 0, old: 0, made: 0 };
    for (const ms of waits([0, 4, 8, 14, 22, 35, 60], () => found.underWay > 0)) {
      const folder = join(scratch, `reissue-${ms}`);
      const said = await killedAfter(WRITER, folder, ms, 'reissuing');
      const [name = ''] = readdirSync(join(folder, 'workspaces'));
      const app = await testApp({ folder, workspace: join(folder, 'workspaces', name) });
      await app.call('workspace.unlock', { passphrase: PASSPHRASE });
      // The writer's clock went on a minute with each exchange.
      await app.later(86_400_000);
      const signer = await signerOf(app);
      const told = certificateTold(said);
      const underWay = said.at(-1)?.startsWith('reissuing') === true;
      const { sha256 } = signer.certificate;
      const records = await reissues(app);
      // One that is there and was not acknowledged is on record with the one before; nothing else is.
      if (sha256 !== told) {
        expect(underWay).toBe(true);
        expect(records).toContainEqual({ made: sha256, before: told });
      }
      const acknowledged = said.filter((line) => line.startsWith('reissued')).length;
      expect(records.length).toBe(acknowledged + (sha256 === told ? 0 : 1));
      if (underWay) {
        found.underWay += 1;
        found[sha256 === told ? 'old' : 'made'] += 1;
      }
      // It is handed out again, whole, with the key and the place it had.
      const [cer, tal] = ['ta.cer', 'ta.tal'].map((file) => join(folder, file)) as [string, string];
      await exportTo(app, 'certificate', cer);
      await exportTo(app, 'tal', tal);
      const der = readFileSync(cer);
      expect(sha256Hex(der)).toBe(sha256);
      const spki = Buffer.from(parseCertificate(der).spkiDer).toString('base64');
      expect(readFileSync(tal, 'utf8').replaceAll(/\s/g, '')).toContain(spki);
      expect(judgeObject(der, { issuerDer: null, anchor: true, at: app.clock.now() }).faults).toEqual([]);
      const numbers = said
        .filter((line) => line.startsWith('number'))
        .map((line) => Number(line.split(' ')[1]));
      expect([numbers.at(-1), (numbers.at(-1) ?? 0) + 1]).toContain(Number(signer.number));
      // A reissue makes no number; the next one goes on from what is there.
      const next = {
        https: ['https://rpki.example.net/ta/ta.cer'],
        rsync: 'rsync://rpki.example.net/ta/ta.cer',
      };
      await app.result(
        await app.call('ta.reissue', { ...next, notify: null, years: 60, today: dateOf(app) }),
      );
      const again = await signerOf(app);
      expect(again.number).toBe(signer.number);
      expect((await reissues(app)).at(0)).toEqual({ made: again.certificate.sha256, before: sha256 });
      expect((await app.call('keys.list', {})).total).toBe(2);
      expect(await app.call('audit.verify', { written: '' })).toMatchObject({ faults: [] });
      await app.remove();
    }
    // It was killed in the middle of one.
    expect(found.underWay).toBeGreaterThan(0);
    expect(found.old + found.made).toBe(found.underWay);
  },
);
