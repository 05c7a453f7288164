import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { krillFile } from '../../testing/test-signer.ts';
import { vectorPath } from '../../testing/vectors.ts';
import { cutOff } from '../../rpki/file-damage.ts';
import { factsOf } from './facts.ts';
import { claimedKind, orderName } from './stick-names.ts';

const SETUP = vectorPath('krill-ta', 'krill-0.16.1', 'setup');

describe("Krill's own files", () => {
  test('those of the set-up say who they are of', () => {
    const found = readdirSync(SETUP).flatMap((name) => {
      const facts = factsOf(readFileSync(join(SETUP, name)), null);
      return facts.kind === 'unknown' ? [] : [`${name}: ${facts.kind}`];
    });
    expect(found.filter((line) => line.endsWith('broken'))).toEqual([]);
    expect(found).toEqual(
      expect.arrayContaining([
        'proxy-id.json: proxy-id',
        'proxy-repo.json: proxy-repo',
        'signer-info.json: signer-info',
      ]),
    );
  });

  test('a request and a response have one nonce, and each names the identity that signed it', () => {
    const proxy = factsOf(krillFile('setup/proxy-id.json'), null);
    const signer = factsOf(krillFile('setup/signer-info.json'), null);
    const folder = vectorPath('krill-ta', 'krill-0.16.1');
    const pairs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /(^|\/)request\.json$/.test(name),
    );
    expect(pairs.length).toBeGreaterThan(0);
    for (const name of pairs) {
      const request = factsOf(krillFile(name), 'request');
      const response = factsOf(krillFile(name.replace('request', 'response')), 'response');
      if (request.kind !== 'request' || response.kind !== 'response')
        throw new Error(JSON.stringify([name, request, response]));
      if (proxy.kind !== 'proxy-id' || signer.kind !== 'signer-info') throw new Error('set-up');
      expect(response.nonce).toBe(request.nonce);
      expect([request.signedBy, response.signedBy]).toEqual([proxy.keyId, signer.keyId]);
    }
  });
});

test('a file of ours cut anywhere is called cut off, or is not recognised, and never taken for whole', () => {
  const files = ['setup/proxy-id.json', 'setup/proxy-repo.json'].map((name) => krillFile(name));
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.double({ min: 0, max: 0.99, noNaN: true }), (whole, share) => {
      const part = whole.subarray(0, Math.floor(whole.toString('utf8').trimEnd().length * share));
      expect(factsOf(part, 'proxy-id').kind).toBe('broken');
      expect(cutOff(part)).not.toBeNull();
    }),
  );
});

test('nothing that lies on a stick makes it throw', () => {
  const starts = ['', '{', '{"signed":', '<?xml version="1.0"?><a', '\u0030\u0082', 'rsync://a/b.cer\n\n'];
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }), (start, rest) => {
      const bytes = Buffer.concat([Buffer.from(start, 'latin1'), rest]);
      expect(() => factsOf(bytes, 'request')).not.toThrow();
      expect(() => factsOf(bytes, null)).not.toThrow();
    }),
    { numRuns: 500 },
  );
});

test('names: a handle with slashes makes one file, and every name says its kind', () => {
  expect(orderName({ half: 'child', what: 'online', child: String.raw`a/b\c` })).toBe('a-b-c.json');
  expect(claimedKind('REQUEST.JSON')).toBe('request');
  expect(claimedKind('constructor')).toBeNull();
});
