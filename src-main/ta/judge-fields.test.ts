/** Responses with one thing altered, judged as if they were validly signed: everything in them is held against something. */
import { beforeAll, expect, test } from 'vitest';
import { readJson } from '../lib/json-reader.ts';
import {
  type Altered,
  asking,
  BASE,
  type Clear,
  certificate,
  inside,
  instead,
  issuance,
  judged,
  makeWorld,
  NOW,
  place,
  respond,
  revocation,
  world,
} from '../testing/response-world.ts';
import { judgeResponseContent } from './judge-response.ts';
import type { CertInfo } from './objects.ts';
import { readSignerInfo } from './signer-info.ts';
import { signerInfoJson } from './signer/trust-anchor.ts';

beforeAll(makeWorld);

type Fields = Record<string, Record<string, unknown>>;
const text = (change: (objects: Fields, clear: Clear) => void): (() => Altered) => {
  return () => ({ clear: (clear) => change(clear.objects as Fields, clear) });
};
const revocations = (objects: Fields) => objects['revocations'] as unknown as Record<string, unknown>[];
const eachIssued = (objects: Fields, change: (info: Record<string, unknown>) => void) =>
  Object.values(objects['issued'] as unknown as Fields).forEach(change);
const of = (part: Record<string, unknown> | undefined) => part ?? {};
const other = (more: Parameters<typeof certificate>[1]) => () =>
  instead(world.asked, () => certificate(world.asked, more));

const cases: [what: string, fault: RegExp, altered: () => Altered][] = [
  ['another CRL number beside it', /CRL has another number/, text((o) => (of(o['crl'])['serial'] = '999'))],
  ['a CRL number in letters', /serial number in digits/, text((o) => (of(o['crl'])['serial'] = 'abc'))],
  [
    'another end of the CRL',
    /CRL is of another time/,
    text((o) => (of(o['crl'])['expires'] = '2099-01-01T00:00:00Z')),
  ],
  ['an end of the CRL that is none', /text is missing/, text((o) => (of(o['crl'])['expires'] = 5))],
  ['a marker', /null is missing/, text((o) => (of(o['crl'])['marker'] = 'x'))],
  [
    'another serial number of the manifest',
    /certificate in the manifest/,
    text((o) => (of(o['manifest'])['serial'] = '1')),
  ],
  [
    'another end of the manifest',
    /manifest is of another time/,
    text((o) => (of(o['manifest'])['expires'] = '2099-01-01T00:00:00Z')),
  ],
  [
    'another date of a revocation',
    /another list/,
    text((o) => (of(revocations(o)[0])['revocation_date'] = '2001-01-01T00:00:00Z')),
  ],
  [
    'an end of a revocation in the past, so that the next response may drop it',
    /ended at another/,
    text((o) => (of(revocations(o)[0])['expires'] = '2001-01-01T00:00:00Z')),
  ],
  ['a revocation twice', /stands twice/, text((o) => revocations(o).push({ ...revocations(o)[0] }))],
  [
    'another subject beside a certificate',
    /its subject/,
    text((o) => eachIssued(o, (info) => (info['subject'] = 'MDMxMTAv'))),
  ],
  [
    'another name beside a certificate',
    /name is not that of the URI/,
    text((o) => eachIssued(o, (info) => (info['name'] = '../../x.cer'))),
  ],
  [
    'another limit beside a certificate',
    /another limit/,
    text((o) => eachIssued(o, (info) => (info['limit'] = { asn: 'AS1' }))),
  ],
  [
    'another resource class',
    /another resource class/,
    text((_, clear) => (inside(clear, world.asked)['class_name'] = 'other')),
  ],
  [
    'two kinds in one answer',
    /one kind of answer/,
    text((_, clear) =>
      Object.assign(of(clear.child_responses['a']?.[world.asked.keyId] as Record<string, unknown>), {
        Revocation: { class_name: 'default', key: world.asked.keyId },
      }),
    ),
  ],
  [
    'another place of the TA certificate',
    /another place than the TAL/,
    text(
      (_, clear) => (of(inside(clear, world.asked)['signing_cert'] as never)['url'] = 'rsync://a/b/ta.cer'),
    ),
  ],
  [
    'a TA certificate whose signature is broken',
    /signing certificate does not hold/,
    text((_, clear) => {
      const signing = of(inside(clear, world.asked)['signing_cert'] as never);
      const der = Buffer.from(signing['cert'] as string, 'base64');
      der.set([(der.at(-1) ?? 0) ^ 1], der.length - 1);
      signing['cert'] = der.toString('base64');
    }),
  ],
  [
    'a child that asked nothing',
    /child that asked nothing/,
    text((_, clear) => (clear.child_responses['b'] = {})),
  ],
  ['another CRL in a certificate', /names another CRL/, other({ crl: 'rsync://evil.example.org/x/y.crl' })],
  [
    'another issuer in a certificate',
    /another place of the TA certificate/,
    other({ issuer: 'rsync://evil.example.org/x/y.cer' }),
  ],
  [
    'the serial number of another certificate',
    /serial number of another one/,
    () => other({ serial: world.anchor.objects.issued.get(world.kept.keyId)?.serial ?? 1n })(),
  ],
  [
    'a certificate for a key of nobody',
    /nobody asked for that/,
    () => ({
      async issued(issued: Map<string, CertInfo>) {
        issued.set(world.gone.keyId, await certificate(world.gone, { at: place('gone') }));
      },
    }),
  ],
];

test.each(cases)('%s', async (_, fault, altered) => {
  const request = asking({ [world.asked.keyId]: await issuance(world.asked) });
  const faults = judged(await respond(request, altered()), request);
  expect(faults.map((one) => one.text).join('\n')).toMatch(fault);
});

test('a name without its first letter, as Krill prints it right below the module, is the name', async () => {
  const request = asking({});
  const shortened = text((o) => eachIssued(o, (info) => (info['name'] = String(info['name']).slice(1))));
  expect(BASE.split('/')).toHaveLength(5);
  expect(judged(await respond(request, shortened()), request)).toEqual([]);
});

const JUNK = [null, true, '', 'x', -1, 1.5, [], {}, 'AAAA'];

/** The value with one place in it replaced by `change`. */
function* mutants(value: unknown, path = ''): Generator<[path: string, mutant: unknown]> {
  if (value === null || typeof value !== 'object') return;
  const entries = Object.entries(value);
  const put = (rest: [string, unknown][]) =>
    Array.isArray(value) ? rest.map(([, item]) => item) : Object.fromEntries(rest);
  for (const [at, [name, item]] of entries.entries()) {
    const here = `${path}.${name}`;
    const swapped = (one: unknown) => put(entries.with(at, [name, one]));
    for (const junk of JUNK) if (JSON.stringify(junk) !== JSON.stringify(item)) yield [here, swapped(junk)];
    yield [`${here} taken away`, put(entries.toSpliced(at, 1))];
    if (typeof item === 'number') yield [`${here} + 1`, swapped(item + 1)];
    if (typeof item === 'string') {
      if (/^\d+$/.test(item)) yield [`${here} + 1`, swapped(String(BigInt(item) + 1n))];
      if (/^\d{4}-/.test(item))
        yield [`${here} an hour later`, swapped(new Date(Date.parse(item) + 3_600_000).toISOString())];
      yield [`${here} and more`, swapped(`${item}x`)];
    }
    for (const [where, mutant] of mutants(item, here)) yield [where, swapped(mutant)];
  }
  yield [
    `${path} something more`,
    Array.isArray(value) ? [...(value as unknown[]), (value as unknown[])[0] ?? 1] : { ...value, extra: 1 },
  ];
}

test('nothing in a response can be another thing without a fault', { timeout: 120_000 }, async () => {
  const request = asking({
    [world.asked.keyId]: await issuance(world.asked),
    [world.rolled.keyId]: revocation(world.rolled),
  });
  const file = JSON.parse(Buffer.from(await respond(request, {})).toString()) as { response: unknown };
  const { anchor } = world;
  const state = {
    info: readSignerInfo(signerInfoJson(anchor)),
    previous: anchor.objects,
    request,
  };
  const faultsOf = (clear: unknown) =>
    judgeResponseContent(readJson(Buffer.from(JSON.stringify(clear))), state, NOW).faults;
  expect(faultsOf(file.response)).toEqual([]);
  const accepted: string[] = [];
  let tried = 0;
  for (const [where, mutant] of mutants(file.response)) {
    tried += 1;
    if (faultsOf(mutant).length === 0) accepted.push(where);
  }
  expect(tried).toBeGreaterThan(900);
  expect(accepted).toEqual([]);
});
