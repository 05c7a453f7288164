import { expect, test } from 'vitest';
import { parseCertificate } from '../x509/certificate.ts';
import { readJson } from '../lib/json-reader.ts';
import { testKey, type TestKey, testProxy } from '../testing/test-proxy.ts';
import { readIdentity } from './documents.ts';
import { judgeRequest } from './judge-request.ts';
import { ALL_RESOURCES } from './signer/make-trust-anchor.ts';

const NOW = new Date('2027-03-01T12:00:00Z');
const RESOURCES = { asn: 'AS1', ipv4: '', ipv6: '' };

/** The place of a child called `handle` with the proxy of the tests. */
const places = (key: TestKey, host: string, handle: string) => ({
  caRepository: `rsync://${host}/repo/${handle}/0/`,
  rpkiManifest: `rsync://${host}/repo/${handle}/0/${key.keyId}.mft`,
});

async function questions(
  children: [handle: string, key: TestKey][],
  issued: Map<string, ReturnType<typeof places>>,
  owners: Map<string, string>,
): Promise<string[]> {
  const proxy = await testProxy(NOW);
  const { certificateDer } = readIdentity(readJson(Buffer.from(proxy.idFile)), '');
  const bytes = await proxy.request(
    children.map(([handle, key]) => ({ handle, resources: RESOURCES, issue: [key], revoke: [] })),
    NOW,
  );
  const judged = judgeRequest(
    bytes,
    {
      proxySpki: parseCertificate(certificateDer).spkiDer,
      taKeyId: testKey().keyId,
      taResources: ALL_RESOURCES,
      baseUri: proxy.base,
      owners,
      issued,
      nonces: new Set(),
    },
    NOW,
  );
  expect(judged.faults).toEqual([]);
  return judged.questions;
}

test('a child that would publish where another one does is a question, whoever was there first', async () => {
  const [one, two] = [testKey(), testKey()];
  const there = places(one, 'RPKI.example.net', 'b');
  const owners = new Map([[one.keyId, 'a']]);
  expect(await questions([['b', two]], new Map([[one.keyId, there]]), owners)).toEqual([
    expect.stringMatching(/^b, key .*: it would publish where a does/),
  ]);
  // The same child, and one elsewhere.
  expect(await questions([['b', two]], new Map([[one.keyId, there]]), new Map([[one.keyId, 'b']]))).toEqual(
    [],
  );
  expect(await questions([['c', two]], new Map([[one.keyId, there]]), owners)).toEqual([]);
});
