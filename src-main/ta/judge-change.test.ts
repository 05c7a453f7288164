import { beforeAll, describe, expect, test } from 'vitest';
import { writeJson } from '../lib/json-reader.ts';
import { testKey } from '../testing/test-proxy.ts';
import { objectsJson } from './objects.ts';
import { ALL_RESOURCES } from './signer/make-trust-anchor.ts';
import {
  type Altered,
  type Clear,
  START,
  asking,
  certificate,
  instead,
  issuance,
  judged,
  makeWorld,
  place,
  respond,
  revocation,
  world,
} from '../testing/response-world.ts';

beforeAll(makeWorld);

const asBefore = () => [...world.anchor.objects.revocations];

describe('validly signed, and something nobody asked for', () => {
  const cases: [
    name: string,
    fault: RegExp,
    wish: () => Promise<Record<string, unknown>>,
    altered: () => Altered,
  ][] = [
    [
      'a revocation that never reaches the CRL',
      /not on the CRL/,
      async () => ({ [world.rolled.keyId]: revocation(world.rolled) }),
      () => ({ revocations: asBefore }),
    ],
    [
      'a renewal that leaves the former certificate good',
      /not on the CRL/,
      async () => ({ [world.kept.keyId]: await issuance(world.kept) }),
      () => ({ revocations: asBefore }),
    ],
    [
      'an earlier revocation that is taken back',
      /not on the CRL/,
      async () => ({}),
      () => ({ revocations: () => [] }),
    ],
    [
      'a CRL that holds more than the list beside it',
      /another list/,
      async () => ({}),
      () => ({ clear: (clear) => (clear.objects['revocations'] = []) }),
    ],
    [
      'another certificate in the place of one in use',
      /nobody asked/,
      async () => ({}),
      () =>
        instead(world.kept, () => certificate(world.kept, { resources: ALL_RESOURCES, at: place('evil') })),
    ],
    [
      'the same, with the former one on the CRL',
      /nobody asked/,
      async () => ({}),
      () => ({
        request: asking({ [world.kept.keyId]: world.renewal }),
        clear: (clear) => (clear.child_responses = {}),
      }),
    ],
    [
      'a certificate that is gone',
      /nobody asked/,
      async () => ({}),
      () => ({
        request: asking({ [world.kept.keyId]: revocation(world.kept) }),
        clear: (clear) => (clear.child_responses = {}),
      }),
    ],
    [
      'a wish that is answered with an error, and done',
      /nobody asked/,
      async () => ({ [world.kept.keyId]: revocation(world.kept) }),
      () => ({ clear: (clear) => (clear.child_responses = { a: { [world.kept.keyId]: 'Error' } }) }),
    ],
    [
      'no answer',
      /no answer/,
      async () => ({ [world.kept.keyId]: revocation(world.kept) }),
      () => ({ clear: (clear) => (clear.child_responses = {}) }),
    ],
    [
      'an answer to nothing',
      /answer to nothing/,
      async () => ({}),
      () => ({ request: asking({ [world.kept.keyId]: revocation(world.kept) }) }),
    ],
    ['a lower number', /not above the last one/, async () => ({}), () => ({ number: 2n })],
    [
      'a time that is not later',
      /not later than the last/,
      async () => ({}),
      () => ({ now: new Date(START + 120_000) }),
    ],
    ['another signer', /./, async () => ({}), () => ({ identity: testKey() })],
    [
      'a file that is missing',
      /manifest does not list exactly what is there/,
      async () => ({}),
      () => ({
        clear: (clear) => delete (clear.objects['issued'] as Record<string, unknown>)[world.kept.keyId],
      }),
    ],
    [
      'a file too many',
      /manifest does not list exactly what is there/,
      async () => ({ [world.asked.keyId]: await issuance(world.asked) }),
      () => ({
        clear: (clear, objects) => {
          clear.objects['manifest'] = (
            JSON.parse(writeJson(objectsJson(world.anchor.objects))) as typeof clear.objects
          )['manifest'];
          expect(objects.manifest).not.toEqual(world.anchor.objects.manifest);
        },
      }),
    ],
    ['a CRL of another key', /The CRL/, async () => ({}), () => ({ ta: testKey() })],
    [
      'another base',
      /published in another place/,
      async () => ({}),
      () => ({ clear: (clear) => (clear.objects['base_uri'] = 'rsync://evil.example.org/repo/') }),
    ],
    [
      'another trust anchor key',
      /another trust anchor key/,
      async () => ({}),
      () => ({ clear: (clear) => (clear.objects['key_identifier'] = testKey().keyId) }),
    ],
    [
      'a nonce of another request',
      /it answers the request/,
      async () => ({}),
      () => ({ clear: (clear) => (clear.nonce = 'another') }),
    ],
    [
      'a later time beside the manifest than in it',
      /another time than/,
      async () => ({}),
      () => ({
        clear: (clear) =>
          ((clear.objects['revision'] as Record<string, unknown>)['this_update'] = '2027-03-01T13:00:00Z'),
      }),
    ],
    [
      'another serial number beside a certificate',
      /not what it says: its serial number/,
      async () => ({}),
      () => ({
        clear: (clear) => {
          const issued = clear.objects['issued'] as Record<string, Record<string, unknown>>;
          (issued[world.kept.keyId] ?? {})['serial'] = '1';
        },
      }),
    ],
  ];
  test.each(cases)('%s', async (_, fault, wish, altered) => {
    const request = asking(await wish());
    const faults = judged(await respond(request, altered()), request);
    expect(faults.map(({ text }) => text).join('\n')).toMatch(fault);
  });

  test('what a response that was never taken did is no fault, as long as the CRL tells it and a number is missing', async () => {
    const { kept, rolled, asked, renewal, anchor } = world;
    const unseen = asking({
      [kept.keyId]: renewal,
      [rolled.keyId]: revocation(rolled),
      [asked.keyId]: await issuance(asked),
    });
    const request = asking({});
    const altered = { request: unseen, clear: (clear: Clear) => void (clear.child_responses = {}) };
    const number = anchor.objects.number + 2n;
    expect(judged(await respond(request, { ...altered, number }), request)).toEqual([]);
    const texts = judged(await respond(request, { ...altered, number, revocations: asBefore }), request);
    expect(texts.map(({ text }) => text).join()).toMatch(/not on the CRL/);
  });
});
