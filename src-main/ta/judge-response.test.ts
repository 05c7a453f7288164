import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type JsonValue, readJson, writeJson } from '../lib/json-reader.ts';
import { toJson } from '../lib/json-shape.ts';
import type { Fault } from '../rpki/fault.ts';
import { keyIdName, makeAuthority, makeIdentity, type Sign } from '../rpki/make-certificate.ts';
import { makeCsr } from '../rpki/make-csr.ts';
import { readAsn, readIp } from '../rpki/resource-text.ts';
import type { ResourceSet } from '../rpki/resource-set.ts';
import { testKey, type TestKey } from '../testing/test-proxy.ts';
import { keyId } from '../x509/public-key.ts';
import { readRequest, type Request } from './documents.ts';
import { judgeResponse } from './judge-response.ts';
import { reviewResponse } from './proxy/review-response.ts';
import type { ProxyChild, ProxyState } from './proxy/proxy-state.ts';
import { type CertInfo, objectsJson, type Revocation, type TaObjects } from './objects.ts';
import { signedFile } from './signed-file.ts';
import { readSignerInfo } from './signer-info.ts';
import { answer } from './signer/answer.ts';
import { ALL_RESOURCES, makeTrustAnchor } from './signer/make-trust-anchor.ts';
import { publish, serialOf } from './signer/publish.ts';
import type { Signing } from './signer/signing.ts';
import { DEFAULT_TIMING, signerInfoJson, type TrustAnchor } from './signer/trust-anchor.ts';

/** Everything the real signer's keys can sign, and what the proxy asked it. */
interface World {
  anchor: TrustAnchor;
  signing: Signing;
  /** Keys of the child "a" that have a certificate, and one that is asked for. */
  kept: TestKey;
  rolled: TestKey;
  asked: TestKey;
  /** A wish for `kept` again. */
  renewal: Awaited<ReturnType<typeof issuance>>;
}

const BASE = 'rsync://rpki.example.net/repo/';
const NOTIFY = 'https://rpki.example.net/rrdp/notification.xml';
const START = Date.parse('2027-03-01T12:00:00.250Z');
const OWN: ResourceSet = { asn: readAsn('AS64496'), ipv4: readIp('192.0.2.0/24', 'ipv4'), ipv6: [] };
const OWN_TEXT = { asn: 'AS64496', ipv4: '192.0.2.0/24', ipv6: '' };

function signingWith(ta: Sign, identity: TestKey): Signing {
  return {
    ta: { certificate: ta, crl: ta },
    identity: { keyId: identity.keyId, certificate: identity.sign, crl: identity.sign },
    oneOff: (use) => use(testKey()),
    serial: () => Uint8Array.from([0x40, ...randomBytes(19)]),
  };
}

const place = (name: string) => `rsync://child.example.net/repo/${name}/`;

async function issuance(key: TestKey, at = place('a'), limit: Record<string, string> = {}) {
  const csr = await makeCsr(
    key,
    { repository: at, manifest: `${at}${key.keyId}.mft`, notify: NOTIFY },
    key.sign,
  );
  return { Issuance: { class_name: 'default', limit, csr: Buffer.from(csr).toString('base64') } };
}

const revocation = (key: TestKey) => ({ Revocation: { class_name: 'default', key: key.keyId } });

let nonces = 0;
/** Clear texts by nonce. */
const clearTexts = new Map<string, JsonValue>();
function asking(wishes: Record<string, unknown>): Request {
  nonces += 1;
  const value = toJson({
    nonce: `nonce ${nonces}`,
    child_requests: [{ child: 'a', resources: OWN_TEXT, requests: wishes as Record<string, never> }],
  });
  const request = readRequest(value, 'request');
  clearTexts.set(request.nonce, value);
  return request;
}

let world: World;
beforeAll(async () => {
  const [ta, identity, proxy] = [testKey(), testKey(), testKey()];
  const [kept, rolled, asked] = [testKey(), testKey(), testKey()];
  const signing = signingWith(ta.sign, identity);
  const now = new Date(START);
  const validity = { notBefore: now, notAfter: new Date(START + 1e12) };
  const anchor = await makeTrustAnchor(
    {
      now,
      spkiDer: ta.spkiDer,
      repository: { base: BASE, notify: NOTIFY },
      tal: { https: ['https://rpki.example.net/ta/ta.cer'], rsync: 'rsync://rpki.example.net/ta/ta.cer' },
      identitySpki: identity.spkiDer,
      proxy: {
        spkiDer: proxy.spkiDer,
        certificateDer: await makeIdentity({ ...proxy, validity }, proxy.sign),
        keyId: keyId(proxy.spkiDer),
      },
      timing: DEFAULT_TIMING,
      number: 1n,
    },
    signing,
  );
  // Two certificates, and a third key whose certificate is on the CRL already.
  const gone = testKey();
  const steps = [
    {
      [kept.keyId]: await issuance(kept),
      [rolled.keyId]: await issuance(rolled),
      [gone.keyId]: await issuance(gone),
    },
    { [gone.keyId]: revocation(gone) },
  ];
  let objects = anchor.objects;
  for (const [at, wishes] of steps.entries())
    ({ objects } = await answer(
      {
        anchor: { ...anchor, objects },
        request: asking(wishes),
        now: new Date(START + (at + 1) * 60_000),
        number: BigInt(at + 2),
      },
      signing,
      () => {},
    ));
  world = { anchor: { ...anchor, objects }, signing, kept, rolled, asked, renewal: await issuance(kept) };
});

const NOW = new Date(START + 600_000);

type Clear = {
  nonce: string;
  objects: Record<string, unknown>;
  child_responses: Record<string, Record<string, unknown>>;
};

/** What a signer that holds the right keys can put into its response. */
interface Altered {
  /** What the signer believes it was asked: others than the proxy. */
  request?: Request;
  number?: bigint;
  now?: Date;
  issued?(issued: Map<string, CertInfo>): void | Promise<void>;
  revocations?(revocations: readonly Revocation[]): Revocation[];
  /** The clear text, last of all, before it is signed. */
  clear?(clear: Clear, objects: TaObjects): void;
  identity?: TestKey;
  /** Signs CRL and manifest. */
  ta?: TestKey;
}

/** The response to `request`, validly signed with the altered content. */
async function respond(request: Request, altered: Altered): Promise<Uint8Array> {
  const { anchor, signing } = world;
  const now = altered.now ?? NOW;
  const number = altered.number ?? anchor.objects.number + 1n;
  const made = await answer({ anchor, request: altered.request ?? request, now, number }, signing, () => {});
  const issued = new Map(made.objects.issued);
  await altered.issued?.(issued);
  const revocations = altered.revocations?.(made.objects.revocations) ?? made.objects.revocations;
  const objects = await publish(
    {
      number,
      now,
      nextUpdate: new Date(made.objects.nextUpdate),
      keyId: anchor.objects.keyId,
      baseUri: anchor.objects.baseUri,
      certificateUri: anchor.tal.rsync,
      issued,
      revocations,
    },
    altered.ta === undefined ? signing.ta : { certificate: altered.ta.sign, crl: altered.ta.sign },
    signing,
  );
  const text = JSON.parse(Buffer.from(made.file).toString('utf8')) as { response: Clear };
  const clear = {
    ...text.response,
    nonce: request.nonce,
    objects: JSON.parse(writeJson(objectsJson(objects))) as Record<string, unknown>,
  };
  altered.clear?.(clear, objects);
  const by = altered.identity ?? null;
  return signedFile(
    'response',
    readJson(Buffer.from(JSON.stringify(clear))),
    by === null ? signing : signingWith(by.sign, by),
    { now, days: 14 },
  );
}

function judged(bytes: Uint8Array, request: Request): Fault[] {
  const { anchor } = world;
  return judgeResponse(
    bytes,
    {
      signerSpki: anchor.identity.spkiDer,
      info: readSignerInfo(signerInfoJson(anchor)),
      previous: objectsJson(anchor.objects),
      request,
    },
    NOW,
  ).faults;
}

/** A certificate for `key` as the TA's own key can sign it. */
async function certificate(
  key: TestKey,
  more: { resources?: ResourceSet; at?: string; manifest?: string; notify?: string | null } = {},
): Promise<CertInfo> {
  const { resources = OWN, at = place('a'), notify = NOTIFY } = more;
  const manifest = more.manifest ?? `${at}${key.keyId}.mft`;
  const { anchor, signing } = world;
  const validity = {
    notBefore: new Date(NOW.getTime() - 300_000),
    notAfter: new Date(NOW.getTime() + 86_400_000),
  };
  const serial = signing.serial();
  const der = await makeAuthority(
    { serial, issuerKeyId: anchor.objects.keyId, keyId: key.keyId, spkiDer: key.spkiDer, validity },
    { repository: at, manifest, notify },
    { crlUri: `${BASE}${anchor.objects.keyId}.crl`, certificateUri: anchor.tal.rsync },
    resources,
    signing.ta.certificate,
  );
  return {
    uri: `${BASE}${key.keyId}.cer`,
    resources,
    limit: {},
    notBefore: validity.notBefore.toISOString(),
    notAfter: validity.notAfter.toISOString(),
    serial: serialOf(serial),
    caRepository: at,
    rpkiManifest: manifest,
    rpkiNotify: notify,
    spkiDer: key.spkiDer,
    subjectDer: keyIdName(key.keyId),
    der,
  };
}

/** Puts `info` in the place of what is issued, and into the answer. */
function instead(key: TestKey, made: () => Promise<CertInfo>): Altered {
  let info: CertInfo | null = null;
  return {
    async issued(issued) {
      info = await made();
      issued.set(key.keyId, info);
    },
    clear(clear) {
      const answered = clear.child_responses['a']?.[key.keyId] as
        | { Issuance: Record<string, unknown> }
        | undefined;
      if (answered === undefined || info === null) return;
      answered.Issuance['not_after'] = info.notAfter;
      answered.Issuance['issued_cert'] = {
        uri: info.uri,
        req_limit: {},
        cert: Buffer.from(info.der).toString('base64'),
      };
    },
  };
}

function inside(clear: Clear, key: TestKey): Record<string, unknown> {
  const answered = clear.child_responses['a']?.[key.keyId] as
    | { Issuance?: Record<string, unknown> }
    | undefined;
  if (answered?.Issuance === undefined) throw new Error('nothing was issued');
  return answered.Issuance;
}

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

/** The revocations without those that come with this response. */
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

describe('right, and unusual for the proxy', () => {
  /** What its operator is told. */
  async function told(
    request: Request,
    bytes: Uint8Array,
    usedKeys: [TestKey, 'in-use' | 'revoked'][],
  ): Promise<{ unusual: string[]; faults: string[] }> {
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
      published: null,
    };
    const knowing = { state, past: [], highest: 0n, nonceTaken: () => Promise.resolve(false) };
    const { view } = await reviewResponse(knowing, { name: 'response.json', bytes }, NOW);
    return { unusual: view.unusual, faults: view.faults.map(({ text }) => text) };
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
      expect.stringMatching(`certificate for key ${stranger.keyId.slice(-8)}, which no child here has`),
      expect.stringMatching(`^a: key ${kept.keyId.slice(-8)} has another certificate.*AS64496.*elsewhere`),
      expect.stringMatching(`^a: there is a certificate for key ${again.keyId.slice(-8)}`),
    ]);
  });
});
