/** A signer-info.json on a stick beside what is here, by its number: newer, taken, older. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  answeredBy,
  makeRequest,
  openResponse,
  proxyOf,
  signerInfoOf,
} from '../../testing/test-proxy-app.ts';
import { signerOf } from '../../testing/test-signer.ts';
import { open, SLOW, stateOf, testStation, type TestStation } from '../../testing/test-station.ts';

let station: TestStation;
afterEach(() => station.end());

test(
  'a request that was signed although it was withdrawn: its signer-info.json is newer, is taken over with what it changes, and is older later',
  async () => {
    station = testStation();
    const { proxy, signer } = await station.startAssociated();
    const first = await signerInfoOf(signer);
    station.put('signer-info.json', first);
    for (const [app, state] of [
      [proxy, 'done'],
      [signer, 'own'],
    ] as const)
      expect(await stateOf(app, 'signer-info.json')).toMatch(new RegExp(`^${state}: `));
    await answeredBy(proxy, signer, await makeRequest(proxy));
    await proxy.call('ta.cancelRequest', { reason: 'the stick was lost' });
    expect(await stateOf(signer, 'signer-info.json')).toMatch(
      /^stale: Older than this signer: it has number 1 .* the signer is at 2\. Write it once more/,
    );
    station.put('signer-info.json', await signerInfoOf(signer));
    expect(await stateOf(proxy, 'signer-info.json')).toMatch(
      /^expected: Newer than what is here: it has number 2 .*, and 1 is known\. Take it over/,
    );
    const { id } = await open(proxy, 'signer-info.json');
    const view = await proxy.call('ta.signerInfo', { id });
    expect(view).toMatchObject({
      known: true,
      faults: [],
      changes: [{ what: 'Manifest number', before: '1', after: '2' }],
    });
    await proxy.result(
      await proxy.call('ta.associate', { id, fingerprint: (await signerOf(signer)).identity.sha256 }),
    );
    const { signer: known, warnings } = await proxyOf(proxy);
    expect(known).toMatchObject({ number: '1', shown: '2' });
    expect(warnings.map(({ text }) => text).join()).toMatch(
      /is at number 2, .*published with the next response/,
    );
    expect(await stateOf(proxy, 'signer-info.json')).toMatch(/^done: /);
    const again = await open(proxy, 'signer-info.json');
    expect(await proxy.call('ta.signerInfo', { id: again.id })).toMatchObject({ known: true, changes: [] });
    station.put('signer-info.json', first);
    expect(await stateOf(proxy, 'signer-info.json')).toMatch(
      /^stale: Older than what is here: it has number 1 .*, and 2 is known\./,
    );
    // What was shown is not skipped.
    const response = await answeredBy(proxy, signer, await makeRequest(proxy));
    const review = await openResponse(proxy, response);
    expect(review.view).toMatchObject({ canPublish: true, unusual: [], number: { before: '1', after: '3' } });
    expect(readFileSync(join(station.place, 'signer-info.json'))).toEqual(first);
  },
  SLOW,
);
