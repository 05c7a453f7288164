import { expect, test } from 'vitest';
import { readAsn } from '../../rpki/resource-text.ts';
import { testKey } from '../../testing/test-proxy.ts';
import type { Identity } from '../signer/trust-anchor.ts';
import { addChild, requireChild } from './change-children.ts';
import { answerGuarded } from './guard-child.ts';
import { freshProxy, type ProxyChild } from './proxy-state.ts';

const NOW = new Date('2027-03-01T12:00:00Z');
const identity: Identity = { ...testKey(), certificateDer: new Uint8Array() };
const state = addChild(freshProxy(identity), {
  handle: 'a',
  identity,
  resources: { asn: readAsn('AS1'), ipv4: [], ipv6: [] },
});
const first = requireChild(state, 'a');
const list = (child: ProxyChild, signedAt: Date, sha256: string) =>
  answerGuarded(state, child, { type: 'list' }, { signedAt, sha256 }, NOW).child;

test('a message from the future is refused, and shuts nobody out', () => {
  expect(() => list(first, new Date('2049-01-01T00:00:00Z'), 'AA')).toThrow(/one of the two clocks is wrong/);
  expect(list(first, new Date(NOW.getTime() + 60_000), 'AA').lastDigests).toEqual(['AA']);
});

test('what is remembered of one second has a bound', () => {
  let child = first;
  for (let at = 0; at < 64; at += 1) child = list(child, NOW, String(at));
  expect(() => list(child, NOW, 'one more')).toThrow(/more than 64 messages in one second/);
  expect(list(child, new Date(NOW.getTime() + 1000), 'later').lastDigests).toEqual(['later']);
});
