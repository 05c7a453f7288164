import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import {
  PUBLICATION_ERRORS,
  type PublicationElement,
  type PublicationErrorCode,
  type PublicationQuery,
  type PublicationReply,
} from './publication-message.ts';
import {
  readPublicationQuery,
  readPublicationReply,
  writePublicationQuery,
  writePublicationReply,
} from './publication-xml.ts';
import { RpkiError } from './rpki-error.ts';

const FOLDERS = [
  ['krill', 'publication'],
  ['krill', 'publication', 'generated'],
  ['rpki-rs', 'ca', 'rfc8181'],
];
const files = FOLDERS.flatMap((parts) =>
  readdirSync(vectorPath(...parts))
    .filter((name) => name.endsWith('.xml'))
    .map((name) => [...parts, name].join('/')),
);
const bytesOf = (path: string): Buffer => readFileSync(vectorPath(...path.split('/')));

/** Reads, writes and reads again; answers the kind. */
function both(bytes: Uint8Array): string {
  if (Buffer.from(bytes).includes('type="query"')) {
    const query = readPublicationQuery(bytes);
    expect(readPublicationQuery(writePublicationQuery(query))).toEqual(query);
    return `query ${query.type}`;
  }
  const reply = readPublicationReply(bytes);
  expect(readPublicationReply(writePublicationReply(reply))).toEqual(reply);
  return `reply ${reply.type}`;
}

test('there are messages of all kinds', () => {
  expect(files.length).toBeGreaterThan(20);
  expect(new Set(files.map((path) => both(bytesOf(path)))).size).toBe(5);
});

test.each(files)('%s is read and comes back equal', (path) => {
  expect(both(bytesOf(path))).toMatch(/^(query|reply) /);
});

test('what the RFC’s examples say is told in full', () => {
  const reply = readPublicationReply(bytesOf('krill/publication/report_error_complex.xml'));
  expect(reply).toMatchObject({
    type: 'error',
    errors: [
      {
        code: 'no_object_matching_hash',
        tag: 'Dave',
        text: expect.stringMatching(/^I can't very well delete/),
        failed: { type: 'withdraw', hash: '421EE4AC65732D72' },
      },
      { code: 'object_already_present', tag: 'Eve', text: null, failed: { type: 'publish', hash: null } },
    ],
  });
  const query = readPublicationQuery(bytesOf('krill/publication/publish.xml'));
  expect(query).toMatchObject({
    elements: [{ tag: 'Alice' }, { tag: 'Carol' }, {}, {}, { type: 'withdraw' }],
  });
});

test('each error has a sentence for the operator', () => {
  for (const text of Object.values(PUBLICATION_ERRORS)) expect(text).toMatch(/^[A-Z].*\.$/);
});

const ns = 'xmlns="http://www.hactrn.net/uris/rpki/publication-spec/"';
const query = (inner: string): string => `<msg ${ns} version="4" type="query">${inner}</msg>`;
const reply = (inner: string): string => `<msg ${ns} version="4" type="reply">${inner}</msg>`;
const object = (uri: string): string => query(`<publish tag="" uri="${uri}">AQ==</publish>`);

describe('what is not right is named', () => {
  test.each<[string, string, RegExp]>([
    ['namespace', query('').replace('hactrn', 'other'), /no message of RFC 8181/],
    ['version', query('').replace('"4"', '"3"'), /version that is no version 4: "3"/],
    ['direction', reply(''), /type that is no query: "reply"/],
    ['attribute', query('').replace('type', 'more="1" type'), /"more" that is not known/],
    ['list and more', query('<list/><list/>'), /<list> must stand alone/],
    ['reply in a query', query('<success/>'), /<success> does not belong/],
    ['list of something', query('<list uri="rsync://a/b/c"/>'), /"uri" that is not known/],
    ['no uri', query('<publish tag="">AQ==</publish>'), /<publish> has no uri/],
    ['https', object('https://a/b/c'), /no rsync URI of an object/],
    ['a way out', object('rsync://a/b/../c'), /no rsync URI/],
    ['a folder', object('rsync://a/b/c/'), /no rsync URI/],
    ['no object', query('<publish tag="" uri="rsync://a/b/c"/>'), /empty where base64/],
    ['hash', query('<withdraw tag="" uri="rsync://a/b/c" hash="xyz"/>'), /hash that is no hash/],
    ['no hash', query('<withdraw tag="" uri="rsync://a/b/c"/>'), /<withdraw> has no hash/],
    ['content', query('<withdraw tag="" uri="rsync://a/b/c" hash="AA">AQ==</withdraw>'), /must be empty/],
    ['tag', query('<withdraw tag="&#9;" uri="rsync://a/b/c" hash="AA"/>'), /no tag/],
  ])('query: %s', (_name, text, said) => {
    expect(() => readPublicationQuery(Buffer.from(text))).toThrow(RpkiError);
    expect(() => readPublicationQuery(Buffer.from(text))).toThrow(said);
  });

  test.each<[string, string, RegExp]>([
    ['mixed', reply('<success/><list uri="rsync://a/b/c" hash="AA"/>'), /mixes several kinds/],
    ['twice', reply('<success/><success/>'), /several <success>/],
    ['code', reply('<report_error error_code="bad"/>'), /no error code of RFC 8181: "bad"/],
    ['property', reply('<report_error error_code="constructor"/>'), /no error code/],
    [
      'two texts',
      reply('<report_error error_code="xml_error"><error_text/><error_text/></report_error>'),
      /several/,
    ],
    [
      'two failed',
      reply('<report_error error_code="xml_error"><failed_pdu><list/><list/></failed_pdu></report_error>'),
      /<failed_pdu> of several/,
    ],
  ])('reply: %s', (_name, text, said) => {
    expect(() => readPublicationReply(Buffer.from(text))).toThrow(RpkiError);
    expect(() => readPublicationReply(Buffer.from(text))).toThrow(said);
  });

  test('a message over its limit, before it is read', () => {
    expect(() => readPublicationReply(Buffer.from(reply('')), { bytes: 10 })).toThrow(/too large/);
  });
});

const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/\p{Cc}/u.test(text));
const text = line.map((any) => any.trim());
const uri = fc
  .stringMatching(/^[a-z0-9]{1,9}(\/[A-Za-z0-9_&'-][A-Za-z0-9_.-]{0,9}){2,4}$/)
  .map((rest) => `rsync://${rest}`);
const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());
const der = fc.uint8Array({ minLength: 1, maxLength: 40 });
const list = fc.constant({ type: 'list' as const });
const element: fc.Arbitrary<PublicationElement> = fc.oneof(
  fc.record({ type: fc.constant('publish' as const), tag: line, uri, der, hash: fc.option(hash) }),
  fc.record({ type: fc.constant('withdraw' as const), tag: line, uri, hash }),
);
const anyQuery: fc.Arbitrary<PublicationQuery> = fc.oneof(
  list,
  fc.record({ type: fc.constant('delta' as const), elements: fc.array(element, { maxLength: 5 }) }),
);
const error = fc.record({
  code: fc.constantFrom(...(Object.keys(PUBLICATION_ERRORS) as PublicationErrorCode[])),
  tag: fc.option(line),
  text: fc.option(text),
  failed: fc.option(fc.oneof(list, element)),
});
const anyReply: fc.Arbitrary<PublicationReply> = fc.oneof(
  fc.constant<PublicationReply>({ type: 'success' }),
  fc.record({
    type: fc.constant('list' as const),
    objects: fc.array(fc.record({ uri, hash }), { maxLength: 5 }),
  }),
  fc.record({ type: fc.constant('error' as const), errors: fc.array(error, { minLength: 1, maxLength: 3 }) }),
);

test('any query and reply comes back equal', () => {
  fc.assert(
    fc.property(anyQuery, anyReply, (asked, answered) => {
      expect(readPublicationQuery(writePublicationQuery(asked))).toEqual(asked);
      expect(readPublicationReply(writePublicationReply(answered))).toEqual(answered);
    }),
    { numRuns: 200 },
  );
});

test('changed octets are read or refused, never anything else', () => {
  const inputs = files.map(bytesOf);
  fc.assert(
    fc.property(
      fc.constantFrom(...inputs),
      fc.constantFrom(readPublicationQuery, readPublicationReply),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      (input, read, changes) => {
        const bytes = Buffer.from(input);
        for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
        try {
          read(bytes);
          return true;
        } catch (thrown) {
          return thrown instanceof RpkiError;
        }
      },
    ),
    { numRuns: 300 },
  );
});
