/** @peculiar/x509 is typed against the browser's global names; in Node the same types lie in node:crypto. Types only. */
import type { webcrypto } from 'node:crypto';

declare global {
  type Crypto = webcrypto.Crypto;
  type CryptoKey = webcrypto.CryptoKey;
  type CryptoKeyPair = webcrypto.CryptoKeyPair;
  type Algorithm = webcrypto.Algorithm;
  type EcdsaParams = webcrypto.EcdsaParams;
  type EcKeyGenParams = webcrypto.EcKeyGenParams;
  type RsaHashedKeyGenParams = webcrypto.RsaHashedKeyGenParams;
  type KeyUsage = webcrypto.KeyUsage;
  type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer;
}
