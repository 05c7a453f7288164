/** The key derivation of PKCS#12 itself (RFC 7292 appendix B), for its MAC and its legacy ciphers. */
import { createHash } from 'node:crypto';
import { setImmediate as giveWay } from 'node:timers/promises';

export type Pkcs12Hash = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

const IDS = { key: 1, iv: 2, mac: 3 } as const;

/** Password as BMPString with its two final zero octets (RFC 7292 B.1); null stands for no password at all. */
function bmpPassword(passphrase: string | null): Buffer {
  if (passphrase === null) return Buffer.alloc(0);
  return Buffer.concat([Buffer.from(passphrase, 'utf16le').swap16(), Buffer.alloc(2)]);
}

function repeated(bytes: Uint8Array, block: number): Buffer {
  if (bytes.length === 0) return Buffer.alloc(0);
  const out = Buffer.alloc(block * Math.ceil(bytes.length / block));
  for (let at = 0; at < out.length; at += 1) out[at] = bytes[at % bytes.length] ?? 0;
  return out;
}

/** Rounds between two looks at the event loop: a few milliseconds. */
const ROUNDS_AT_ONCE = 5000;

/** `length` octets for the given purpose. SECURITY: the caller wipes them. */
export async function pkcs12Key(options: {
  hash: Pkcs12Hash;
  purpose: keyof typeof IDS;
  passphrase: string | null;
  salt: Uint8Array;
  iterations: number;
  length: number;
}): Promise<Buffer> {
  const { hash, salt, iterations, length } = options;
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const diversifier = Buffer.alloc(block, IDS[options.purpose]);
  const input = Buffer.concat([repeated(salt, block), repeated(bmpPassword(options.passphrase), block)]);
  const parts: Buffer[] = [];
  for (let have = 0; have < length;) {
    let digest = createHash(hash).update(diversifier).update(input).digest();
    for (let round = 1; round < iterations; round += 1) {
      digest = createHash(hash).update(digest).digest();
      if (round % ROUNDS_AT_ONCE === 0) await giveWay();
    }
    parts.push(digest);
    have += digest.length;
    const addend = repeated(digest, block).subarray(0, block);
    for (let from = 0; from < input.length; from += block) {
      // I_j = (I_j + B + 1) mod 2^(8 block)
      let carry = 1;
      for (let at = block - 1; at >= 0; at -= 1) {
        carry += (input[from + at] ?? 0) + (addend[at] ?? 0);
        input[from + at] = carry & 0xff;
        carry >>= 8;
      }
    }
  }
  return Buffer.concat(parts).subarray(0, length);
}
