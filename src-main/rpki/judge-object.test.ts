import { describe } from 'vitest';
import { check } from '../testing/judge-rows.ts';
import {
  access,
  ALGORITHM,
  at,
  authorityKey,
  BASE,
  certificate,
  crl,
  extension,
  fromHex,
  generalizedTime,
  informationAccess,
  ipBlocks,
  keys,
  nameOf,
  SOME_IP,
} from '../testing/resigned.ts';
import {
  attribute,
  CONTENT,
  manifestContent,
  rightAttributes,
  SHA256_NULL,
  signedObject,
} from '../testing/resigned-objects.ts';
import {
  boolean,
  contextConstructed as tagged,
  contextPrimitive,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  tlv,
  utf8String,
} from '../x509/der-writer.ts';

type Der = Uint8Array;

const NULL = nullValue();

describe('CRL', () => {
  const surplus = 'RFC 5280 5.1';
  const entry = (serial: Der, ...more: Der[]): Der =>
    sequence(serial, time(at('2026-11-24T00:30:00')), ...more);
  const revoking = (...entries: Der[]): Der => crl({ entries: sequence(...entries) });
  const number = (critical: boolean, value = integer(7)): Der => extension('2.5.29.20', critical, value);
  const aki = authorityKey(keys.anchor.keyId);
  const reason = extension('2.5.29.21', false, fromHex('0a0101'));
  check([
    ['right', crl(), null],
    ['behind the signature', crl({ surplus: [NULL] }), surplus],
    ['behind the extensions', crl({ afterFields: [NULL] }), surplus],
    ['two in [0]', crl({ besideExtensions: [NULL] }), surplus],
    ['an empty list', revoking(), 'RFC 5280 5.1.2.6'],
    ['an entry', revoking(entry(integer(5))), null],
    ['the largest serial number', revoking(entry(integer((1n << 159n) - 1n))), null],
    ['one more', revoking(entry(integer(1n << 159n))), 'RFC 5280 4.1.2.2'],
    ['serial number 0', revoking(entry(integer(0))), 'RFC 5280 4.1.2.2'],
    ['a negative one', revoking(entry(fromHex('020180'))), 'RFC 5280 4.1.2.2'],
    [
      'a date as GeneralizedTime',
      revoking(sequence(integer(5), generalizedTime('20261124003000Z'))),
      'RFC 5280 5.1.2.6',
    ],
    ['a date to come', revoking(sequence(integer(5), time(at('2028-01-01T00:00:00')))), null],
    ['an empty list of extensions', revoking(entry(integer(5), sequence())), 'RFC 6487 5'],
    ['an entry of four parts', revoking(entry(integer(5), sequence(reason), NULL)), surplus],
    ['a reason', revoking(entry(integer(5), sequence(reason))), 'RFC 6487 5'],
    ['twice', revoking(entry(integer(5)), entry(integer(5))), 'RFC 5280 5.1.2.6'],
    ['no end', crl({ nextUpdate: null }), 'RFC 6487 5'],
    ['no extensions', crl({ extensions: null }), 'RFC 6487 5'],
    ['no number', crl({ extensions: sequence(aki) }), 'RFC 6487 5'],
    ['two numbers', crl({ extensions: sequence(number(false), number(false)) }), 'RFC 6487 5'],
    ['a critical number', crl({ extensions: sequence(aki, number(true)) }), 'RFC 6487 5'],
    [
      'critical FALSE written out',
      crl({ extensions: sequence(aki, extension('2.5.29.20', null, integer(7))) }),
      'X.690 11.5',
    ],
    ['number 0', crl({ number: integer(0) }), null],
    ['the largest number', crl({ number: integer((1n << 159n) - 1n) }), null],
    ['one more', crl({ number: integer(1n << 159n) }), 'RFC 9829 3'],
    ['a negative number', crl({ number: fromHex('020180') }), 'RFC 9829 3'],
    ['version 1', crl({ version: integer(0) }), 'RFC 6487 5'],
    ['from this second on', crl({ thisUpdate: time(at('2026-11-24T02:00:00')) }), null],
    ['to this second', crl({ nextUpdate: time(at('2026-11-24T02:00:00')) }), null],
    ['to 2050', crl({ nextUpdate: time(at('2050-01-01T00:00:00')) }), null],
    [
      'a beginning as GeneralizedTime',
      crl({ thisUpdate: generalizedTime('20261124010000Z') }),
      'RFC 5280 5.1.2.4',
    ],
    ['another issuer', crl({ issuer: nameOf('other') }), 'RFC 6487 5'],
    [
      'an issuer as UTF8String',
      crl({ issuer: sequence(setOf(sequence(oid('2.5.4.3'), utf8String('a')))) }),
      'RFC 6487 4.4',
    ],
  ]);
});

describe('CMS', () => {
  const structure = 'RFC 5652 5.1';
  const type = CONTENT.manifest;
  const content = manifestContent();
  const right = rightAttributes(type, content);
  const attributes = (...all: Der[]): Der => signedObject({ attributes: setOf(...all) });
  const { type: ofType, time: ofTime, digest } = right;
  const signedAt = (value: Der): Der => attributes(ofType, attribute(5, value), digest);
  const holding = (...inside: Der[]): Der =>
    signedObject({ encapsulated: sequence(oid(type), tagged(0, ...inside)) });
  const inOrder = [ofType, ofTime, digest].toSorted((a, b) => Buffer.compare(a, b));
  check([
    ['right', signedObject(), null],
    ['behind it', signedObject({ surplus: [NULL] }), structure],
    ['beside the data', signedObject({ besideData: [NULL] }), structure],
    ['behind the signers', signedObject({ afterSigners: [NULL] }), structure],
    ['a NULL before the signers', signedObject({ beside: [NULL] }), structure],
    ['a [2] before the signers', signedObject({ beside: [tagged(2, NULL)] }), structure],
    [
      'behind the content',
      signedObject({ encapsulated: sequence(oid(type), tagged(0, octetString(content)), NULL) }),
      structure,
    ],
    ['a second content', holding(octetString(content), octetString(NULL)), structure],
    [
      'a content in pieces',
      holding(tlv(0x24, octetString(content.subarray(0, 9)), octetString(content.subarray(9)))),
      'X.690 10.2',
    ],
    ['an empty place for CRLs', signedObject({ beside: [tagged(1)] }), 'RFC 6488 2.1.5'],
    ['a CRL', signedObject({ beside: [tagged(1, crl())] }), 'RFC 6488 2.1.5'],
    ['no certificate', signedObject({ certificates: [] }), 'RFC 6488 2.1.4'],
    ['version 1', signedObject({ version: integer(1) }), 'RFC 6488 2.1.1'],
    ['version 02 02 00 03', signedObject({ version: fromHex('02020003') }), 'X.690 8.3.2'],
    ['version as ENUMERATED', signedObject({ version: fromHex('0a0103') }), structure],
    ['signer version 1', signedObject({ signerVersion: integer(1) }), 'RFC 6488 2.1.6'],
    ['the digest with NULL', signedObject({ digests: setOf(SHA256_NULL), signerDigest: SHA256_NULL }), null],
    ['the digest with NULL at the signer alone', signedObject({ signerDigest: SHA256_NULL }), null],
    ['SHA-512', signedObject({ digests: setOf(sequence(oid('2.16.840.1.101.3.4.2.3'))) }), 'RFC 7935 2'],
    ['sha256WithRSAEncryption', signedObject({ signerAlgorithm: ALGORITHM }), null],
    [
      'sha256WithRSAEncryption without NULL',
      signedObject({ signerAlgorithm: sequence(oid('1.2.840.113549.1.1.11')) }),
      null,
    ],
    [
      'RSA without NULL',
      signedObject({ signerAlgorithm: sequence(oid('1.2.840.113549.1.1.1')) }),
      'RFC 7935 2',
    ],
    [
      'unsigned attributes',
      signedObject({ afterSignature: [tagged(1, attribute(4, NULL))] }),
      'RFC 6488 2.1.6.7',
    ],
    ['signed in GeneralizedTime', signedAt(generalizedTime('20261124010000Z')), 'RFC 5652 11.3'],
    ['signed in a time without seconds', signedAt(tlv(0x17, Buffer.from('2611240100Z'))), 'RFC 9589 4'],
    ['signed after the end of the manifest', signedAt(time(at('2027-02-24T01:00:01'))), 'RFC 9589 4'],
    ['signed at its end', signedAt(time(at('2027-02-24T01:00:00'))), null],
    ['no signing time', attributes(ofType, digest), 'RFC 9589 4'],
    [
      'a binary signing time',
      attributes(ofType, ofTime, digest, sequence(oid('1.2.840.113549.1.9.16.2.46'), setOf(integer(1)))),
      'RFC 9589 4',
    ],
    [
      'attributes out of order',
      signedObject({ attributes: tlv(0x31, ...inOrder.toReversed()) }),
      'X.690 11.6',
    ],
    [
      'an attribute of three parts',
      attributes(sequence(oid('1.2.840.113549.1.9.3'), setOf(oid(type)), NULL), ofTime, digest),
      structure,
    ],
    [
      'two signing times in one',
      attributes(
        ofType,
        attribute(5, time(at('2026-11-24T01:00:00')), time(at('2026-11-24T01:00:01'))),
        digest,
      ),
      'RFC 6488 2.1.6.4',
    ],
    ['an unknown content', signedObject({ type: '1.2.840.113549.1.9.16.1.99' }), 'RFC 6488 2.1.3.1'],
    ['plain data', signedObject({ type: '1.2.840.113549.1.7.1' }), 'RFC 6488 2.1.3.1'],
    ['no octets', signedObject({ content: new Uint8Array() }), 'RFC 6488 2.1.3.2'],
  ]);
});

describe('the certificate in it', () => {
  const having = (name: string, value: Der | null): Der =>
    signedObject({ entity: { extensions: { [name]: value } } });
  const at11 = (...more: Der[]): Der =>
    having('subject', informationAccess(11, access(11, `${BASE}${keys.anchor.keyId}.mft`), ...more));
  const clause = 'RFC 6487 4.8.8.2';
  check([
    [
      'of an authority',
      having('basic', extension('2.5.29.19', true, sequence(boolean(true)))),
      'RFC 6487 4.8.1',
    ],
    ['a notification beside', at11(access(13, 'https://h/n.xml')), null],
    ['a second place', at11(access(11, `${BASE}b.mft`)), clause],
    ['a second place, https', at11(access(11, 'https://h/a.mft')), null],
    ['a repository beside', at11(access(5, BASE)), clause],
    ['no place', having('subject', null), clause],
    ['https alone', signedObject({ uri: 'https://h/a.mft' }), clause],
    ['a folder', signedObject({ uri: BASE }), clause],
    [
      'a place as dNSName',
      having('subject', informationAccess(11, access(11, `${BASE}a.mft`, 2))),
      'RFC 6487 4.8.8',
    ],
    ['named as its issuer', signedObject({ entity: { subject: nameOf(keys.anchor.keyId) } }), 'RFC 6487 4.5'],
    [
      'two keys',
      having(
        'authorityKey',
        extension('2.5.29.35', false, sequence(contextPrimitive(0, fromHex(keys.anchor.keyId)), NULL)),
      ),
      'RFC 6487 4.8.3',
    ],
    [
      'more than one certificate',
      signedObject({ certificates: [certificate(), certificate()] }),
      'RFC 6488 2.1.4',
    ],
    ['resources of its own', having('ip', ipBlocks(SOME_IP)), 'RFC 9286 5.1'],
  ]);
});
