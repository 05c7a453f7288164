import { describe, expect, test } from 'vitest';
import { check, clauses, having } from '../testing/judge-rows.ts';
import {
  anchorCertificate,
  asIds,
  at,
  authorityKey,
  BASE,
  certificate,
  crl,
  entityCertificate,
  extension,
  fromHex,
  generalizedTime,
  type Hash,
  keys,
  nameOf,
  NOW,
  point,
  pointsTo,
  resignKey,
  rsaWith,
  signedAs,
  validity,
} from '../testing/resigned.ts';
import {
  bitStringOf,
  contextConstructed as tagged,
  integer,
  nullValue,
  oid,
  printableString,
  sequence,
  setOf,
  time,
  tlv,
  utf8String,
} from '../x509/der-writer.ts';
import { keyId } from '../x509/public-key.ts';
import { judgeObject } from './judge.ts';

type Der = Uint8Array;

const NULL = nullValue();

const anchor = anchorCertificate();

describe('structure', () => {
  const surplus = 'RFC 5280 4.1';
  check([
    ['right', certificate(), null],
    ['behind the signature', certificate({ surplus: [NULL] }), surplus],
    ['behind the extensions', certificate({ afterFields: [NULL] }), surplus],
    ['a second [3]', certificate({ afterFields: [tagged(3, sequence())] }), surplus],
    ['two in [3]', certificate({ besideExtensions: [NULL] }), surplus],
    ['two versions', certificate({ version: tagged(0, integer(2), integer(2)) }), surplus],
    ['three times', certificate({ validity: validity(undefined, undefined, NULL) }), surplus],
    ['an extension of four parts', having('x', extension('1.2.3', true, NULL, NULL)), surplus],
    ['version 4', certificate({ version: tagged(0, integer(3)) }), 'RFC 6487 4.1'],
    ['serial number 0', certificate({ serial: integer(0) }), 'RFC 6487 4.2'],
    ['a negative one', certificate({ serial: fromHex('020180') }), 'RFC 6487 4.2'],
    ['the largest', certificate({ serial: integer((1n << 159n) - 1n) }), null],
    ['one more', certificate({ serial: integer(1n << 159n) }), 'RFC 6487 4.2'],
    ['a serial with a zero in front', certificate({ serial: fromHex('02020005') }), 'X.690 8.3.2'],
    [
      'a list of no extensions',
      certificate({ afterFields: [], extensions: noExtensions() }),
      'RFC 6487 4.8.4',
    ],
  ]);
});

function noExtensions(): Record<string, null> {
  const names = 'basic subjectKey authorityKey usage crl issuer subject policy ip as'.split(' ');
  return Object.fromEntries(names.map((name) => [name, null]));
}

describe('the signature algorithm', () => {
  const alike = (hash: Hash, bare = false): [Der, Der] => [rsaWith(hash, bare), rsaWith(hash, bare)];
  const both = [
    ['certificate', certificate()],
    ['CRL', crl()],
  ] as const;
  for (const [what, der] of both) {
    const as = (pair: [Der, Der], hash: Hash = 'sha256'): Der => signedAs(der, pair, hash, keys.anchor.key);
    const clause = 'RFC 7935 2';
    check([
      [`${what}: the right one`, as(alike('sha256')), null],
      [`${what}: SHA-1`, as(alike('sha1'), 'sha1'), clause],
      [`${what}: SHA-512`, as(alike('sha512'), 'sha512'), clause],
      [`${what}: another one inside`, as([rsaWith('sha512'), rsaWith('sha256')]), clause],
      // RFC 4055 5: a reader must take that.
      [`${what}: without its NULL`, as(alike('sha256', true)), null],
      [`${what}: without its NULL inside`, as([rsaWith('sha256', true), rsaWith('sha256')]), clause],
      [`${what}: without its NULL outside`, as([rsaWith('sha256'), rsaWith('sha256', true)]), clause],
    ]);
  }
});

describe('who issued it', () => {
  const under = (issuer: Der, der: Der): string[] =>
    judgeObject(der, { issuerDer: issuer, anchor: false, at: NOW }).faults.map(({ clause }) => clause);
  const own = certificate({ by: keys.child, key: keys.entity });
  const end = entityCertificate(`${BASE}a.roa`);
  test.each<[string, Der, Der, string[]]>([
    ['an authority', certificate(), own, []],
    ['an end entity', end, certificate({ by: keys.entity }), ['RFC 5280 6.1.4']],
    ['no basic constraints', having('basic', null), own, ['RFC 5280 6.1.4']],
    [
      'no permission',
      having('usage', extension('2.5.29.15', true, fromHex('03020780'))),
      own,
      ['RFC 5280 6.1.4'],
    ],
  ])('%s', (_what, issuer, der, wanted) => {
    const found = under(issuer, der);
    if (wanted.length === 0) expect(found).toEqual([]);
    else expect(found).toEqual(expect.arrayContaining(wanted));
  });
});

describe('times', () => {
  const seconds = sequence(generalizedTime('20261124000000Z'), time(at('2027-11-24T00:00:00')));
  check([
    ['GeneralizedTime before 2050', certificate({ validity: seconds }), 'RFC 5280 4.1.2.5'],
    ['the end in 2050', certificate({ validity: validity(undefined, '2050-01-01T00:00:00') }), null],
    ['the end in 9999', certificate({ validity: validity(undefined, '9999-12-31T23:59:59') }), null],
    ['from this second on', certificate({ validity: validity('2026-11-24T02:00:00') }), null],
    ['to this second', certificate({ validity: validity(undefined, '2026-11-24T02:00:00') }), null],
    [
      'to the second before',
      certificate({ validity: validity(undefined, '2026-11-24T01:59:59') }),
      'RFC 5280 6.1.3',
    ],
    ['from the next second', certificate({ validity: validity('2026-11-24T02:00:01') }), 'RFC 5280 6.1.3'],
  ]);
});

describe('names', () => {
  const cn = (value: Der, ...more: Der[]): Der => sequence(oid('2.5.4.3'), value, ...more);
  const serial = sequence(oid('2.5.4.5'), printableString('1'));
  const abc = cn(printableString('abc'));
  const subject = (...rdns: Der[]): Der => certificate({ subject: sequence(...rdns) });
  const [first, second] = [abc, serial].toSorted((a, b) => Buffer.compare(a, b)) as [Der, Der];
  check([
    ['with a serial number beside', subject(setOf(abc, serial)), null],
    ['with a serial number behind', subject(setOf(abc), setOf(serial)), null],
    ['parts of the set out of order', subject(tlv(0x31, second, first)), 'X.690 11.6'],
    ['a relative name as SEQUENCE', subject(sequence(abc)), 'RFC 6487 4.5'],
    ['an attribute of three parts', subject(setOf(cn(printableString('abc'), NULL))), 'RFC 6487 4.5'],
    ['UTF8String', subject(setOf(cn(utf8String('abc')))), 'RFC 6487 4.5'],
    ['64 characters', certificate({ subject: nameOf('a'.repeat(64)) }), null],
    ['65 characters', certificate({ subject: nameOf('a'.repeat(65)) }), 'RFC 5280 A.1'],
    ['two common names', subject(setOf(abc), setOf(abc)), 'RFC 6487 4.5'],
    ['an organisation', subject(setOf(sequence(oid('2.5.4.10'), printableString('x')))), 'RFC 6487 4.5'],
    ['nothing', subject(), 'RFC 6487 4.5'],
    ['the issuer’s, with another key', certificate({ subject: nameOf(keys.anchor.keyId) }), 'RFC 8630 2.3'],
    // RFC 5280 7.1
    [
      'the issuer in small letters',
      certificate({ issuer: nameOf(` ${keys.anchor.keyId.toLowerCase()}`) }),
      null,
    ],
    [
      'the issuer without its last letter',
      certificate({ issuer: nameOf(keys.anchor.keyId.slice(1)) }),
      'RFC 6487 7.2',
    ],
    [
      'the issuer in another type',
      certificate({ issuer: sequence(setOf(cn(utf8String(keys.anchor.keyId)))) }),
      'RFC 6487 4.4',
    ],
  ]);
});

describe('the key', () => {
  const modulus = Buffer.from(keys.child.key.export({ format: 'jwk' }).n ?? '', 'base64url');
  const rsa = sequence(oid('1.2.840.113549.1.1.1'), NULL);
  const number = (zeros: string): Der => tlv(2, fromHex(zeros), modulus);
  const E = fromHex('0203010001');
  const of = (key: Der, algorithm = rsa, ...more: Der[]): Der => {
    const spkiDer = sequence(algorithm, bitStringOf(key), ...more);
    return certificate({ key: { ...keys.child, spkiDer, keyId: keyId(spkiDer) } });
  };
  check([
    ['put together again', of(sequence(number('00'), E)), null],
    ['two zeros in front', of(sequence(number('0000'), E)), 'X.690 8.3.2'],
    ['a negative modulus', of(sequence(number(''), E)), 'RFC 7935 3'],
    ['three numbers', of(sequence(number('00'), E, integer(1))), 'RFC 7935 3'],
    ['three parts', of(sequence(number('00'), E), rsa, NULL), 'RFC 7935 3'],
    ['no NULL', of(sequence(number('00'), E), sequence(oid('1.2.840.113549.1.1.1'))), 'RFC 7935 3.1'],
    ['4096 bits', certificate({ key: resignKey(4096) }), 'RFC 7935 3'],
    ['exponent 3', certificate({ key: resignKey(2048, 3) }), 'RFC 7935 3'],
  ]);
});

describe('a trust anchor', () => {
  const other = anchorCertificate({ issuer: nameOf('other') });
  const inherits = asIds(sequence(tagged(0, NULL)));
  check(
    [
      ['right', anchor, null],
      [
        'its own authority key',
        anchorCertificate({ extensions: { authorityKey: authorityKey(keys.anchor.keyId) } }),
        null,
      ],
      ['another issuer', other, 'RFC 8630 2.3'],
      [
        'another authority key',
        anchorCertificate({ extensions: { authorityKey: authorityKey(keys.child.keyId) } }),
        'RFC 6487 4.8.3',
      ],
      ['inherits', anchorCertificate({ extensions: { as: inherits } }), 'RFC 8630 2.3'],
      [
        'a CRL distribution point',
        anchorCertificate({ extensions: { crl: pointsTo(point(`${BASE}a.crl`)) } }),
        'RFC 6487 4.8.6',
      ],
      ['a child', certificate(), 'RFC 8630 2.3'],
    ],
    true,
  );
  test('an end entity alone is none', () =>
    expect(clauses(entityCertificate(`${BASE}a.mft`))).toContain('RFC 6487 4.8.1'));
});
