import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import {
  NOT_PERFORMED,
  notPerformedWords,
  type Payload,
  type ProvisioningMessage,
  type ResourceClass,
} from './provisioning-message.ts';
import { readProvisioningXml, writeProvisioningXml } from './provisioning-xml.ts';
import { rangesOf } from './ranges.ts';
import { readAsn, readIp } from './resource-text.ts';
import { RpkiError } from './rpki-error.ts';

/** The content of a signed message, DER or BER, by OpenSSL: these are older than any clock here. */
function contentOf(path: string): Buffer {
  const options = ['-verify', '-noverify', '-nosigs', '-no_content_verify', '-inform', 'DER', '-in', path];
  return execFileSync('openssl', ['cms', ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
}

const vector = (path: string): Buffer => {
  const file = vectorPath(...path.split('/'));
  return path.endsWith('.xml') ? readFileSync(file) : contentOf(file);
};

const FILES: Record<string, Payload['type']> = {
  'rpki-rs/ca/rfc6492/list.der': 'list',
  'rpki-rs/ca/rfc6492/issue.der': 'issue',
  'rpki-rs/ca/rfc6492/issue-response.der': 'issue_response',
  'rpki-rs/ca/rfc6492/list-response.ber': 'list_response',
  'rpki-rs/ca/rfc6492/afrinic-response.der': 'list_response',
  'rpki-rs/ca/rfc6492/apnic-response.der': 'list_response',
  'rpki-rs/ca/rfc6492/apnic-testbed-response.der': 'list_response',
  'rpki-rs/ca/rfc6492/revoke-req.xml': 'revoke',
  'rpki-rs/ca/rfc6492/revoke-response.xml': 'revoke_response',
  'rpki-rs/ca/rfc6492/not-performed-response.xml': 'error_response',
  'rpki-rs/ca/sigmsg/pdu_200.der': 'issue',
  'krill/remote/apnic-list-response.der': 'list_response',
  'krill/remote/lacnic-valid.ber': 'list_response',
  'krill/remote/ncc-response.ber': 'revoke_response',
  'krill/remote/pdu_200.der': 'issue',
  'krill/remote/rpkid-rfc6492-issue.der': 'issue',
  'krill/remote/rpkid-rfc6492-issue_response.der': 'issue_response',
  'krill/remote/rpkid-rfc6492-list.der': 'list',
  'krill/remote/rpkid-rfc6492-list_response.der': 'list_response',
};

test.each(Object.entries(FILES))('%s: %s is read and comes back equal', (path, type) => {
  const message = readProvisioningXml(vector(path));
  expect(message.payload.type).toBe(type);
  expect(readProvisioningXml(writeProvisioningXml(message))).toEqual(message);
});

test('what APNIC, RIPE NCC and rpki-rs wrote is told in full', () => {
  const apnic = readProvisioningXml(vector('rpki-rs/ca/rfc6492/apnic-response.der'));
  expect(apnic).toMatchObject({
    sender: 'APNIC-AP',
    recipient: 'A912C8360000',
    payload: {
      classes: [
        {
          className: 'IANA',
          notAfter: new Date('2023-01-31T00:00:00Z'),
          resources: {
            asn: readAsn('AS139686, AS139693, AS139912, AS139921, AS140098'),
            ipv4: readIp('103.144.176.0/23', 'ipv4'),
            ipv6: readIp('2001:df1:ee80::/48', 'ipv6'),
          },
          certificates: [{ limit: {} }],
        },
      ],
    },
  });
  expect(readProvisioningXml(vector('rpki-rs/ca/rfc6492/revoke-req.xml')).payload).toEqual({
    type: 'revoke',
    className: 'class_name',
    keyId: '20400DA5213521448326ADAFE9D5E9456FE2A616',
  });
  expect(readProvisioningXml(vector('rpki-rs/ca/rfc6492/not-performed-response.xml')).payload).toEqual({
    type: 'error_response',
    status: NOT_PERFORMED.alreadyProcessing,
    description: notPerformedWords(1101),
  });
});

test('a response that LACNIC sent without saying to whom is refused', () => {
  expect(() => readProvisioningXml(vector('krill/remote/lacnic-invalid-response.ber'))).toThrow(
    /has no sender/,
  );
});

test('sets are written as the RFC wants them: no prefix, no blanks', () => {
  const xml = Buffer.from(
    writeProvisioningXml({
      sender: 'a',
      recipient: 'b',
      payload: {
        type: 'issue',
        className: 'default',
        limit: {
          asn: readAsn('AS1-AS5, AS7'),
          ipv4: readIp('10.0.0.0/8, 192.0.2.1-192.0.2.3', 'ipv4'),
          ipv6: [],
        },
        csrDer: new Uint8Array([1]),
      },
    }),
  ).toString();
  expect(xml).toContain('req_resource_set_as="1-5,7"');
  expect(xml).toContain('req_resource_set_ipv4="10.0.0.0/8,192.0.2.1-192.0.2.3"');
  expect(xml).toContain('req_resource_set_ipv6=""');
});

const ns = 'xmlns="http://www.apnic.net/specs/rescerts/up-down/"';
const message = (type: string, inner = '', more = ''): string =>
  `<message ${ns} version="1" sender="a" recipient="b" type="${type}"${more}>${inner}</message>`;
const classXml = (
  change: (text: string) => string = (text) => text,
  inner = '<issuer>AQ==</issuer>',
): string =>
  message(
    'list_response',
    `${change('<class class_name="c" cert_url="rsync://h/m/x.cer" resource_set_as="1" resource_set_ipv4="" resource_set_ipv6="" resource_set_notafter="2027-06-10T13:11:07Z">')}${inner}</class>`,
  );

describe('what is not right is named', () => {
  test.each<[string, string, RegExp]>([
    ['namespace', message('list').replace('apnic', 'other'), /no message of RFC 6492/],
    ['root', message('list').replaceAll('message', 'msg'), /no message of RFC 6492/],
    ['attribute', message('list', '', ' more="1"'), /"more" that is not known/],
    ['sender', message('list').replace('sender="a"', 'sender="a b"'), /sender that is no handle/],
    ['content', message('list', '<x/>'), /only text belongs/],
    ['no request', message('issue'), /one <request> and has none/],
    ['request without class', message('issue', '<request>AQ==</request>'), /<request> has no class_name/],
    ['class name', message('issue', '<request class_name=" a">AQ==</request>'), /no class name/],
    [
      'limit',
      message('issue', '<request class_name="a" req_resource_set_as="x">AQ==</request>'),
      /"x" is no AS number/,
    ],
    [
      'backward',
      message('issue', '<request class_name="a" req_resource_set_as="9-1">AQ==</request>'),
      /ends before/,
    ],
    ['no base64', message('issue', '<request class_name="a">A</request>'), /no base64/],
    [
      'no certificate',
      message('issue_response', classXml().replace(/.*?(<class.*class>).*/, '$1')),
      /one <certificate>/,
    ],
    ['no issuer', classXml(undefined, ''), /one <issuer> and has none/],
    ['no resources', classXml((text) => text.replace(/resource_set_as="1"/, '')), /has no resource_set_as/],
    ['time', classXml((text) => text.replace('06-10', '02-30')), /resource_set_notafter that is no time/],
    ['local time', classXml((text) => text.replace('07Z', '07+01:00')), /no time in UTC/],
    ['urls', classXml((text) => text.replace('rsync:', 'https:')), /no rsync URI in its cert_url/],
    ['no urls', classXml((text) => text.replace('rsync://h/m/x.cer', '')), /cert_url that is no URI: ""/],
    ['key', message('revoke', '<key class_name="a" ski="AAAA"/>'), /no key identifier/],
    [
      'key with spare bits',
      message('revoke', `<key class_name="a" ski="${'A'.repeat(26)}B"/>`),
      /no key identifier/,
    ],
    ['status', message('error_response', '<status>x</status>'), /<status> is no number: "x"/],
    ['no status', message('error_response'), /one <status>/],
  ])('%s', (_name, text, said) => {
    expect(() => readProvisioningXml(Buffer.from(text))).toThrow(RpkiError);
    expect(() => readProvisioningXml(Buffer.from(text))).toThrow(said);
  });

  test('another version and an unknown type carry the status to answer with', () => {
    const bytes = (text: string): Buffer => Buffer.from(text);
    expect(() => readProvisioningXml(bytes(message('list').replace('"1"', '"2"')))).toThrow(
      expect.objectContaining({ status: NOT_PERFORMED.wrongVersion }),
    );
    expect(() => readProvisioningXml(bytes(message('other')))).toThrow(
      expect.objectContaining({ status: NOT_PERFORMED.unknownType }),
    );
  });

  test('a URI with a comma is not written', () => {
    const { payload } = readProvisioningXml(Buffer.from(classXml())) as {
      payload: { classes: ResourceClass[] };
    };
    const classes = payload.classes.map((one) => ({ ...one, certUrls: ['rsync://h/m/a,b.cer'] }));
    expect(() =>
      writeProvisioningXml({ sender: 'a', recipient: 'b', payload: { type: 'list_response', classes } }),
    ).toThrow(/cannot stand in a list/);
  });
});

const handle = fc.stringMatching(/^[-_A-Za-z0-9/\\]{1,40}$/);
const token = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => !/\p{Cc}|^ | $/u.test(text) && text.length > 0);
const der = fc.uint8Array({ minLength: 1, maxLength: 40 });
const ranges = (bits: number) => {
  const end = fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
  return fc
    .array(fc.tuple(end, end), { maxLength: 4 })
    .map((pairs) => rangesOf(pairs.map(([a, b]) => (a < b ? { min: a, max: b } : { min: b, max: a }))));
};
const sets = { asn: ranges(32), ipv4: ranges(32), ipv6: ranges(128) };
const limit = fc.record(sets, { requiredKeys: [] });
const rest = fc.stringMatching(/^[a-z0-9.]{1,9}(\/[A-Za-z0-9_.&<>'"%-]{1,9}){1,3}$/);
const urls = fc
  .tuple(rest, fc.array(rest, { maxLength: 2 }))
  .map(([first, others]) => [`rsync://${first}`, ...others.map((one) => `https://${one}`)]);
const certificate = fc.record({ urls, limit, der });
const resourceClass = (
  certificates: fc.Arbitrary<ResourceClass['certificates']>,
): fc.Arbitrary<ResourceClass> =>
  fc.record({
    className: token,
    certUrls: urls,
    resources: fc.record(sets),
    notAfter: fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((time) => new Date(Math.floor(time.getTime() / 1000) * 1000)),
    suggestedSiaHead: fc.option(rest.map((one) => `rsync://${one}/`)),
    certificates,
    issuerDer: der,
  });
const keyId = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());
const payload: fc.Arbitrary<Payload> = fc.oneof(
  fc.constant<Payload>({ type: 'list' }),
  fc.record({
    type: fc.constant('list_response' as const),
    classes: fc.array(resourceClass(fc.array(certificate, { maxLength: 3 })), { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('issue' as const), className: token, limit, csrDer: der }),
  fc.record({
    type: fc.constant('issue_response' as const),
    resourceClass: resourceClass(certificate.map((one) => [one])),
  }),
  fc.record({
    type: fc.constantFrom('revoke' as const, 'revoke_response' as const),
    className: token,
    keyId,
  }),
  fc.record({
    type: fc.constant('error_response' as const),
    status: fc.nat(9999),
    description: fc.oneof(token, fc.constant('')),
  }),
);
const anyMessage: fc.Arbitrary<ProvisioningMessage> = fc.record({
  sender: handle,
  recipient: handle,
  payload,
});

test('any message comes back equal', () => {
  fc.assert(
    fc.property(anyMessage, (one) => {
      expect(readProvisioningXml(writeProvisioningXml(one))).toEqual(one);
    }),
    { numRuns: 200 },
  );
});

test('changed octets are read or refused, never anything else', () => {
  const inputs = Object.keys(FILES).map(vector);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.constantFrom(...inputs),
        anyMessage.map((one) => Buffer.from(writeProvisioningXml(one))),
      ),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      (input, changes) => {
        const bytes = Buffer.from(input);
        for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
        try {
          readProvisioningXml(bytes);
          return true;
        } catch (error) {
          return error instanceof RpkiError;
        }
      },
    ),
    { numRuns: 300 },
  );
});
