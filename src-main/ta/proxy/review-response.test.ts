import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import {
  answeredBy,
  associatedHalves,
  endHalves,
  makeRequest,
  openResponse,
  proxyOf,
  take,
} from '../../testing/test-proxy-app.ts';

let proxy: TestApp;
let signer: TestApp;
beforeEach(async () => {
  ({ proxy, signer } = await associatedHalves({ live: true }));
});
afterEach(endHalves);

test('an edited response is named with its place, shown as it was signed, and wanted again as it was', async () => {
  const response = await answeredBy(proxy, signer, await makeRequest(proxy));
  const edited = Buffer.from(response.toString('utf8').replace(/"number": 2\b/, '"number": 999'));
  expect(edited.equals(response)).toBe(false);
  const { view } = await openResponse(proxy, edited);
  expect(view.verdict).toMatchObject({
    severity: 'bad',
    title: 'Do not publish: this file is damaged. Copy it again; below is what the signer signed',
  });
  expect(view.faults.map(({ text }) => text)).toEqual([
    'the clear text differs from what was signed, at response.objects.revision.number: the file was edited or damaged on its way; copy it again from where it was made',
  ]);
  expect(view).toMatchObject({ number: { before: '1', after: '2' }, canPublish: false });
  await take(proxy, response);
});

test('a response that came too late says so', async () => {
  const response = await answeredBy(proxy, signer, await makeRequest(proxy));
  proxy.clock.advance(20 * 86_400_000);
  const { view } = await openResponse(proxy, response);
  expect(view.verdict.title).toMatch(/^Do not publish: this response ended on 20\d\d-/);
  expect(view.canPublish).toBe(false);
});

test('a response to another request is not called an answer to the open one, and not measured by it', async () => {
  const old = await answeredBy(proxy, signer, await makeRequest(proxy));
  await take(proxy, old);
  const late = await makeRequest(proxy);
  const signedLate = await answeredBy(proxy, signer, late);
  await proxy.call('ta.cancelRequest', { reason: 'the stick was lost' });
  await makeRequest(proxy);
  const nonce = (await proxyOf(proxy)).open?.nonce ?? 'none';
  const verdictOf = async (bytes: Buffer) => (await openResponse(proxy, bytes)).view;
  for (const [bytes, title] of [
    [old, /^Do not publish: this response was already processed/],
    [signedLate, /^Do not publish: this response answers the request .* which was withdrawn/],
  ] as const) {
    const view = await verdictOf(bytes);
    expect(view.verdict.title).toMatch(title);
    expect(view.verdict.checks.at(-1)).toEqual({ ok: false, text: `answers the open request ${nonce}` });
    expect(view).toMatchObject({ answersOpen: false, answers: [], unusual: [], canPublish: false });
  }
  // A message that cannot be opened answers nothing, and fails nothing.
  const spoilt = Buffer.from(signedLate.toString('utf8').replace(/"(?=MII)/, '"AAAA'));
  const unread = await verdictOf(spoilt);
  expect(unread.verdict.checks.at(-1)?.ok).toBeNull();
  expect(unread).toMatchObject({ answersOpen: false, answers: [] });
});
