import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { certificateView } from './certificate-view.ts';
import { readFingerprint } from './fingerprints.ts';
import { recognise } from './recognise.ts';

const golden = JSON.parse(readFileSync(vectorPath('golden', 'golden.json'), 'utf8')) as Record<
  string,
  Record<string, string>
>;
const now = new Date('2026-11-24T12:00:00Z');

function derOf(file: string): Uint8Array {
  const [object] = recognise(readFileSync(vectorPath('golden', file))).objects;
  if (object?.kind !== 'certificate') throw new Error(`${file} holds no certificate`);
  return object.der;
}

describe.each(Object.keys(golden))('%s', (file) => {
  const expected = golden[file] ?? {};
  const view = certificateView(derOf(file), { now });

  it('has every fingerprint of the golden file, to the letter', () => {
    const notations = Object.keys(expected).filter((key) => !/^(serial|not_|pem_file)/.test(key));
    const ours = Object.fromEntries(view.fingerprints.map(({ notation, value }) => [notation, value]));
    expect(notations.length).toBeGreaterThan(10);
    expect(ours).toEqual(Object.fromEntries(notations.map((notation) => [notation, expected[notation]])));
  });

  it('has the serial number and the times of the golden file', () => {
    expect(view.serial.toLowerCase()).toBe(expected['serial_hex']);
    expect(view.serialDecimal).toBe(expected['serial_dec']);
    expect(view.notBefore).toBe(expected['not_before']?.replace('.000Z', 'Z'));
    expect(view.notAfter).toBe(expected['not_after']?.replace('.000Z', 'Z'));
  });

  it('is found again from every SHA-256 notation, typed with spaces or not', () => {
    for (const notation of [
      'openssl_3',
      'openssl_1_1',
      'node_fingerprint256',
      'step_hex',
      'muti_metroo',
      'base64',
      'base64_url_raw',
    ])
      expect(readFingerprint(` ${expected[notation] ?? ''} `), notation).toEqual({
        kind: 'certificate',
        sha256: view.sha256,
      });
    expect(readFingerprint(view.sha256.replaceAll(/(....)/g, '$1 '))).toEqual({
      kind: 'certificate',
      sha256: view.sha256,
    });
    expect(readFingerprint(expected['curl_pinnedpubkey'] ?? '')).toEqual({
      kind: 'publicKey',
      sha256: view.key.spkiSha256,
    });
  });

  it('refuses its SHA-1 as a pin and does not match the hash of its PEM file', () => {
    expect(readFingerprint(expected['sha1_openssl'] ?? '')).toMatchObject({
      kind: 'sha1',
      message: 'this is a SHA-1 fingerprint; SHA-256 needed',
    });
    expect(readFingerprint(expected['pem_file_sha256_WRONG'] ?? '')).not.toEqual({
      kind: 'certificate',
      sha256: view.sha256,
    });
  });
});

it('says how much of a half typed fingerprint is there', () => {
  expect(readFingerprint('AB:CD')).toMatchObject({ kind: 'partial', message: '4 of 64 hexadecimal digits' });
  expect(readFingerprint('hello')).toMatchObject({ kind: 'unreadable' });
});
