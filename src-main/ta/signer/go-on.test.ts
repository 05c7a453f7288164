/** A clock that was ahead: what was signed with it locks nobody in. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import {
  answeredBy,
  associate,
  associated,
  associatedHalves,
  associateWith,
  endHalves,
  makeRequest,
  openResponse,
  proxyOf,
  signerInfoOf,
  take,
  TAL,
} from '../../testing/test-proxy-app.ts';
import { addLocal, localOf } from '../../testing/test-service.ts';
import { approve, dateOf, exportTo, groupsOf, openRequest, signerOf } from '../../testing/test-signer.ts';

const DAY_MS = 86_400_000;
const LONG = 120_000;

let proxy: TestApp;
let signer: TestApp;
beforeEach(async () => {
  // The time of the machine: local children make their objects by it.
  ({ proxy, signer } = await associatedHalves({ live: true }));
});
afterEach(endHalves);

const lastAudit = async (app: TestApp) => (await app.call('audit.list', { limit: 1 })).rows[0];
const goOn = async (today = dateOf(signer)) => signer.result(await signer.call('ta.goOn', { today }));
const tick = (ms: number): void => {
  signer.clock.advance(ms);
  proxy.clock.advance(ms);
};

async function signedAhead(request: Buffer, days: number): Promise<Buffer> {
  const exchange = await approve(signer, request, days * DAY_MS);
  signer.clock.advance(-days * DAY_MS);
  const path = join(signer.folder, 'ahead.json');
  await exportTo(signer, 'response', path, exchange);
  return readFileSync(path);
}

const reissue = async (today: string | null) =>
  signer.call('ta.reissue', { https: [TAL.https], rsync: TAL.rsync, notify: null, years: 100, today });

test(
  'a response that was signed ahead of time is called that at both halves, and the signer goes on from its right clock',
  { timeout: LONG },
  async () => {
    await addLocal(proxy, 'online');
    tick(60_000);
    const request = await makeRequest(proxy);
    const ahead = await signedAhead(request, 12);

    const early = await openResponse(proxy, ahead);
    expect(early.view.verdict.title).toMatch(
      /^Do not publish yet: this response is from the future, signed at /,
    );
    expect(early.view.advice).toMatch(/can be taken from .* on; to go on sooner.*“Go on from this clock…”/);

    const locked = await signerOf(signer);
    expect(locked).toMatchObject({ mayGoOn: true, warnings: [{ severity: 'bad' }] });
    expect(locked.warnings[0]?.text).toMatch(
      /^The last exchange or reissue here was signed at .*, and this machine says .*If this clock is behind, set it\. If it was ahead then, wait until .*, or press “Go on from this clock…”/,
    );
    const { attention } = await signer.call('overview.get', {});
    expect(attention[0]).toMatchObject({ subject: 'Trust anchor', severity: 'bad' });
    await expect(reissue(dateOf(signer))).rejects.toThrow(/If this clock is behind, set it/);

    // Only with today's date, read elsewhere.
    await expect(goOn('2019-12-31')).rejects.toThrow(/This machine says .*, which is not 2019-12-31/);
    expect(await lastAudit(signer)).toMatchObject({ action: 'ta.goOn', outcome: 'refused' });
    await goOn();
    expect(await lastAudit(signer)).toMatchObject({ action: 'ta.goOn', outcome: 'done' });
    const free = await signerOf(signer);
    expect(free).toMatchObject({
      number: '3',
      aheadUntil: null,
      mayGoOn: false,
      sinceExchange: true,
      newCertificate: false,
      warnings: [],
    });
    expect(Date.parse(free.issued[0]?.notAfter ?? '')).toBeLessThan(
      signer.clock.now().getTime() + 53 * 7 * DAY_MS,
    );
    await expect(goOn()).rejects.toThrow(/Nothing here was signed ahead/);

    // The proxy never took what was of the future: the same request is answered again.
    tick(60_000);
    const { view } = await openRequest(signer, request);
    expect(view.unusual[0]).toMatch(/answered this nonce before, by a clock that was ahead/);
    expect(view.verdict.checks).toContainEqual({ ok: false, text: 'its nonce was answered before' });
    const response = await answeredBy(proxy, signer, request, 0);
    const { view: good } = await openResponse(proxy, response);
    expect(good.faults).toEqual([]);
    await take(proxy, response);
    expect(await proxyOf(proxy)).toMatchObject({ signer: { number: '4' }, open: null });
    expect(await localOf(proxy, 'online')).toMatchObject({ step: 'running' });
    const { rows } = await signer.call('ta.exchanges', { half: 'signer' });
    const opened = await Promise.all(rows.map(({ id }) => signer.call('ta.exchange', { id })));
    expect(opened.map(({ row, holds }) => [row.number, holds])).toEqual([
      ['4', true],
      ['2', true],
    ]);
  },
);

test(
  'a reissue ahead of time: the file is called of the future, and after going on the proxy takes it over',
  { timeout: LONG },
  async () => {
    signer.clock.advance(80 * DAY_MS);
    await expect(reissue(null)).rejects.toThrow(/^Type today's date from another clock/);
    expect((await signerOf(signer)).dateAsked).toMatch(/80 days after the last exchange or reissue here/);
    await signer.result(await reissue(dateOf(signer)));
    signer.clock.advance(-80 * DAY_MS);

    const file = await signerInfoOf(signer);
    const { info } = await proxy.call('ta.openSignerInfo', {
      blob: await proxy.blob('signer-info.json', file, 'transfer'),
    });
    const seen = await proxy.call('ta.signerInfo', { id: info });
    expect(seen.faults).not.toEqual([]);
    expect(Date.parse(seen.early ?? '')).toBeGreaterThan(proxy.clock.now().getTime() + 79 * DAY_MS);

    await goOn();
    const { number, certificate, identity } = await signerOf(signer);
    // Manifest and CRL were of then: they stay.
    expect(number).toBe('1');
    expect(Date.parse(certificate.notBefore)).toBeLessThan(signer.clock.now().getTime());
    tick(1000);
    await associate(proxy, await signerInfoOf(signer), identity.sha256);
    expect((await proxyOf(proxy)).signer?.certificate.sha256).toBe(certificate.sha256);
  },
);

test(
  'both clocks were ahead: what the proxy published then is followed by what is made now, and called unusual',
  { timeout: LONG },
  async () => {
    await addLocal(proxy, 'online');
    tick(20 * DAY_MS);
    const response = await answeredBy(proxy, signer, await makeRequest(proxy));
    await take(proxy, response);
    tick(-20 * DAY_MS);
    await goOn();
    tick(60_000);
    const next = await answeredBy(proxy, signer, await makeRequest(proxy, false));
    const { view } = await openResponse(proxy, next);
    expect(view.faults).toEqual([]);
    expect(view.unusual.join('\n')).toMatch(
      /The last response was made by a clock that was ahead: it is of /,
    );
    await take(proxy, next);
    expect((await proxyOf(proxy)).signer?.number).toBe('4');
    // The child's own objects are of the future, too, by the clock of the proxy's machine.
    const ahead = await localOf(proxy, 'online');
    expect(ahead.aheadUntil).not.toBeNull();
    expect(ahead.warnings[0]?.text).toMatch(/or press “Go on from this clock…” on the page of online/);
    await expect(proxy.call('ta.localGoOn', { handle: 'online', today: '2019-12-31' })).rejects.toThrow(
      /which is not 2019-12-31/,
    );
    expect(await lastAudit(proxy)).toMatchObject({ action: 'ta.localGoOn', outcome: 'refused' });
    await proxy.call('ta.localGoOn', { handle: 'online', today: dateOf(proxy) });
    const { rows: said } = await proxy.call('audit.list', { limit: 2 });
    expect(said.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'ta.publish done',
      'ta.localGoOn done',
    ]);
    const right = await localOf(proxy, 'online');
    expect(right).toMatchObject({ aheadUntil: null, warnings: [] });
    expect(BigInt(right.keys[0]?.number ?? 0)).toBeGreaterThan(BigInt(ahead.keys[0]?.number ?? 0));
    await expect(proxy.call('ta.localGoOn', { handle: 'online', today: dateOf(proxy) })).rejects.toThrow(
      /Nothing of online was signed ahead/,
    );
    // A TA certificate of the future may be followed by one of now, too.
    await associateWith(proxy, signer);
  },
);

test(
  'signing long after the request asks for the date, and refuses another one',
  { timeout: LONG },
  async () => {
    tick(60_000);
    const request = await makeRequest(proxy);
    signer.clock.advance(DAY_MS + 60_000);
    const { id, view } = await openRequest(signer, request);
    expect(view.dateAsked).toMatch(/24 hours after the proxy signed the request/);
    const groups = groupsOf(request, view.groups);
    const order = { id, groups, number: null };
    await expect(signer.call('ta.approve', order)).rejects.toThrow(/^Type today's date/);
    const yesterday = new Date(signer.clock.now().getTime() - DAY_MS).toISOString().slice(0, 10);
    await expect(signer.call('ta.approve', { ...order, today: yesterday })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await signer.result(await signer.call('ta.approve', { ...order, today: dateOf(signer) }));
    const soon = await openRequest(signer, request);
    expect(soon.view.nonce).toMatchObject({ state: 'answered', number: '2' });
  },
);

test(
  'both halves on one machine: the children go on with the signer, by the same date',
  { timeout: LONG },
  async () => {
    const app = await testApp({ live: true });
    try {
      await app.create('online', 'One machine');
      const folder = join(app.folder, 'published');
      mkdirSync(folder);
      await associated(app, app, folder);
      await addLocal(app, 'online');
      app.clock.advance(60_000);
      await take(app, await answeredBy(app, app, await makeRequest(app), 0));
      // Long enough for CRL and manifest to be made anew.
      app.clock.advance(50 * DAY_MS);
      await app.call('ta.localAsk', { handle: null });
      await app.result(
        await app.call('ta.reissue', {
          https: [TAL.https],
          rsync: TAL.rsync,
          notify: null,
          years: 100,
          today: dateOf(app),
        }),
      );
      expect(await localOf(app, 'online')).toMatchObject({ aheadUntil: null });
      app.clock.advance(-50 * DAY_MS);
      expect((await localOf(app, 'online')).aheadUntil).not.toBeNull();
      await app.result(await app.call('ta.goOn', { today: dateOf(app) }));
      const { rows } = await app.call('audit.list', { limit: 3 });
      expect(rows.map(({ action }) => action)).toEqual(['ta.publish', 'ta.localGoOn', 'ta.goOn']);
      expect(await localOf(app, 'online')).toMatchObject({ aheadUntil: null, warnings: [] });
    } finally {
      await app.remove();
    }
  },
);
