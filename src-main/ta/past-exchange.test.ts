/** What the page of an exchange that is done says under "Signing made": out of the response, whatever is set here since. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import {
  answeredBy,
  associatedHalves,
  endHalves,
  makeRequest,
  proxyOf,
  take,
} from '../testing/test-proxy-app.ts';
import { addLocal } from '../testing/test-service.ts';
import {
  approve,
  dateOf,
  groupsOf,
  krillFile,
  openRequest,
  setUpSigner,
  signerOf,
} from '../testing/test-signer.ts';
import { vectorPath } from '../testing/vectors.ts';

const WEEK_MS = 7 * 86_400_000;

const pastOf = async (app: TestApp, id: string) => app.call('ta.exchange', { id });

describe('a signer alone', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp();
    await app.create('offline');
  });
  afterEach(() => app.remove());

  test('dates are those of the response after the times were changed and the certificate was made anew', async () => {
    await setUpSigner(app);
    const { certificate, timing, talUris } = await signerOf(app);
    const { certificateValidityYears: _own, ...times } = timing;
    const id = await approve(app, krillFile('exchanges/x1-issue/request.json'));
    const signedAt = app.clock.now().getTime();
    await app.call('ta.setTiming', {
      timing: { ...times, mftNextUpdateWeeks: 20, issuedCertificateValidityWeeks: 104 },
    });
    app.clock.advance(60_000);
    await app.result(
      await app.call('ta.reissue', {
        https: [talUris[0] ?? ''],
        rsync: talUris.at(-1) ?? '',
        notify: null,
        years: 50,
        today: dateOf(app),
      }),
    );
    const { review, holds } = await pastOf(app, id);
    expect(holds).toBe(true);
    expect(review.outcome).toMatchObject({
      nextUpdate: new Date(signedAt + 12 * WEEK_MS).toISOString(),
      taNotAfter: certificate.notAfter,
      certificates: { before: '0', after: '1' },
    });
    const until = Date.parse(review.children[0]?.wishes[0]?.validUntil ?? '');
    expect(Math.abs(until - (signedAt + 52 * WEEK_MS))).toBeLessThan(60_000);
    expect(review.advisory.filter(({ own }) => own !== null)).toEqual([]);
  });

  test('a chosen number stands there with its reason, and with the number that was before it', async () => {
    await setUpSigner(app);
    app.clock.advance(60_000);
    const bytes = krillFile('exchanges/x1-issue/request.json');
    const { id, view } = await openRequest(app, bytes);
    const number = { value: '10', reason: 'The old signer had reached 9.' };
    const shown = (await app.call('ta.review', { id, number })).outcome;
    expect(shown).toMatchObject({ number: { before: '1', after: '10' }, numberReason: number.reason });
    const exchange = await app.result(
      await app.call('ta.approve', { id, groups: groupsOf(bytes, view.groups), number, today: dateOf(app) }),
    );
    expect((await pastOf(app, exchange)).review.outcome).toMatchObject({
      number: shown.number,
      numberReason: number.reason,
    });
  });

  test('an imported exchange says what krillta signed', async () => {
    app.places.push(vectorPath('krill-ta/krillta-0.14.5-store'));
    const { chosen } = await app.call('dialogs.folder', { purpose: 'open' });
    await app.result(await app.call('ta.importStore', { folder: chosen?.ticket ?? '' }));
    const { rows } = await app.call('ta.exchanges', {});
    const said = await Promise.all(
      rows.map(async ({ id, number }) => {
        const { outcome, children } = (await pastOf(app, id)).review;
        const ends = children.flatMap(({ wishes }) => wishes.flatMap(({ validUntil }) => validUntil ?? []));
        return [number, outcome.nextUpdate.slice(0, 10), ...ends.map((end) => end.slice(0, 10))];
      }),
    );
    // As openssl and the store itself have them.
    expect(said).toContainEqual(['6', '2026-12-24', '2027-06-10']);
    expect(said).toContainEqual(['3', '2026-12-22', '2027-06-08']);
  });
});

describe('two halves', () => {
  afterEach(endHalves);

  test('the proxy too, and both say the numbers that their reviews said', { timeout: 60_000 }, async () => {
    const { proxy, signer } = await associatedHalves({ live: true });
    await addLocal(proxy, 'online');
    const tick = (ms: number): void => {
      signer.clock.advance(ms);
      proxy.clock.advance(ms);
    };
    tick(60_000);
    const request = await makeRequest(proxy);
    // By a clock that was ahead; going on from it takes a number without an exchange.
    await approve(signer, request, 3 * 86_400_000);
    signer.clock.advance(-3 * 86_400_000);
    await signer.result(await signer.call('ta.goOn', { today: dateOf(signer) }));
    tick(60_000);
    expect((await openRequest(signer, request)).view.outcome.number).toEqual({ before: '3', after: '4' });
    const id = await take(proxy, await answeredBy(proxy, signer, request));
    const at = signer.clock.now().getTime();
    const { timing } = await proxyOf(proxy);
    await proxy.call('ta.setProxyTiming', {
      timing: { ...timing, mftNextUpdateWeeks: 20, issuedCertificateValidityWeeks: 104 },
    });
    const [last] = (await signer.call('ta.exchanges', { half: 'signer' })).rows;
    const [atSigner, atProxy] = [await pastOf(signer, last?.id ?? ''), await pastOf(proxy, id)];
    expect(atSigner.review.outcome.number).toEqual({ before: '3', after: '4' });
    expect(atProxy.review.outcome.number).toEqual({ before: '1', after: '4' });
    for (const { review } of [atSigner, atProxy]) {
      expect(Math.abs(Date.parse(review.outcome.nextUpdate) - (at + 12 * WEEK_MS))).toBeLessThan(300_000);
      const until = Date.parse(review.children[0]?.wishes[0]?.validUntil ?? '');
      expect(Math.abs(until - (at + 52 * WEEK_MS))).toBeLessThan(300_000);
    }
  });
});
