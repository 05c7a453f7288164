import { describe } from 'vitest';
import { check, having } from '../testing/judge-rows.ts';
import {
  access,
  BASE,
  extension,
  FOLDER,
  fromHex,
  fullName,
  informationAccess,
  ipBlocks,
  keys,
  point,
  pointsTo,
  policy,
  sha256,
  SOME_IP,
  uriName,
} from '../testing/resigned.ts';
import {
  boolean,
  contextPrimitive,
  ia5String,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
} from '../x509/der-writer.ts';

type Der = Uint8Array;

const NULL = nullValue();

describe('extensions', () => {
  const identifier = octetString(fromHex(keys.child.keyId));
  const cps = (...more: Der[]): Der =>
    sequence(oid('1.3.6.1.5.5.7.2.1'), ia5String('https://e.net/cps'), ...more);
  const usage = (value: string): Der => having('usage', extension('2.5.29.15', true, fromHex(value)));
  check([
    ['an unknown one, critical', having('x', extension('1.2.3.4', true, NULL)), 'RFC 6487 4.8'],
    ['an unknown one', having('x', extension('1.2.3.4', false, NULL)), null],
    [
      'critical FALSE written out',
      having('subjectKey', extension('2.5.29.14', null, identifier)),
      'X.690 11.5',
    ],
    [
      'an extended key usage',
      having('x', extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.30')))),
      'RFC 6487 4.8.5',
    ],
    [
      'a path length',
      having('basic', extension('2.5.29.19', true, sequence(boolean(true), integer(1)))),
      'RFC 6487 4.8.1',
    ],
    [
      'basic constraints not critical',
      having('basic', extension('2.5.29.19', false, sequence(boolean(true)))),
      'RFC 6487 4.8.1',
    ],
    [
      'critical as 01',
      having('basic', sequence(oid('2.5.29.19'), fromHex('010101'), octetString(sequence(boolean(true))))),
      'RFC 5280 4.1',
    ],
    ['one more key usage', usage('03020186'), 'RFC 6487 4.8.4'],
    ['key usage with more bits than it has', usage('03020006'), 'RFC 6487 4.8.4'],
    [
      'another key’s identifier',
      having('subjectKey', extension('2.5.29.14', false, octetString(sha256(NULL).subarray(0, 20)))),
      'RFC 6487 4.8.2',
    ],
    ['no authority key', having('authorityKey', null), 'RFC 6487 4.8.3'],
    [
      'issuer and serial number',
      having(
        'authorityKey',
        extension(
          '2.5.29.35',
          false,
          sequence(contextPrimitive(0, fromHex(keys.anchor.keyId)), contextPrimitive(2, fromHex('01'))),
        ),
      ),
      'RFC 6487 4.8.3',
    ],
    ['a CPS pointer', having('policy', policy(sequence(cps()))), null],
    ['two', having('policy', policy(sequence(cps(), cps()))), 'RFC 6487 4.8.9'],
    ['of three parts', having('policy', policy(sequence(cps(NULL)))), 'RFC 6487 4.8.9'],
    ['none in the list', having('policy', policy(sequence())), 'RFC 6487 4.8.9'],
    [
      'another policy',
      having('policy', extension('2.5.29.32', true, sequence(sequence(oid('1.3.6.1.5.5.7.14.3'))))),
      'RFC 6487 4.8.9',
    ],
    ['octets behind the value', having('ip', ipBlocks(Buffer.concat([SOME_IP, NULL]))), 'RFC 6487 4.8.10'],
  ]);
});

describe('where it points', () => {
  const manifest = `${FOLDER}A.mft`;
  const places = (...all: Der[]): Der => having('subject', informationAccess(11, ...all));
  const at5 = (folder: string, file = `${folder}A.mft`): Der => places(access(5, folder), access(10, file));
  const plus = (...more: Der[]): Der => places(access(5, FOLDER), access(10, manifest), ...more);
  const issuer = (...all: Der[]): Der => having('issuer', informationAccess(1, ...all));
  const crl = (...points: Der[]): Der => having('crl', pointsTo(...points));
  const file = `${BASE}a.crl`;
  const sia = 'RFC 6487 4.8.8.1';
  check([
    ['the scheme in large letters', at5('RSYNC://h/repo/x/'), null],
    ['a port', at5('rsync://h:8873/repo/x/'), null],
    ['a folder as dNSName', places(access(5, FOLDER, 2), access(10, manifest)), 'RFC 6487 4.8.8'],
    ['the issuer as dNSName', issuer(access(2, 'rsync://h/ta/ta.cer', 2)), 'RFC 6487 4.8.7'],
    [
      'a description of three parts',
      places(sequence(oid('1.3.6.1.5.5.7.48.5'), uriName(FOLDER), NULL), access(10, manifest)),
      'RFC 6487 4.8.8',
    ],
    ['a signed object', plus(access(11, `${FOLDER}x.roa`)), sia],
    ['an unknown method', plus(access(3, FOLDER)), sia],
    ['two notifications', plus(access(13, 'https://h/a'), access(13, 'https://h/b')), 'RFC 8182 3.2'],
    ['one over http', plus(access(13, 'http://h/a')), 'RFC 8182 3.2'],
    ['one without a path', plus(access(13, 'https://h')), 'RFC 8182 3.2'],
    ['one with a space', plus(access(13, 'https://h/ a')), 'RFC 8182 3.2'],
    ['one with an empty element', plus(access(13, 'https://h//a.xml')), null],
    ['a second folder, https', plus(access(5, 'https://h/x/')), null],
    ['a second folder, rsync', plus(access(5, `${BASE}y/0/`)), sia],
    ['a second manifest, rsync', plus(access(10, `${FOLDER}B.mft`)), sia],
    ['no manifest', places(access(5, FOLDER)), sia],
    ['a dot in front', at5('rsync://h/repo/.x/'), sia],
    ['two dots', at5('rsync://h/repo/../x/'), sia],
    ['two dots, escaped', at5('rsync://h/repo/%2e%2e/x/'), sia],
    ['an empty element', at5('rsync://h/repo//x/'), sia],
    ['a query', at5('rsync://h/repo/?x/'), sia],
    ['a fragment', at5('rsync://h/repo/#/'), sia],
    ['a user', at5('rsync://u:p@h/repo/'), sia],
    ['a backslash', at5('rsync://h/repo/\\/'), sia],
    ['no slash at the end', at5('rsync://h/repo/x', 'rsync://h/repo/x/A.mft'), sia],
    ['2049 characters', at5(`rsync://h/repo/${'x'.repeat(2049)}/`), sia],
    ['a manifest elsewhere', at5(FOLDER, `${BASE}y/A.mft`), 'RFC 9286 4.2.2'],
    ['deeper', at5(FOLDER, `${FOLDER}y/A.mft`), 'RFC 9286 4.2.2'],
    ['with a name of two dots', at5(FOLDER, `${FOLDER}a.b.mft`), 'RFC 9286 4.2.2'],
    ['with other characters', at5(FOLDER, `${FOLDER}a!b,.mft`), 'RFC 9286 4.2.2'],
    ['in large letters', at5(FOLDER, `${FOLDER}a.MFT`), sia],
    ['without a name', at5(FOLDER, `${FOLDER}.mft`), sia],
    ['the issuer over https alone', issuer(access(2, 'https://h/ta.cer')), 'RFC 6487 4.8.7'],
    [
      'the issuer over https too',
      issuer(access(2, 'rsync://h/ta/ta.cer'), access(2, 'https://h/ta.cer')),
      null,
    ],
    [
      'the issuer at two places',
      issuer(access(2, 'rsync://h/ta/ta.cer'), access(2, 'rsync://h/b/ta.cer')),
      'RFC 6487 4.8.7',
    ],
    ['OCSP too', issuer(access(2, 'rsync://h/ta/ta.cer'), access(1, 'http://h/')), 'RFC 6487 4.8.7'],
    [
      'a CRL with reasons',
      crl(sequence(fullName(fullName(uriName(file))), contextPrimitive(1, fromHex('0780')))),
      'RFC 6487 4.8.6',
    ],
    ['two points', crl(point(file), point(file)), 'RFC 6487 4.8.6'],
    ['two names in one point', crl(point(file, 'https://h/a.crl')), null],
    [
      'a point with two full names',
      crl(sequence(fullName(fullName(uriName(file)), fullName(uriName(file))))),
      'RFC 6487 4.8.6',
    ],
    ['a CRL that ends otherwise', crl(point(`${BASE}a.txt`)), 'RFC 6487 4.8.6'],
    ['a CRL that is a folder', crl(point(BASE)), 'RFC 6487 4.8.6'],
  ]);
});
