import { beforeAll, describe, expect, test } from 'vitest';
import type { ResponseReview } from '#shared/contract/ta-proxy.ts';
import { testKey, type TestKey } from '../testing/test-proxy.ts';
import { type Request } from './documents.ts';
import { reviewResponse } from './proxy/review-response.ts';
import type { ProxyChild, ProxyState } from './proxy/proxy-state.ts';
import { signedFile } from './signed-file.ts';
import { DEFAULT_TIMING } from './signer/trust-anchor.ts';
import {
  NOW,
  OWN,
  START,
  asking,
  clearTexts,
  issuance,
  OWN_TEXT,
  makeWorld,
  place,
  respond,
  revocation,
  world,
} from '../testing/response-world.ts';

beforeAll(makeWorld);

describe('right, and unusual for the proxy', () => {
  /** What its operator is told. */
  async function told(
    request: Request,
    bytes: Uint8Array,
    usedKeys: [TestKey, 'in-use' | 'revoked'][],
  ): Promise<{ unusual: string[]; faults: string[]; view: ResponseReview }> {
    const { anchor, signing } = world;
    const child: ProxyChild = {
      handle: 'a',
      identity: anchor.proxy,
      resources: OWN,
      leaving: false,
      usedKeys: new Map(usedKeys.map(([{ keyId: id }, use]) => [id, use])),
      openRequests: new Map(),
      openResponses: new Map(),
      lastContactAt: null,
      lastSignedAt: null,
      lastDigests: [],
    };
    const clear = clearTexts.get(request.nonce) ?? null;
    const file = await signedFile('request', clear, signing, { now: NOW, days: 14 });
    const at = NOW.toISOString();
    const state: ProxyState = {
      identity: anchor.proxy,
      timing: DEFAULT_TIMING,
      repository: null,
      signer: anchor,
      children: new Map([['a', child]]),
      open: { nonce: request.nonce, madeAt: at, goodUntil: at, file },
      cancelled: [],
      revoking: [],
      shown: null,
      published: null,
      out: new Map(),
    };
    const knowing = { state, past: [], highest: 0n, nonceTaken: () => Promise.resolve(false) };
    const { view } = await reviewResponse(knowing, { name: 'response.json', bytes }, NOW);
    return { view, unusual: view.unusual, faults: view.faults.map(({ text }) => text) };
  }

  test('the next one within the same second', async () => {
    const request = asking({});
    const used: Parameters<typeof told>[2] = [
      [world.kept, 'in-use'],
      [world.rolled, 'in-use'],
    ];
    const { unusual, faults } = await told(
      request,
      await respond(request, { now: new Date(START + 120_000 + 500) }),
      used,
    );
    expect(faults).toEqual([]);
    expect(unusual).toEqual([expect.stringMatching(/same second as the last one/)]);
    const later = await respond(request, { now: new Date(START + 121_000) });
    expect((await told(request, later, used)).unusual).toEqual([]);
  });

  test('certificates that a response that was never taken made: another one in its place, one again, one of nobody', async () => {
    const { kept, rolled, asked: stranger, anchor } = world;
    const again = testKey();
    const request = asking({});
    const bytes = await respond(request, {
      number: anchor.objects.number + 2n,
      request: asking({
        [kept.keyId]: await issuance(kept, place('elsewhere')),
        [again.keyId]: await issuance(again),
        [stranger.keyId]: await issuance(stranger),
      }),
      clear: (clear) => void (clear.child_responses = {}),
    });
    const { unusual, faults } = await told(request, bytes, [
      [kept, 'in-use'],
      [rolled, 'in-use'],
      [again, 'revoked'],
    ]);
    expect(faults).toEqual([]);
    const [skipped, ...others] = unusual;
    expect(skipped).toMatch(/skipped 1 number/);
    expect(others.toSorted()).toEqual([
      expect.stringMatching(`certificate for key ${stranger.keyId.slice(0, 8)}…, which no child here has`),
      expect.stringMatching(`^a: key ${kept.keyId.slice(0, 8)}… has another certificate.*AS64496.*elsewhere`),
      expect.stringMatching(`^a: there is a certificate for key ${again.keyId.slice(0, 8)}…`),
    ]);
  });

  test('each child before and after: resources as sets of its certificates, what it loses by name, what became of each wish', async () => {
    const { kept, rolled, asked } = world;
    const less = { ...OWN_TEXT, ipv4: '192.0.2.0/25' };
    const request = asking(
      {
        [kept.keyId]: await issuance(kept),
        [rolled.keyId]: revocation(rolled),
        [asked.keyId]: await issuance(asked),
      },
      less,
    );
    const { view, unusual, faults } = await told(request, await respond(request, {}), [
      [kept, 'in-use'],
      [rolled, 'in-use'],
      [asked, 'revoked'],
    ]);
    expect(faults).toEqual([]);
    expect(unusual).toEqual(['a loses resources: 192.0.2.128/25.']);
    expect(view).toMatchObject({
      certificates: { before: '2', after: '2' },
      revoked: { before: '1', after: '3' },
      children: [
        {
          handle: 'a',
          known: true,
          asn: { kept: ['AS64496'], added: [], removed: [] },
          ipv4: { kept: ['192.0.2.0/25'], added: [], removed: ['192.0.2.128/25'] },
        },
      ],
    });
    const wishes = new Map(view.children[0]?.wishes.map((wish) => [wish.keyId, wish]));
    expect(wishes.get(kept.keyId)).toMatchObject({ what: 'renew', problems: [] });
    expect(wishes.get(rolled.keyId)).toMatchObject({ what: 'revoke', validUntil: null });
    expect(wishes.get(asked.keyId)).toMatchObject({ what: 'rekey', before: null });
    expect(Date.parse(wishes.get(asked.keyId)?.validUntil ?? '')).toBeGreaterThan(NOW.getTime());

    const left = await respond(request, {
      clear: (clear) => void delete clear.child_responses['a']?.[asked.keyId],
    });
    const missing = (await told(request, left, [[kept, 'in-use']])).view;
    expect(missing.canPublish).toBe(false);
    expect(missing.children[0]?.wishes.find(({ keyId }) => keyId === asked.keyId)?.problems).toEqual([
      { text: 'the signer did not answer it', clause: 'Krill’s exchange format' },
    ]);
  });
});
