import { describe } from 'vitest';
import { check, having } from '../testing/judge-rows.ts';
import {
  asIds,
  bits,
  certificate,
  extension,
  family,
  fromHex,
  ipBlocks,
  SOME_IP,
} from '../testing/resigned.ts';
import {
  contextConstructed as tagged,
  integer,
  nullValue,
  octetString,
  sequence,
} from '../x509/der-writer.ts';

type Der = Uint8Array;

const NULL = nullValue();

describe('addresses', () => {
  const ip = (...blocks: Der[]): Der => having('ip', ipBlocks(sequence(...blocks)));
  const v4 = (...all: Der[]): Der => ip(family('0001', ...all));
  const afi = octetString(fromHex('0001'));
  const [from, to] = [bits('0a', 1), bits('0b02')];
  const clause = 'RFC 6487 4.8.10';
  check([
    ['no family', ip(), clause],
    [
      'no family and no AS numbers',
      certificate({ extensions: { ip: ipBlocks(sequence()), as: null } }),
      clause,
    ],
    ['no address', v4(), clause],
    ['a SAFI', ip(family('000101', bits('0a'))), clause],
    ['another family', ip(family('0003', bits('0a'))), clause],
    ['three parts', ip(sequence(afi, sequence(bits('0a')), NULL)), clause],
    ['a NULL with a content', ip(sequence(afi, fromHex('050100'))), clause],
    ['a range in its shortest form', v4(sequence(from, to)), null],
    ['a lower end with zeros', v4(sequence(bits('0a'), to)), clause],
    ['an upper end with ones', v4(sequence(from, bits('0b02ffff'))), clause],
    ['a range of three', v4(sequence(from, to, NULL)), clause],
    ['a prefix as a range', v4(sequence(from, bits('0b'))), clause],
    ['adjacent', v4(bits('0a'), bits('0b')), clause],
    ['out of order', v4(bits('0c'), bits('0a')), clause],
    ['twice', v4(bits('0a'), bits('0a')), clause],
    ['too long', v4(bits('0a0000000a')), clause],
    ['unused bits set', v4(bits('0b', 1)), 'X.690 11.2.1'],
    ['IPv6 first', ip(family('0002', bits('2001')), family('0001', bits('0a'))), clause],
    ['a family twice', ip(family('0001', bits('0a')), family('0001', bits('0c'))), clause],
    ['all', v4(bits('')), null],
    ['not critical', having('ip', extension('1.3.6.1.5.5.7.1.7', false, SOME_IP)), clause],
  ]);
});

describe('AS numbers', () => {
  const as = (...all: Der[]): Der => having('as', asIds(sequence(...all)));
  const numbers = (...all: Der[]): Der => as(tagged(0, sequence(...all)));
  const clause = 'RFC 6487 4.8.11';
  check([
    ['nothing', as(), clause],
    ['no number', numbers(), clause],
    ['two lists', as(tagged(0, sequence(integer(1)), NULL)), clause],
    ['routing domains', as(tagged(0, sequence(integer(1))), tagged(1, sequence(integer(1)))), clause],
    ['a range of one', numbers(sequence(integer(1), integer(1))), clause],
    ['a range of three', numbers(sequence(integer(1), integer(5), integer(7))), clause],
    ['adjacent', numbers(integer(1), integer(2)), clause],
    ['the last', numbers(integer(4_294_967_295)), null],
    ['one more', numbers(integer(4_294_967_296)), clause],
    ['AS0', numbers(integer(0)), null],
    ['a NULL with a content', as(tagged(0, fromHex('050100'))), clause],
    ['a number with a zero in front', numbers(fromHex('02020001')), 'X.690 8.3.2'],
  ]);
});
