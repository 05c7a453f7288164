import { expect, test } from 'vitest';
import { readAsn, readIp } from '../../rpki/resource-text.ts';
import { NO_RESOURCES } from './child-review.ts';
import { overlapsOf } from './overlaps.ts';

const set = (ipv4: string, asn = '', ipv6 = '') => ({
  asn: readAsn(asn),
  ipv4: readIp(ipv4, 'ipv4'),
  ipv6: readIp(ipv6, 'ipv6'),
});
const holds = (handle: string, after: string, before = '') => ({
  handle,
  before: set(before),
  after: set(after),
});

test('what a child gets that another one holds is named, for as much as both hold', () => {
  expect(overlapsOf([holds('b', '10.1.0.0/16'), holds('a', '10.0.0.0/8', '10.0.0.0/8')])).toEqual([
    'b gets 10.1.0.0/16, which a holds too: right only if they are meant to share it, as during a transfer.',
  ]);
  expect(
    overlapsOf([
      holds('a', '10.0.0.0/16, 192.0.2.0/24', '192.0.2.0/24'),
      holds('b', '10.0.128.0/17, 192.0.2.0/24', '10.0.128.0/17, 192.0.2.0/24'),
      holds('c', '10.0.0.0/24', '10.0.0.0/24'),
    ]),
  ).toEqual([
    'a gets 10.0.0.0/24, 10.0.128.0/17, which b, c hold too: right only if they are meant to share it, as during a transfer.',
  ]);
});

test('what was shared before, what only touches, and what the other one gives up is not named', () => {
  expect(
    overlapsOf([holds('a', '10.0.0.0/8', '10.0.0.0/8'), holds('b', '10.1.0.0/16', '10.1.0.0/16')]),
  ).toEqual([]);
  expect(overlapsOf([holds('a', '10.0.0.0/25'), holds('b', '10.0.0.128/25')])).toEqual([]);
  expect(overlapsOf([holds('a', '', '10.0.0.0/8'), holds('b', '10.0.0.0/8')])).toEqual([]);
});

test('the families are not mixed, and all of them are looked at', () => {
  const all = { handle: 'all', before: NO_RESOURCES, after: set('0.0.0.0/0', 'AS0-AS4294967295', '::/0') };
  const one = { handle: 'one', before: NO_RESOURCES, after: set('0.0.0.1/32') };
  const two = { handle: 'two', before: NO_RESOURCES, after: set('', 'AS1') };
  const six = { handle: 'six', before: NO_RESOURCES, after: set('', '', '::1/128') };
  expect(overlapsOf([one, two, six])).toEqual([]);
  expect(overlapsOf([all, one, two, six]).map((line) => line.split(' too:')[0])).toEqual([
    'one gets 0.0.0.1, which all holds',
    'two gets AS1, which all holds',
    'six gets ::1, which all holds',
  ]);
});

test('two that get the same at once are named once, and a thousand that share everything end', () => {
  expect(overlapsOf([holds('a', '10.0.0.0/8'), holds('b', '10.0.0.0/8')])).toEqual([
    'b gets 10.0.0.0/8, which a holds too: right only if they are meant to share it, as during a transfer.',
  ]);
  const many = Array.from({ length: 1000 }, (_, at) => holds(`c${at}`, '0.0.0.0/0'));
  const said = overlapsOf(many);
  expect(said).toHaveLength(999);
  expect(said.at(-1)).toMatch(/^c999 gets 0\.0\.0\.0\/0, which c0, c1, c2, c3 and 995 more hold too/);
});
