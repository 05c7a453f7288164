import { expect, test } from 'vitest';
import { makeIdentity } from '../../rpki/make-certificate.ts';
import { testKey } from '../../testing/test-proxy.ts';
import { identityOf } from '../signer/trust-anchor.ts';
import { freshProxy, type ProxyState } from './proxy-state.ts';
import { proxyText, readProxyState } from './proxy-text.ts';

const AT = '2026-11-24T12:00:00.000Z';

test('what is out comes back; a state from before that was known reads as one of which nothing is known to be out', async () => {
  const key = testKey();
  const validity = { notBefore: new Date(AT), notAfter: new Date('2041-11-24T12:00:00Z') };
  const state: ProxyState = {
    ...freshProxy(
      identityOf(key.spkiDer, new Uint8Array(await makeIdentity({ ...key, validity }, key.sign))),
    ),
    published: { at: AT, number: '7' },
    // A base is data.
    out: new Map([
      ['rsync://rpki.example.net/repo/', 'AA'.repeat(32)],
      ['__proto__', 'BB'.repeat(32)],
    ]),
  };
  expect(readProxyState(proxyText(state))).toEqual(state);
  const { out: _, ...written } = JSON.parse(proxyText(state)) as Record<string, unknown>;
  const former = { ...written, published: { at: AT, number: '7', refused: ['kid'] } };
  expect(readProxyState(JSON.stringify(former))).toEqual({ ...state, out: new Map() });
});
