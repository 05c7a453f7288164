/** RSA-2048 keys of which every two may share a prime: quick to make, and good for nothing but tests. Not shipped. */
import { createPrivateKey, generatePrimeSync, type JsonWebKey, type KeyObject } from 'node:crypto';

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

function keyOf(p: bigint, q: bigint): KeyObject {
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
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

/** `count` private keys; e is 65537. */
export function quickKeys(count: number): KeyObject[] {
  const primes: bigint[] = [];
  const keys: KeyObject[] = [];
  while (keys.length < count) {
    const prime = generatePrimeSync(1024, { bigint: true });
    if (prime % EXPONENT === 1n) continue;
    keys.push(...primes.slice(0, count - keys.length).map((other) => keyOf(other, prime)));
    primes.push(prime);
  }
  return keys;
}
