/** Two changes of one half that begin from the same state: one is kept, whichever ends first, and the other changes nothing. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';
import {
  answeredBy,
  associatedHalves,
  endHalves,
  makeRequest,
  openResponse,
  proxyOf,
} from '../testing/test-proxy-app.ts';
import { groupsOf, krillFile, openRequest, setUpSigner, signerOf } from '../testing/test-signer.ts';

const BYTES = krillFile('exchanges/x1-issue/request.json');
const FAR = 'rsync://localhost/elsewhere/ta.cer';

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create('offline');
  await setUpSigner(app);
  app.clock.advance(60_000);
});
afterEach(async () => {
  await app.remove();
  await endHalves();
});

/** Begins to sign the request, and answers once its job runs. */
async function signing(): Promise<string> {
  const { id, view } = await openRequest(app, BYTES);
  const groups = groupsOf(BYTES, view.groups);
  return (await app.call('ta.approve', { id, groups, number: null })).job;
}

/** What the signer says has to be one of the two states alone, never a mixture or a state without its exchange. */
async function kept(): Promise<{ exchanges: number; number: string; issued: number; moved: boolean }> {
  const { number, issued, talUris } = await signerOf(app);
  const { total } = await app.call('ta.exchanges', {});
  return { exchanges: total, number, issued: issued.length, moved: talUris.includes(FAR) };
}

test('a response and a reissue: both are signed, one is kept', async () => {
  const approved = await signing();
  const order = { https: ['https://localhost:3900/ta/ta.cer'], rsync: FAR, notify: null, years: 50 };
  const reissued = (await app.call('ta.reissue', order)).job;
  const [response, certificate] = [await app.ended(approved), await app.ended(reissued)];
  expect([response.state, certificate.state].toSorted()).toEqual(['done', 'failed']);
  const failed = response.state === 'failed' ? response : certificate;
  expect(failed.error?.message).toMatch(/^The trust anchor changed meanwhile\. Look at it again/);
  expect(await kept()).toEqual(
    response.state === 'done'
      ? { exchanges: 1, number: '2', issued: 1, moved: false }
      : { exchanges: 0, number: '1', issued: 0, moved: true },
  );
});

test('a response and other times: the times are kept, the response is thrown away', async () => {
  const { timing } = await signerOf(app);
  const { certificateValidityYears: _, ...changeable } = timing;
  const approved = await signing();
  await app.call('ta.setTiming', { timing: { ...changeable, mftNextUpdateWeeks: 4 } });
  const response = await app.ended(approved);
  expect(response).toMatchObject({ state: 'failed', error: { code: 'CONFLICT' } });
  expect((await signerOf(app)).timing.mftNextUpdateWeeks).toBe(4);
  expect(await kept()).toEqual({ exchanges: 0, number: '1', issued: 0, moved: false });
});

test('taking a response and withdrawing its request: one of the two, and never half of both', async () => {
  const { proxy, signer } = await associatedHalves();
  const response = await answeredBy(proxy, signer, await makeRequest(proxy));
  const { id } = await openResponse(proxy, response);
  const [taken, cancelled] = await Promise.all([
    proxy.call('ta.takeResponse', { id }).then(({ job }) => proxy.ended(job)),
    proxy.call('ta.cancelRequest', { reason: 'a slip' }).then(
      () => true,
      () => false,
    ),
  ]);
  expect(taken.state === 'done').toBe(!cancelled);
  const { signer: after, open } = await proxyOf(proxy);
  expect(open).toBeNull();
  expect(after?.number).toBe(cancelled ? '1' : '2');
  expect((await proxy.call('ta.exchanges', {})).total).toBe(cancelled ? 0 : 1);
});
