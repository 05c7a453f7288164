import { describe } from 'vitest';
import { check } from '../testing/judge-rows.ts';
import {
  asIds,
  bits,
  family,
  fromHex,
  generalizedTime,
  ipBlocks,
  keys,
  sha256,
  SOME_AS,
  SOME_IP,
} from '../testing/resigned.ts';
import {
  aspa,
  CARD,
  CRL_FILE,
  fileHash,
  ghostbusters,
  manifest,
  roa,
  SHA256,
} from '../testing/resigned-objects.ts';
import {
  bitStringOf,
  contextConstructed as tagged,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  tlv,
} from '../x509/der-writer.ts';

type Der = Uint8Array;

const NULL = nullValue();

describe('manifest', () => {
  const files = (...all: Der[]): Der => manifest({ files: sequence(fileHash(CRL_FILE), ...all) });
  const named = (name: string): Der => files(fileHash(name));
  const hash = sha256(NULL);
  const name = 'RFC 9286 4.2.2';
  const clause = 'RFC 9286 4.2.1';
  const structure = 'RFC 9286 4.2';
  check([
    ['version 0 written out', manifest({ before: [tagged(0, integer(0))] }), clause],
    ['number 0', manifest({ number: integer(0) }), null],
    ['the largest number', manifest({ number: integer((1n << 159n) - 1n) }), null],
    ['one more', manifest({ number: integer(1n << 159n) }), clause],
    ['a negative number', manifest({ number: fromHex('020180') }), clause],
    ['a number with a zero in front', manifest({ number: fromHex('02020005') }), 'X.690 8.3.2'],
    ['UTCTime', manifest({ thisUpdate: tlv(0x17, Buffer.from('261124010000Z')) }), structure],
    ['a fraction', manifest({ thisUpdate: generalizedTime('20261124010000.5Z') }), structure],
    ['to this second', manifest({ nextUpdate: generalizedTime('20261124020000Z') }), null],
    ['to the second before', manifest({ nextUpdate: generalizedTime('20261124015959Z') }), 'RFC 9286 6.3'],
    ['from the next second', manifest({ thisUpdate: generalizedTime('20261124020001Z') }), 'RFC 9286 6.3'],
    ['no time at all', manifest({ nextUpdate: generalizedTime('20261124010000Z') }), clause],
    ['SHA-512', manifest({ algorithm: oid('2.16.840.1.101.3.4.2.3') }), clause],
    ['an algorithm with parameters', manifest({ algorithm: SHA256 }), structure],
    ['nothing listed', manifest({ files: sequence() }), clause],
    ['another CRL', manifest({ files: sequence(fileHash('B.crl')) }), 'RFC 9286 6.3'],
    [
      'the CRL in small letters',
      manifest({ files: sequence(fileHash(CRL_FILE.toLowerCase())) }),
      'RFC 9286 6.3',
    ],
    ['two CRLs', named('B.crl'), clause],
    ['a name twice', files(fileHash('A.cer'), fileHash('A.cer', hash)), clause],
    ['a hash twice', files(fileHash('A.cer', hash), fileHash('B.cer', hash)), clause],
    ['itself', named(`${keys.anchor.keyId}.mft`), clause],
    ['another manifest', named('A.mft'), null],
    ['255 characters', named(`${'a'.repeat(251)}.cer`), null],
    ['256 characters', named(`${'a'.repeat(252)}.cer`), name],
    ...['A-_9.cer', 'a.gbr', 'a.roa', 'a.asa', 'a.tak', 'a.sig'].map((one): [string, Der, null] => [
      one,
      named(one),
      null,
    ]),
    ...['a/b.cer', '.cer', 'a..cer', 'a.b.cer', 'a.ce', 'a.CER', 'a.cerx', 'a.xyz', 'ä.cer', 'a b.cer'].map(
      (one): [string, Der, string] => [one, named(one), name],
    ),
    ['a hash too short', files(fileHash('A.cer', hash.subarray(1))), clause],
    [
      'a hash in parts of octets',
      files(sequence(tlv(0x16, Buffer.from('A.cer')), bitStringOf(hash.with(31, 0xf0), 4))),
      clause,
    ],
    ['an entry of three parts', files(fileHash('A.cer', hash, NULL)), structure],
    ['behind the list', manifest({ surplus: [NULL] }), structure],
    ['only AS numbers inherited', manifest({}, { entity: { extensions: { ip: null } } }), null],
  ]);
});

describe('ROA', () => {
  const prefix = (address: Der, ...more: Der[]): Der => sequence(address, ...more);
  const list = (...prefixes: Der[]): Der => roa({ prefixes });
  const limit = (length: Der): Der => list(prefix(bits('0a0a'), length));
  const both = ipBlocks(sequence(family('0001', bits('0a')), family('0002', bits('2001'), bits('fe'))));
  const v4 = sequence(octetString(fromHex('0001')), sequence(prefix(bits('0a0b'))));
  const v6 = (address: string): Der =>
    sequence(octetString(fromHex('0002')), sequence(prefix(bits(address))));
  const mapped = bits('00000000000000000000ffff0a0b');
  const mappedIp = ipBlocks(sequence(family('0002', bits(''))));
  const clause = 'RFC 9582 4';
  check([
    ['right', roa(), null],
    ['version 0 written out', roa({ before: [tagged(0, integer(0))] }), 'RFC 9582 4.1'],
    ['AS0', roa({ as: integer(0) }), null],
    ['the last AS', roa({ as: integer(4_294_967_295) }), null],
    ['one more', roa({ as: integer(4_294_967_296) }), 'RFC 9582 4.2'],
    ['a negative AS', roa({ as: fromHex('0201ff') }), 'RFC 9582 4.2'],
    ['an AS with a zero in front', roa({ as: fromHex('02020001') }), 'X.690 8.3.2'],
    ['maxLength as long', limit(integer(16)), null],
    ['maxLength 32', limit(integer(32)), null],
    ['maxLength 33', limit(integer(33)), 'RFC 9582 4.3.2.2'],
    ['maxLength 15', limit(integer(15)), 'RFC 9582 4.3.2.2'],
    ['maxLength with a zero in front', limit(fromHex('02020018')), 'X.690 8.3.2'],
    ['maxLength beyond all', limit(integer(1n << 40n)), clause],
    ['outside its certificate', list(prefix(bits('0b0a'))), 'RFC 9582 5'],
    ['unused bits set', list(prefix(bits('0a0b', 1))), 'X.690 11.2.1'],
    ['a prefix twice', list(prefix(bits('0a0a')), prefix(bits('0a0a'))), null],
    ['out of order', list(prefix(bits('0a0b')), prefix(bits('0a0a'))), null],
    ['IPv6 first', roa({ blocks: sequence(v6('2001'), v4) }, { ip: both }), null],
    [
      'IPv4 in IPv6',
      roa(
        { blocks: sequence(sequence(octetString(fromHex('0002')), sequence(prefix(mapped)))) },
        { ip: mappedIp },
      ),
      'RFC 9582 4.3.1',
    ],
    [
      'all of IPv6',
      roa(
        { blocks: sequence(sequence(octetString(fromHex('0002')), sequence(prefix(bits(''))))) },
        { ip: mappedIp },
      ),
      null,
    ],
    ['no prefix', list(), 'RFC 9582 4.3.2'],
    ['no family', roa({ blocks: sequence() }), 'RFC 9582 4.3'],
    ['a family twice', roa({ blocks: sequence(v4, v4) }), 'RFC 9582 4.3.1'],
    [
      'a SAFI',
      roa({ blocks: sequence(sequence(octetString(fromHex('000101')), sequence(prefix(bits('0a'))))) }),
      'RFC 9582 4.3.1',
    ],
    ['a family of three parts', roa({ besidePrefixes: [NULL] }), clause],
    ['a prefix of three parts', list(prefix(bits('0a0a'), integer(16), NULL)), clause],
    ['behind the blocks', roa({ surplus: [NULL] }), clause],
    ['AS numbers in its certificate', roa({}, { as: asIds(SOME_AS) }), 'RFC 9582 5'],
    [
      'an inheriting certificate',
      roa({}, { ip: ipBlocks(sequence(sequence(octetString(fromHex('0001')), NULL))) }),
      'RFC 9582 5',
    ],
    ['more in its certificate than it uses', roa({}, { ip: both }), null],
  ]);
});

describe('ASPA', () => {
  const clause = 'sidrops-aspa-profile 3';
  check([
    ['right', aspa(), null],
    ['version 0', aspa({ version: [tagged(0, integer(0))] }), clause],
    ['no version', aspa({ version: [] }), clause],
    ['two versions', aspa({ version: [tagged(0, integer(1), integer(1))] }), clause],
    ['no provider', aspa({ providers: [] }), clause],
    ['falling', aspa({ providers: [2, 1] }), clause],
    ['twice', aspa({ providers: [1, 1] }), clause],
    ['itself', aspa({ providers: [1, 64496] }), clause],
    ['AS0 alone', aspa({ providers: [0] }), null],
    ['AS0 and another', aspa({ providers: [0, 1] }), clause],
    ['a provider out of range', aspa({ providers: [4_294_967_296] }), clause],
    ['behind the providers', aspa({ surplus: [NULL] }), clause],
    ['another customer than its certificate', aspa({ customer: 64497 }), 'sidrops-aspa-profile 4'],
    ['addresses in its certificate', aspa({}, { ip: ipBlocks(SOME_IP) }), 'sidrops-aspa-profile 4'],
    [
      'an inheriting certificate',
      aspa({}, { as: asIds(sequence(tagged(0, NULL))) }),
      'sidrops-aspa-profile 4',
    ],
    [
      'more AS numbers in its certificate',
      aspa({}, { as: asIds(sequence(tagged(0, sequence(sequence(integer(64496), integer(64500)))))) }),
      'sidrops-aspa-profile 4',
    ],
    [
      'AS0 as the customer',
      aspa({ customer: 0 }, { as: asIds(sequence(tagged(0, sequence(integer(0))))) }),
      clause,
    ],
    ['4,000 providers', aspa({ providers: Array.from({ length: 4000 }, (_, index) => index + 1) }), null],
  ]);
});

describe('Ghostbusters record', () => {
  const card = (from: string, to: string): Der => ghostbusters(CARD.replace(from, to));
  const clause = 'RFC 6493 5';
  check([
    ['right', ghostbusters(CARD), null],
    ['folded', card('Human', 'Hu\r\n man'), null],
    ['two names', card('FN:Human', 'FN:Human\r\nFN:Other'), null],
    ['a parameter and a group', card('EMAIL:', 'a.EMAIL;TYPE="work,x":'), null],
    ['line feeds alone', ghostbusters(CARD.replaceAll('\r\n', '\n')), clause],
    ['no end of the last line', ghostbusters(CARD.trimEnd()), clause],
    [
      'the version third',
      ghostbusters('BEGIN:VCARD\r\nFN:H\r\nVERSION:4.0\r\nEMAIL:a@b\r\nEND:VCARD\r\n'),
      clause,
    ],
    ['version 3', card('4.0', '3.0'), clause],
    ['two cards', ghostbusters(CARD + CARD), clause],
    ['a card inside', card('FN:Human', 'FN:Human\r\nBEGIN:VCARD\r\nEND:VCARD'), clause],
    ['another property', card('FN:Human', 'FN:Human\r\nN:a'), clause],
    ['no name', card('FN:Human\r\n', ''), clause],
    ['an empty name', card('FN:Human', 'FN:'), clause],
    ['an organisation, and no way to reach it', card('EMAIL:a@example.net', 'ORG:a'), clause],
    ['an empty line', card('FN:Human', 'FN:Human\r\n'), clause],
    ['no UTF-8', ghostbusters(Buffer.from(CARD.replace('Human', 'H\u00fc'), 'latin1')), clause],
    ['resources in its certificate', ghostbusters(CARD, { ip: ipBlocks(SOME_IP) }), 'RFC 6493 4'],
  ]);
});
