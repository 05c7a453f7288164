/** A thousand children of a proxy with one wish each, put into a workspace that no application has open. Not shipped. */
import { createPrivateKey, createPublicKey, generatePrimeSync, type JsonWebKey, sign } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeCsr } from '../rpki/make-csr.ts';
import { makeIdentityOf } from '../ta/signer/make-trust-anchor.ts';
import type { ProxyChild } from '../ta/proxy/proxy-state.ts';
import { proxyText, readProxyState } from '../ta/proxy/proxy-text.ts';
import { keyId } from '../x509/public-key.ts';
import { testKey, type TestKey } from './test-proxy.ts';
import { PASSPHRASE, testVault } from './test-workspace.ts';

const EXPONENT = 65_537n;

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) {
    const quotient = a / b;
    [a, b] = [b, a % b];
    [x, y] = [y, x - quotient * y];
  }
  return ((x % modulus) + modulus) % modulus;
}

function part(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

function keyOf(p: bigint, q: bigint): TestKey {
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const jwk: JsonWebKey = {
    kty: 'RSA',
    n: part(p * q),
    e: part(EXPONENT),
    d: part(d),
    p: part(p),
    q: part(q),
    dp: part(d % (p - 1n)),
    dq: part(d % (q - 1n)),
    qi: part(inverse(q, p)),
  };
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  const spkiDer = new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }));
  return {
    keyId: keyId(spkiDer),
    spkiDer,
    sign: (data) => Promise.resolve(new Uint8Array(sign('sha256', data, privateKey))),
  };
}

/** RSA-2048 keys of which every two may share a prime: quick to make, and good for nothing but tests. */
export function manyKeys(count: number): TestKey[] {
  const primes: bigint[] = [];
  const keys: TestKey[] = [];
  while (keys.length < count) {
    const prime = generatePrimeSync(1024, { bigint: true });
    if (prime % EXPONENT === 1n) continue;
    keys.push(...primes.slice(0, count - keys.length).map((other) => keyOf(other, prime)));
    primes.push(prime);
  }
  return keys;
}

/** `folder`: of an application that is closed, with one workspace and a proxy in it. */
export async function enrolMany(folder: string, count: number, base: string): Promise<void> {
  const made = testVault({ folder });
  const [name = ''] = readdirSync(join(folder, 'workspaces'));
  await made.vault.open(join(folder, 'workspaces', name));
  await made.domain.unlock({ passphrase: PASSPHRASE });
  const { store } = made.vault.session();
  const half = await store.run('ta.half', { half: 'proxy' });
  if (half === null) throw new Error('no proxy');
  const own = testKey();
  // They talk to nobody here, so one identity serves all.
  const identity = await makeIdentityOf(own.spkiDer, made.clock.now(), own.sign);
  const children = new Map<string, ProxyChild>();
  for (const [at, key] of manyKeys(count).entries()) {
    const handle = `child-${at}`;
    const place = `${base}${handle}/`;
    const csrDer = await makeCsr(
      key,
      { repository: place, manifest: `${place}${key.keyId}.mft`, notify: null },
      key.sign,
    );
    const network = { min: BigInt((10 << 24) + (at << 8)), max: BigInt((10 << 24) + (at << 8) + 255) };
    children.set(handle, {
      handle,
      identity,
      resources: { asn: [{ min: BigInt(at + 1), max: BigInt(at + 1) }], ipv4: [network], ipv6: [] },
      leaving: false,
      usedKeys: new Map(),
      openRequests: new Map([[key.keyId, { type: 'issuance', className: 'default', limit: {}, csrDer }]]),
      openResponses: new Map(),
      lastContactAt: null,
      lastSignedAt: null,
      lastDigests: [],
    });
  }
  await store.run('ta.replace', {
    half: 'proxy',
    version: half.version,
    state: proxyText({ ...readProxyState(half.state), children }),
    audit: { action: 'ta.childAdd', outcome: 'done', summary: `Added ${count} children`, subjects: [] },
  });
  await made.vault.close();
}
