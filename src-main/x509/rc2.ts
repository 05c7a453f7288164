/**
 * RC2 in CBC mode, decryption only (RFC 2268): what old PKCS#12 files put certificates under, and what OpenSSL 3 has in
 * its legacy provider only, which Node and Electron do not load. Nothing is ever encrypted with it.
 */
/** PITABLE, RFC 2268 section 2. */
const PI = Buffer.from(
  [
    'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2',
    '179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82',
    '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626',
    '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7',
    '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec',
    'c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731',
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9',
    '0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  ].join(''),
  'hex',
);

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

/** Key expansion, RFC 2268 section 2: 64 words of 16 bits. */
function expand(key: Uint8Array, effectiveBits: number): Uint16Array {
  const octets = Buffer.alloc(128);
  octets.set(key);
  for (let i = key.length; i < 128; i += 1)
    octets[i] = at(PI, (at(octets, i - 1) + at(octets, i - key.length)) & 0xff);
  const length = Math.ceil(effectiveBits / 8);
  const mask = 0xff >> (8 * length - effectiveBits);
  octets[128 - length] = at(PI, at(octets, 128 - length) & mask);
  for (let i = 127 - length; i >= 0; i -= 1) octets[i] = at(PI, at(octets, i + 1) ^ at(octets, i + length));
  const words = new Uint16Array(64);
  for (let i = 0; i < 64; i += 1) words[i] = octets.readUInt16LE(2 * i);
  octets.fill(0);
  return words;
}

const SHIFTS = [1, 2, 3, 5];

/** One block, RFC 2268 section 4. */
function decryptBlock(block: Uint8Array, key: Uint16Array): Buffer {
  const input = Buffer.from(block);
  const r = [0, 2, 4, 6].map((offset) => input.readUInt16LE(offset));
  const word = (index: number): number => r[index & 3] ?? 0;
  let next = 63;
  const unmix = (): void => {
    for (let i = 3; i >= 0; i -= 1) {
      const shift = SHIFTS[i] ?? 0;
      const turned = ((word(i) >> shift) | (word(i) << (16 - shift))) & 0xffff;
      const [a, b, c] = [word(i + 3), word(i + 2), word(i + 1)];
      r[i] = (turned - (key[next] ?? 0) - (a & b) - (~a & 0xffff & c)) & 0xffff;
      next -= 1;
    }
  };
  const unmash = (): void => {
    for (let i = 3; i >= 0; i -= 1) r[i] = (word(i) - (key[word(i + 3) & 63] ?? 0)) & 0xffff;
  };
  for (let round = 0; round < 16; round += 1) {
    if (round === 5 || round === 11) unmash();
    unmix();
  }
  const out = Buffer.alloc(8);
  r.forEach((value, index) => out.writeUInt16LE(value, 2 * index));
  return out;
}

/** CBC with PKCS#7 padding removed; null when length or padding are wrong, which is what a wrong key looks like. */
export function rc2CbcDecrypt(
  ciphertext: Uint8Array,
  options: { key: Uint8Array; effectiveBits: number; iv: Uint8Array },
): Buffer | null {
  if (ciphertext.length === 0 || ciphertext.length % 8 !== 0) return null;
  const words = expand(options.key, options.effectiveBits);
  const plain = Buffer.alloc(ciphertext.length);
  let before = options.iv;
  for (let offset = 0; offset < ciphertext.length; offset += 8) {
    const block = ciphertext.subarray(offset, offset + 8);
    const opened = decryptBlock(block, words);
    for (let i = 0; i < 8; i += 1) plain[offset + i] = at(opened, i) ^ at(before, i);
    before = block;
  }
  words.fill(0);
  const padding = at(plain, plain.length - 1);
  const tail = plain.subarray(-padding);
  if (padding < 1 || padding > 8 || tail.some((octet) => octet !== padding)) return null;
  return plain.subarray(0, -padding);
}
