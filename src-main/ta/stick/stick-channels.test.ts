import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../lib/bytes.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { associated, initProxy, makeRequest, proxyOf, TAL } from '../../testing/test-proxy-app.ts';
import { groupsOf, signerOf } from '../../testing/test-signer.ts';
import {
  lastAudit,
  open,
  publishedBy,
  refusal,
  REQUEST,
  SLOW,
  stateOf,
  type TestStation,
  testStation,
  write,
  writeDue,
} from '../../testing/test-station.ts';

const SIGNER_INFO = { half: 'signer', what: 'signer-info', id: null } as const;
let station: TestStation;
let proxy: TestApp;
let signer: TestApp;
async function startBoth(): Promise<void> {
  station = testStation();
  ({ proxy, signer } = await station.startBoth());
}

/** The signer answers the request that lies on the stick. */
async function answer(): Promise<string> {
  signer.clock.advance(60_000);
  const opened = await open(signer, 'request.json');
  const { groups } = await signer.call('ta.review', { id: opened.id });
  const digits = groupsOf(readFileSync(join(station.place, 'request.json')), groups);
  return signer.result(await signer.call('ta.approve', { id: opened.id, groups: digits, number: null }));
}

describe('the way of the files', () => {
  beforeEach(startBoth, SLOW);
  afterEach(() => station.end());

  test(
    'set-up and two exchanges, doing only what the station says is due and expected',
    { timeout: 180_000 },
    async () => {
      await initProxy(proxy, publishedBy(proxy));
      expect(await writeDue(proxy)).toEqual(['proxy-id.json', 'proxy-repo.json']);
      expect(await stateOf(proxy, 'proxy-id.json')).toMatch(/^own: .*carry it to the signer/);
      expect((await signer.call('ta.sticks', {})).waits).toEqual([
        'The set-up of the signer waits for proxy-id.json and proxy-repo.json of the proxy.',
      ]);
      const [id, repo] = [await open(signer, 'proxy-repo.json'), await open(signer, 'proxy-id.json')];
      expect([id.opens, repo.opens, id.id]).toEqual(['setup', 'setup', repo.id]);
      expect(await stateOf(signer, 'proxy-id.json')).toMatch(/^done: .*has it already/);
      const draft = await signer.call('drafts.get', { id: id.id });
      if (draft.kind !== 'ta.signer') throw new Error('another draft');
      const saved = await signer.call('drafts.save', {
        kind: 'ta.signer',
        id: draft.id,
        revision: draft.revision,
        step: 'review',
        data: {
          ...draft.data,
          fingerprint: (await proxyOf(proxy)).identity.sha256,
          https: TAL.https,
          rsync: TAL.rsync,
        },
      });
      const at = { draft: saved.id, revision: saved.revision };
      const { review } = await signer.call('ta.setupReview', at);
      await signer.result(await signer.call('ta.setUp', { ...at, digest: review.digest }));

      expect(await stateOf(signer, 'proxy-id.json')).toMatch(/^done: .*enrolled proxy/);
      expect(await writeDue(signer)).toEqual(['signer-info.json']);
      expect(await stateOf(proxy, 'signer-info.json')).toMatch(/^expected: /);
      const info = await open(proxy, 'signer-info.json');
      expect(info.opens).toBe('signer-info');
      const fingerprint = (await signerOf(signer)).identity.sha256;
      await proxy.result(await proxy.call('ta.associate', { id: info.id, fingerprint }));
      expect(await stateOf(proxy, 'signer-info.json')).toMatch(/^done: /);

      for (const round of [1, 2]) {
        station.later(60_000);
        await proxy.result(await proxy.call('ta.makeRequest', { ask: false }));
        expect(await writeDue(proxy, round === 2)).toEqual(['request.json']);
        expect(await stateOf(signer, 'request.json')).toMatch(/^expected: /);
        await answer();
        expect(await stateOf(signer, 'request.json')).toMatch(
          /^stale: It was answered on 2026-11-24 .* with response/,
        );
        expect(await writeDue(signer, round === 2)).toContain('response.json');
        expect(await stateOf(signer, 'response.json')).toMatch(/^own: Response/);
        proxy.clock.advance(60_000);
        expect(await stateOf(proxy, 'response.json')).toMatch(/^expected: /);
        const response = await open(proxy, 'response.json');
        const view = await proxy.call('ta.responseReview', { id: response.id });
        expect(view.canPublish).toBe(true);
        await proxy.result(await proxy.call('ta.takeResponse', { id: response.id }));
        expect(await stateOf(proxy, 'response.json')).toMatch(/^done: It was taken on/);
        expect(await stateOf(proxy, 'request.json')).toMatch(/^done: Its response was taken on/);
      }
      expect((await proxy.call('ta.sticks', {})).offers).toEqual([]);
      expect((await proxyOf(proxy)).signer?.number).toBe('3');
    },
  );

  test('what was handed out is known after a lock, by its hash; after a reissue signer-info.json is due again', async () => {
    await associated(proxy, signer, publishedBy(proxy));
    await proxy.result(await proxy.call('ta.makeRequest', { ask: false }));
    const handedOut = async (app: TestApp): Promise<string[]> =>
      (await app.call('ta.handedOut', {})).files.map(({ order }) => order.what);
    expect(await handedOut(proxy)).toEqual([]);
    await write(proxy, REQUEST);
    expect(await handedOut(proxy)).toEqual(['request']);
    for (const app of [proxy, signer]) await app.later(30 * 60_000);
    expect(await handedOut(proxy)).toEqual(['request']);
    station.later(60_000);
    await answer();
    expect(await handedOut(signer)).toEqual([]);
    expect(await writeDue(signer)).toContain('response.json');
    expect(await handedOut(signer)).toContain('response');

    await write(signer, SIGNER_INFO, true);
    station.later(60_000);
    const { job } = await signer.call('ta.reissue', {
      https: [TAL.https],
      rsync: TAL.rsync,
      notify: null,
      years: 100,
    });
    await signer.result({ job });
    expect(await handedOut(signer)).not.toContain('signer-info');
    expect(await stateOf(signer, 'signer-info.json')).toMatch(
      /^stale: What this signer was with its TA certificate of 2026-11-24 12:00 Z; the present one is of 2026-11-24 12:\d\d Z \(ta_cert_details\.cert\)\. Write it once more\./,
    );
    station.put('signer-info.json.bak-2026-11-24T12-00-00-000Z', 'x');
    expect(await stateOf(signer, 'signer-info.json.bak-2026-11-24T12-00-00-000Z')).toMatch(/^done: /);
    station.put('holiday.jpg.bak-2026-11-24T12-00-00-000Z', 'x');
    expect(await stateOf(signer, 'holiday.jpg.bak-2026-11-24T12-00-00-000Z')).toMatch(/^unexpected: /);
    expect(await writeDue(signer, true)).toEqual(['signer-info.json', 'response.json']);
    expect(await handedOut(signer)).toEqual(['signer-info', 'response']);
  });

  test('every file that is read or written is on record with its hash; what was refused as well', async () => {
    await associated(proxy, signer, publishedBy(proxy));
    const request = await makeRequest(proxy);
    const written = await write(proxy, REQUEST);
    expect(written).toMatchObject({ name: 'request.json', sha256: sha256Hex(request), already: false });
    expect(readFileSync(join(station.place, 'request.json'))).toEqual(request);
    expect(await lastAudit(proxy)).toMatchObject({
      action: 'ta.stickWrite',
      outcome: 'done',
      summary: expect.stringMatching(/^Wrote request\.json on the stick TA-STICK; read back/),
      subjects: [{ type: 'request', sha256: sha256Hex(request) }],
    });
    signer.clock.advance(60_000);
    const listed = await signer.call('ta.sticks', {});
    expect(JSON.stringify(listed)).not.toContain(sha256Hex(request));
    await open(signer, 'request.json');
    expect(await lastAudit(signer)).toMatchObject({
      action: 'ta.stickOpen',
      outcome: 'done',
      // Its digits are asked for at the review, and read from the proxy's screen alone.
      subjects: [{ type: 'request', id: 'request.json', sha256: null }],
    });
    station.put('ta.tal', 'not one');
    await expect(open(signer, 'ta.tal')).rejects.toMatchObject({ code: 'NOT_ALLOWED_NOW' });
    expect(await lastAudit(signer)).toMatchObject({
      action: 'ta.stickOpen',
      outcome: 'refused',
      subjects: [{ type: 'file', id: 'ta.tal', sha256: sha256Hex(Buffer.from('not one')) }],
    });
  });

  test('a message that is refused on the stick is in the record, a request without its digits; another file is not', async () => {
    await associated(proxy, signer, publishedBy(proxy));
    const request = await makeRequest(proxy);
    const cut = request.subarray(0, -200);
    station.put('request.json', cut);
    expect(await stateOf(signer, 'request.json')).toMatch(/^damaged: /);
    const refused = await refusal(open(signer, 'request.json'));
    expect(refused.code).toBe('NOT_ALLOWED_NOW');
    station.put('ta.tal', 'not one');
    await refusal(open(signer, 'ta.tal'));
    const { rows, total } = await signer.call('ta.recordEvents', {});
    expect(total).toBe(1);
    expect(rows).toMatchObject([
      {
        half: 'signer',
        kind: 'refused',
        says: expect.stringMatching(/request\.json is not opened here/) as string,
        subjects: [{ type: 'request', id: 'request.json', sha256: null }],
      },
    ]);
    expect(JSON.stringify((await signer.call('audit.list', { limit: 5 })).rows)).not.toContain(
      sha256Hex(cut),
    );
    const response = Buffer.from('{"response":{"nonce":"x","content":{}},"signed":{"message":"AAAA"}}');
    station.put('response.json', response);
    await refusal(open(proxy, 'response.json'));
    expect((await proxy.call('ta.recordEvents', {})).rows).toMatchObject([
      { half: 'proxy', kind: 'refused', subjects: [{ type: 'response', sha256: sha256Hex(response) }] },
      { half: 'proxy', kind: 'taken-over' },
    ]);
  });

  test('the same file is found and not written again; one that is done with is replaced, another one asked about', async () => {
    await associated(proxy, signer, publishedBy(proxy));
    await makeRequest(proxy);
    await write(proxy, REQUEST);
    expect(await write(proxy, REQUEST)).toMatchObject({ already: true });
    await proxy.call('ta.cancelRequest', { reason: 'the stick was lost' });
    const second = await makeRequest(proxy);
    // The withdrawn one.
    expect(await write(proxy, REQUEST)).toMatchObject({ already: false });
    expect(readFileSync(join(station.place, 'request.json'))).toEqual(second);
    station.put('request.json', Buffer.from('{"request":"of nobody"}'));
    const question = await refusal(write(proxy, REQUEST));
    expect(question.code).toBe('FILE_EXISTS');
    expect(question.message).toMatch(/another request\.json on the stick TA-STICK\. .*Agree to replace it/);
    expect((await lastAudit(proxy))?.subjects).toEqual([
      { type: 'file', id: 'request.json', sha256: sha256Hex(second) },
    ]);
    await write(proxy, REQUEST, true);
    expect(readFileSync(join(station.place, 'request.json'))).toEqual(second);
    expect(readdirSync(station.place)).toEqual(['request.json']);
    rmSync(join(station.place, 'request.json'));
    mkdirSync(join(station.place, 'request.json'));
    expect((await refusal(write(proxy, REQUEST, true))).message).toMatch(
      /folder or a link called request\.json/,
    );
  });
});
