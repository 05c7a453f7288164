/** An own response on a stick of a signer that was restored from before it: expected, and taken back with the request beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { answeredBy, associatedHalves, endHalves, makeRequest } from '../../testing/test-proxy-app.ts';
import { signerOf } from '../../testing/test-signer.ts';

afterEach(endHalves);

test(
  'from a stick: it is expected, and its request beside it comes along',
  { timeout: 120_000 },
  async () => {
    const { proxy, signer } = await associatedHalves({ live: true });
    const restore = await signer.backup();
    const request = await makeRequest(proxy, false);
    const response = await answeredBy(proxy, signer, request);
    await restore();
    const stick = join(signer.folder, 'stick');
    mkdirSync(stick);
    writeFileSync(join(stick, 'response.json'), response);
    writeFileSync(join(stick, 'request.json'), request);
    signer.places.push(stick);
    const { chosen } = await signer.call('dialogs.folder', { purpose: 'stick' });
    await signer.call('ta.stickFolder', { folder: chosen?.ticket ?? '' });
    const { sticks } = await signer.call('ta.sticks', {});
    const [found] = sticks;
    expect(found?.files.find(({ name }) => name === 'response.json')).toMatchObject({
      state: 'expected',
      opens: 'take-back',
    });
    const { id, opens } = await signer.call('ta.stickOpen', {
      stick: found?.id ?? '',
      name: 'response.json',
    });
    expect(opens).toBe('take-back');
    expect(await signer.call('ta.takeBackReview', { id })).toMatchObject({ number: '2', request: true });
    await signer.result(await signer.call('ta.takeBack', { id }));
    expect(await signerOf(signer)).toMatchObject({ number: '2', missingUpTo: null });
  },
);
