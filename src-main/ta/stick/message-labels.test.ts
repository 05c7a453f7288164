/** A request and a response on a stick after a rejection, and after a clock that was ahead. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeRequest } from '../../testing/test-proxy-app.ts';
import { approve, dateOf, exportTo, openRequest, signerOf } from '../../testing/test-signer.ts';
import { open, SLOW, stateOf, testStation, type TestStation } from '../../testing/test-station.ts';

const DAY_MS = 86_400_000;

let station: TestStation;
afterEach(() => station.end());

test(
  'a rejected request is called that with date and reason, and can still be looked at',
  async () => {
    station = testStation();
    const { proxy, signer } = await station.startAssociated();
    station.later(60_000);
    const request = await makeRequest(proxy);
    station.put('request.json', request);
    signer.clock.advance(60_000);
    expect(await stateOf(signer, 'request.json')).toMatch(/^expected: /);
    const { id } = await openRequest(signer, request);
    await signer.call('ta.reject', { id, reason: 'It was withdrawn by telephone.' });
    expect(await stateOf(signer, 'request.json')).toMatch(
      /^stale: It was rejected here on \S+ \S+ Z, because: It was withdrawn by telephone\. Wait for the next request/,
    );
    expect(await open(signer, 'request.json')).toMatchObject({ opens: 'review' });
  },
  SLOW,
);

test(
  'of a clock that was ahead: the response waits, and after the signer went on its request is expected again',
  async () => {
    station = testStation();
    const { proxy, signer } = await station.startAssociated();
    station.later(60_000);
    const request = await makeRequest(proxy);
    station.put('request.json', request);
    proxy.clock.advance(60_000);
    // It was idle for so long that it is locked.
    signer.clock.advance(3 * DAY_MS);
    await signer.call('workspace.unlock', { passphrase: 'tundra-Okapi 7 vesper lantern' });
    const exchange = await approve(signer, request);
    await exportTo(signer, 'response', join(station.place, 'response.json'), exchange);
    expect(await stateOf(signer, 'request.json')).toMatch(
      /^stale: It was answered .*offers that response again/,
    );
    expect(await stateOf(proxy, 'response.json')).toMatch(
      /^later: It was signed at .*, and this machine says .*: compare the clocks.*cannot be taken before/,
    );
    signer.clock.advance(60_000 - 3 * DAY_MS);
    await signer.result(await signer.call('ta.goOn', { today: dateOf(signer) }));
    expect((await signerOf(signer)).number).toBe('3');
    expect(await stateOf(signer, 'request.json')).toMatch(
      /^expected: It was answered with response 2 of .*went on without that.*signed once more/,
    );
    expect(await stateOf(signer, 'response.json')).toMatch(/^stale: Response 2 .*went on without it/);
    await exportTo(signer, 'response', join(station.place, 'response.json'), await approve(signer, request));
    expect(await stateOf(signer, 'response.json')).toMatch(/^own: Response 4/);
    expect(await stateOf(signer, 'request.json')).toMatch(/^stale: It was answered on .* with response 4/);
    proxy.clock.advance(120_000);
    expect(await stateOf(proxy, 'response.json')).toMatch(/^expected: /);
    expect(readFileSync(join(station.place, 'request.json'))).toEqual(request);
  },
  SLOW,
);
