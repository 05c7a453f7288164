import { expect, test } from 'vitest';
import { type ExchangeFacts, historyOf } from './history.ts';

type Child = ExchangeFacts['children'][number];

const exchange = (nonce: string, ...children: Child[]) => ({
  nonce,
  number: nonce,
  facts: JSON.stringify({ nextUpdate: '2027-01-01T00:00:00Z', children }),
});
const child = (handle: string, ipv4: string, ...wishes: Child['wishes']): Child => ({
  handle,
  resources: { asn: '', ipv4, ipv6: '' },
  wishes,
});
const issued = (key: string) => ({ key, what: 'issued' as const });
const revoked = (key: string) => ({ key, what: 'revoked' as const });

const PAST = [
  exchange(
    '1',
    child('a', '10.0.0.0/24', issued('A1'), issued('A2')),
    child('b', '10.1.0.0/24', issued('B1')),
  ),
  exchange('2', child('a', '10.0.0.0/23', revoked('A1'))),
  // A key that goes from one child to another, and one that comes back.
  exchange('3', child('c', '', issued('B1')), child('a', '10.0.0.0/23', issued('A1'))),
  exchange('4', child('unowned-keys', '', revoked('A2'))),
];

test('exchanges that are added one after the other tell what all of them tell at once', () => {
  const all = historyOf(PAST);
  expect([...(all.children.get('a')?.keys ?? [])]).toEqual(['A1']);
  expect(all.owners).toEqual(
    new Map([
      ['B1', 'c'],
      ['A1', 'a'],
    ]),
  );
  // Not A1, which came back.
  expect(all.revoked).toEqual(new Map([['A2', '4']]));
  for (let at = 0; at <= PAST.length; at += 1) {
    const before = historyOf(PAST.slice(0, at));
    const kept = structuredClone(before);
    const after = historyOf(PAST.slice(at), before);
    expect(after.children).toEqual(all.children);
    expect(after.owners).toEqual(all.owners);
    expect(after.revoked).toEqual(all.revoked);
    expect(after.nonces).toEqual(all.nonces);
    // What others hold stays as it was.
    expect(before).toEqual(kept);
  }
});
