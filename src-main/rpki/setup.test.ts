import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../lib/json-reader.ts';
import { vectorPath } from '../testing/vectors.ts';
import { readChildInfo, writeChildInfo } from './child-info.ts';
import { readIdCertificate } from './id-certificate.ts';
import { RpkiError } from './rpki-error.ts';
import {
  readChildRequest,
  readParentResponse,
  readPublisherRequest,
  readRepositoryResponse,
  writeChildRequestJson,
  writeParentResponseJson,
  writePublisherRequestJson,
  writeRepositoryResponseJson,
} from './setup-json.ts';
import {
  readChildRequestXml,
  readParentResponseXml,
  readPublisherRequestXml,
  readRepositoryResponseXml,
  setupKind,
  writeChildRequestXml,
  writeParentResponseXml,
  writePublisherRequestXml,
  writeRepositoryResponseXml,
} from './setup-xml.ts';
import { readXml } from './xml.ts';

const FORMS = {
  'child-request': [readChildRequestXml, writeChildRequestXml, readChildRequest, writeChildRequestJson],
  'parent-response': [
    readParentResponseXml,
    writeParentResponseXml,
    readParentResponse,
    writeParentResponseJson,
  ],
  'publisher-request': [
    readPublisherRequestXml,
    writePublisherRequestXml,
    readPublisherRequest,
    writePublisherRequestJson,
  ],
  'repository-response': [
    readRepositoryResponseXml,
    writeRepositoryResponseXml,
    readRepositoryResponse,
    writeRepositoryResponseJson,
  ],
} as unknown as Record<
  string,
  [
    (bytes: Uint8Array) => Record<string, unknown>,
    (message: unknown) => Uint8Array,
    (bytes: Uint8Array) => Record<string, unknown>,
    (message: unknown) => Uint8Array,
  ]
>;

function form(kind: string | null): (typeof FORMS)[string] {
  const found = FORMS[kind ?? ''];
  if (found === undefined) throw new Error(`${kind} is no set-up message`);
  return found;
}

const FOLDERS = [
  ['krill', 'oob'],
  ['krill', 'oob', 'apnic'],
  ['krill', 'remote'],
  ['rpki-rs', 'ca', 'rfc8183'],
  ['krill-ta', 'krill-0.16.1', 'setup'],
];
const files = FOLDERS.flatMap((parts) =>
  readdirSync(vectorPath(...parts))
    .filter((name) => name.endsWith('.xml'))
    .map((name) => [...parts, name].join('/')),
);
const bytesOf = (path: string): Buffer => readFileSync(vectorPath(...path.split('/')));
/** Older than RFC 8183, another namespace. */
const OLDER = 'krill/remote/arin-pre-rfc8183-parent-response.xml';
const ours = files.filter((path) => path !== OLDER);

test('there are messages of all four kinds', () => {
  expect(new Set(ours.map((path) => setupKind(readXml(bytesOf(path))))).size).toBe(4);
  expect(ours.length).toBeGreaterThan(20);
});

test.each(ours)('%s is read, and comes back equal as XML and as JSON', (path) => {
  const bytes = bytesOf(path);
  const [read, write, readAny, writeJson] = form(setupKind(readXml(bytes)));
  const message = read(bytes);
  expect(read(write(message))).toEqual(message);
  expect(readAny(write(message))).toEqual(message);
  expect(readAny(writeJson(message))).toEqual(message);
});

test('what real Krill wrote is told in full', () => {
  const setup = (name: string): Buffer => bytesOf(`krill-ta/krill-0.16.1/setup/${name}`);
  expect(readParentResponseXml(setup('parent_response_online.xml'))).toMatchObject({
    parentHandle: 'ta',
    childHandle: 'online',
    serviceUri: 'https://localhost:3900/rfc6492/ta',
    tag: null,
  });
  expect(readRepositoryResponseXml(setup('ta_repository_response.xml'))).toMatchObject({
    publisherHandle: 'ta',
    siaBase: 'rsync://localhost/repo/',
    rrdpNotificationUri: 'https://localhost:3900/rrdp/notification.xml',
  });
  const info = readChildInfo(setup('online.json'));
  expect(info.handle).toBe('online');
  expect(readJson(writeChildInfo(info))).toEqual(readJson(setup('online.json')));
});

test('an older dialect is refused by its namespace', () => {
  expect(() => readParentResponse(bytesOf(OLDER))).toThrow(/not the wanted <parent_response>/);
});

const good = bytesOf('krill-ta/krill-0.16.1/setup/ta_repository_response.xml').toString();
describe('what is not right is named', () => {
  test.each<[string, (text: string) => string, RegExp]>([
    ['version', (text) => text.replace('version="1"', 'version="2"'), /version that is no version 1: "2"/],
    ['no version', (text) => text.replace('version="1"', ''), /has no version \(line 1\)/],
    ['namespace', (text) => text.replace('rpki-setup', 'rpki-other'), /not in the namespace of RFC 8183/],
    ['other message', (text) => text.replaceAll('repository_response', 'parent_response'), /not the wanted/],
    [
      'attribute',
      (text) => text.replace('version', 'more="1" version'),
      /attribute "more" that is not known/,
    ],
    ['handle', (text) => text.replace('="ta"', '="t a"'), /publisher_handle that is no handle: "t a"/],
    ['long handle', (text) => text.replace('="ta"', `="${'a'.repeat(256)}"`), /no handle/],
    ['service', (text) => text.replace('https://localhost:3900/rfc8181', 'ftp://a'), /no http or https URI/],
    ['base', (text) => text.replace('rsync:', 'https:'), /sia_base that is no rsync folder/],
    ['base that leads out', (text) => text.replace('/repo/"', '/repo/../x/"'), /no rsync folder/],
    ['base without module', (text) => text.replace('localhost/repo/', 'localhost/'), /no rsync folder/],
    ['notification', (text) => text.replace(/https([^"]*notification)/, 'http$1'), /no https URI/],
    [
      'notification, a folder',
      (text) => text.replace('notification.xml', ''),
      /no https URI of a file in \.xml/,
    ],
    ['tag', (text) => text.replace('version', 'tag="&#10;" version'), /no tag/],
    ['certificate', (text) => text.replace('MIID', 'MIIE'), /identity certificate is not right/],
    ['base64', (text) => text.replace('MIID', '!!!!'), /holds no base64 \(line 2\)/],
    ['no certificate', (text) => text.replaceAll('repository_bpki_ta', 'other'), /<other> does not belong/],
    ['text', (text) => text.replace('<repository_bpki_ta>', 'x<repository_bpki_ta>'), /only elements belong/],
  ])('%s', (_name, change, said) => {
    const bytes = Buffer.from(change(good));
    expect(bytes.toString()).not.toBe(good);
    expect(() => readRepositoryResponse(bytes)).toThrow(RpkiError);
    expect(() => readRepositoryResponse(bytes)).toThrow(said);
  });

  test.each<[string, string, RegExp]>([
    ['no JSON', '{', /The JSON: /],
    ['a field', '{"id_cert":"","child_handle":"a","more":1}', /"more" is not known/],
    ['no handle', '{"id_cert":"","child_handle":"a b"}', /"child_handle": it is no handle/],
    ['no text', '{"id_cert":1,"child_handle":"a"}', /"id_cert": a text is missing/],
    ['no certificate', '{"id_cert":"MIIB","child_handle":"a"}', /identity certificate/],
  ])('JSON: %s', (_name, text, said) => {
    expect(() => readChildRequest(Buffer.from(text))).toThrow(RpkiError);
    expect(() => readChildRequest(Buffer.from(text))).toThrow(said);
  });
});

describe('an identity certificate', () => {
  const vector = (...parts: string[]): Uint8Array => new Uint8Array(readFileSync(vectorPath(...parts)));

  test.each([
    ['krill', 'oob', 'id_publisher_ta.cer'],
    ['krill', 'remote', 'apnic-id.der'],
    ['krill', 'remote', 'lacnic-id.der'],
    ['krill', 'remote', 'ncc-id.der'],
    ['rpki-rs', 'ca', 'id_afrinic.cer'],
    ['krill-ta', 'proxy-id.cer'],
  ])('%s/%s/%s is read', (...parts) => {
    expect(readIdCertificate(vector(...parts.filter((part) => part !== undefined))).keyId).toMatch(
      /^[0-9A-F]{40}$/,
    );
  });

  test('one that was altered, is none of an authority, or is none at all is refused', () => {
    const der = vector('krill-ta', 'proxy-id.cer');
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    expect(() => readIdCertificate(der)).toThrow(/not signed with its own key/);
    expect(() => readIdCertificate(new Uint8Array())).toThrow(RpkiError);
    expect(() => readIdCertificate(vector('rpki-rs', 'repository', 'router.cer'))).toThrow(
      /not one of an authority/,
    );
  });
});

const identityDer = fc.constantFrom(
  ...ours.map((path) => {
    const bytes = bytesOf(path);
    return form(setupKind(readXml(bytes)))[0](bytes)['identityDer'] as Uint8Array;
  }),
);
const handle = fc.oneof(fc.stringMatching(/^[-_A-Za-z0-9/\\]{1,255}$/), fc.constant('__proto__'));
const tag = fc.option(fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text)));
const path = fc.stringMatching(/^[a-z0-9_-]{1,9}(\/[a-zA-Z0-9_-]{1,9}){0,3}$/);
const serviceUri = fc
  .tuple(fc.constantFrom('http', 'https'), path)
  .map(([scheme, rest]) => `${scheme}://${rest}?a&b`)
  // "08" is no host: what ends in digits is read as an IPv4 address.
  .filter((uri) => URL.canParse(uri));
const MESSAGES: Record<string, fc.Arbitrary<unknown>> = {
  'child-request': fc.record({ childHandle: handle, identityDer, tag }),
  'parent-response': fc.record({ parentHandle: handle, childHandle: handle, serviceUri, identityDer, tag }),
  'publisher-request': fc.record({ publisherHandle: handle, identityDer, tag }),
  'repository-response': fc.record({
    publisherHandle: handle,
    serviceUri,
    siaBase: path.map((rest) => `rsync://host.example:873/${rest}/`),
    rrdpNotificationUri: fc.option(path.map((rest) => `https://host/${rest}/n.xml`)),
    identityDer,
    tag,
  }),
};

test.each(Object.keys(MESSAGES))('any %s comes back equal from XML and JSON', (kind) => {
  const [read, write, readAny, writeJson] = form(kind);
  fc.assert(
    fc.property(MESSAGES[kind] as fc.Arbitrary<unknown>, (message) => {
      expect(read(write(message))).toEqual(message);
      expect(readAny(writeJson(message))).toEqual(message);
    }),
    { numRuns: 40 },
  );
});

test('changed octets are read or refused, never anything else', () => {
  const inputs = [
    ...ours.map(bytesOf),
    bytesOf('krill-ta/krill-0.16.1/setup/online.json'),
    Buffer.from(writeParentResponseJson(readParentResponse(bytesOf('krill/oob/apnic/parent.response.xml')))),
  ];
  const readers = [readChildInfo, ...Object.values(FORMS).map((one) => one[2])];
  fc.assert(
    fc.property(
      fc.constantFrom(...inputs),
      fc.constantFrom(...readers),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      (input, read, changes) => {
        const bytes = Buffer.from(input);
        for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
        try {
          read(bytes);
          return true;
        } catch (error) {
          return error instanceof RpkiError;
        }
      },
    ),
    { numRuns: 300 },
  );
});
