import { beforeAll, describe, expect, test } from 'vitest';
import { testKey } from '../testing/test-proxy.ts';
import { ALL_RESOURCES } from './signer/make-trust-anchor.ts';
import { serialOctets } from './signer/publish.ts';
import {
  type Altered,
  NOW,
  OWN,
  OWN_TEXT,
  asking,
  certificate,
  inside,
  instead,
  issuance,
  judged,
  makeWorld,
  place,
  respond,
  revocation,
  verdict,
  world,
} from '../testing/response-world.ts';

beforeAll(makeWorld);

test('what is right is accepted: issuance, renewal, revocation and nothing at all', async () => {
  const { kept, rolled, asked } = world;
  const wishes = [
    {},
    { [asked.keyId]: await issuance(asked) },
    { [kept.keyId]: await issuance(kept, place('elsewhere'), { asn: 'AS64496' }) },
    { [rolled.keyId]: revocation(rolled), [asked.keyId]: await issuance(asked) },
  ];
  for (const one of wishes) {
    const request = asking(one);
    expect(judged(await respond(request, {}), request)).toEqual([]);
  }
});

describe('validly signed, and not what was asked', () => {
  const EVERYTHING = { resources: ALL_RESOURCES };
  const cases: [name: string, fault: RegExp, altered: () => Altered][] = [
    [
      'a certificate for everything, with the right resources beside it',
      /not the resources it asked for/,
      () => instead(world.asked, () => certificate(world.asked, EVERYTHING)),
    ],
    [
      'fewer resources than it may have',
      /not the resources it asked for/,
      () => ({
        ...instead(world.asked, () => certificate(world.asked, { resources: { ...OWN, asn: [] } })),
      }),
    ],
    [
      'another CRL',
      /names another CRL/,
      () =>
        instead(world.asked, () => certificate(world.asked, { crl: 'rsync://evil.example.org/repo/a.crl' })),
    ],
    [
      'another repository',
      /another place/,
      () => instead(world.asked, () => certificate(world.asked, { at: 'rsync://evil.example.org/repo/' })),
    ],
    [
      'another manifest',
      /another place/,
      () => instead(world.asked, () => certificate(world.asked, { manifest: `${place('a')}other.mft` })),
    ],
    [
      'another notification',
      /another place/,
      () =>
        instead(world.asked, () => certificate(world.asked, { notify: 'https://evil.example.org/n.xml' })),
    ],
    [
      'no notification',
      /another place/,
      () => instead(world.asked, () => certificate(world.asked, { notify: null })),
    ],
    [
      'resources told to the child that are not those of its certificate',
      /not the resources/,
      () => ({ clear: (clear) => (inside(clear, world.asked)['resource_set'] = { ...OWN_TEXT, asn: '' }) }),
    ],
    [
      'another end told to the child',
      /ends at another time/,
      () => ({ clear: (clear) => (inside(clear, world.asked)['not_after'] = '2099-01-01T00:00:00Z') }),
    ],
    [
      'another limit told to the child',
      /another limit/,
      () => ({
        clear: (clear) => {
          const cert = inside(clear, world.asked)['issued_cert'] as Record<string, unknown>;
          cert['req_limit'] = { asn: 'AS1' };
        },
      }),
    ],
    [
      'a certificate for the key of another',
      /./,
      () => ({ issued: async (issued) => void issued.set(world.asked.keyId, await certificate(testKey())) }),
    ],
    [
      'a certificate of another child beside the one that was answered',
      /not the one that is published/,
      () => ({
        issued: async (issued) => void issued.set(world.asked.keyId, await certificate(world.asked)),
      }),
    ],
  ];
  test.each(cases)('%s', async (_, fault, altered) => {
    const request = asking({ [world.asked.keyId]: await issuance(world.asked) });
    const faults = judged(await respond(request, altered()), request);
    expect(faults.map(({ text }) => text).join('\n')).toMatch(fault);
  });
});

test('a wish that was answered with an error is told, and stops nobody from taking the rest', async () => {
  const request = asking({ [world.asked.keyId]: await issuance(world.asked) });
  const bytes = await respond(request, {
    request: asking({}),
    clear: (clear) => (clear.child_responses = { a: { [world.asked.keyId]: 'Error' } }),
  });
  const { faults, questions, failures } = verdict(bytes, request);
  expect([faults, questions]).toEqual([[], []]);
  expect(failures).toEqual([expect.stringMatching(/^a, key .*answered with an error/)]);
});

test('a manifest whose own certificate is revoked is refused, also when numbers were left out', async () => {
  const request = asking({});
  const serial = 12_345n;
  const expires = new Date(NOW.getTime() + 1e9).toISOString();
  const bytes = await respond(request, {
    number: world.anchor.objects.number + 5n,
    serial: () => serialOctets(serial),
    revocations: (all) => [...all, { serial, revokedAt: NOW.toISOString(), expires }],
  });
  expect(judged(bytes, request).map(({ text }) => text)).toEqual([
    'the certificate in the manifest is revoked',
  ]);
});
