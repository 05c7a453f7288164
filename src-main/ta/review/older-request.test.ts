/** A request that was withdrawn before another one was answered, and that the signer never saw. */
import { afterEach, expect, test } from 'vitest';
import { makeRequest, take, answeredBy } from '../../testing/test-proxy-app.ts';
import { approve, openRequest } from '../../testing/test-signer.ts';
import { SLOW, stateOf, testStation, type TestStation } from '../../testing/test-station.ts';

let station: TestStation;
afterEach(() => station.end());

test(
  'it is unusual by name, in the verdict and on the station, and may still be signed',
  async () => {
    station = testStation();
    const { proxy, signer } = await station.startAssociated();
    station.later(60_000);
    const withdrawn = await makeRequest(proxy);
    await proxy.call('ta.cancelRequest', { reason: 'another one is made' });
    station.later(60_000);
    const next = await makeRequest(proxy);
    expect((await openRequest(signer, withdrawn)).view.unusual).toEqual([]);
    await take(proxy, await answeredBy(proxy, signer, next));
    station.later(60_000);
    station.put('request.json', withdrawn);
    expect(await stateOf(signer, 'request.json')).toMatch(
      /^stale: Older than the request answered last, which response 2 answered .*must have withdrawn it/,
    );
    const { view } = await openRequest(signer, withdrawn);
    expect(view.unusual).toEqual([
      expect.stringMatching(/^It is older than the request answered last: signed .*and response 2 answered/),
    ]);
    expect(view.verdict).toMatchObject({ severity: 'careful' });
    expect(view).toMatchObject({ faults: [], canSign: true });
    // An answered one is called that, and nothing else.
    expect((await openRequest(signer, next)).view.unusual).toEqual([]);
    await approve(signer, withdrawn);
  },
  SLOW,
);
