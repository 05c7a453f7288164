import { execFileSync } from 'node:child_process';
import { sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readChildCsr } from './child-csr.ts';
import {
  access,
  extension,
  fromHex,
  informationAccess,
  ipBlocks,
  nameOf,
  resignKey,
  SOME_IP,
} from '../testing/resigned.ts';
import { testKey } from '../testing/test-proxy.ts';
import { vectorPath } from '../testing/vectors.ts';
import {
  bitStringOf,
  boolean,
  contextConstructed,
  integer,
  nullValue,
  oid,
  sequence,
  setOf,
  utf8String,
} from '../x509/der-writer.ts';
import { parseRequest } from '../x509/request.ts';
import { Faults } from '../rpki/fault.ts';
import { makeCsr } from '../rpki/make-csr.ts';

const FOLDER = 'rsync://rpki.example.net/repo/online/0/';
const NOTIFY = 'https://rpki.example.net/rrdp/notification.xml';

async function made(notify: string | null) {
  const key = testKey();
  const at = { repository: FOLDER, manifest: `${FOLDER}${key.keyId}.mft`, notify };
  return { key, der: await makeCsr(key, at, key.sign) };
}

test.each([NOTIFY, null])('OpenSSL verifies it, and a signer may rely on all of it (%s)', async (notify) => {
  const { key, der } = await made(notify);
  const said = execFileSync('openssl', ['req', '-inform', 'DER', '-verify', '-noout', '-text'], {
    input: der,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  expect(said).toMatch(new RegExp(`Subject: CN ?= ?${key.keyId}\\s`));
  expect(said).toContain('sha256WithRSAEncryption');
  expect(said).toMatch(/Basic Constraints: critical\s+CA:TRUE\s/);
  expect(said).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
  const faults = new Faults();
  expect(readChildCsr(der, faults)).toMatchObject({
    keyId: key.keyId,
    caRepository: FOLDER,
    rpkiManifest: `${FOLDER}${key.keyId}.mft`,
    rpkiNotify: notify,
  });
  expect(faults.found).toEqual([]);
});

test("it asks for what a CA of Krill asks for, in Krill's order, without the explicit FALSE", async () => {
  const krill = parseRequest(readFileSync(vectorPath('krill-ta/csr.der')));
  const own = parseRequest((await made(NOTIFY)).der);
  const asked = ({ extensions }: typeof own) =>
    extensions.map(({ oid: dotted, critical }) => ({ dotted, critical }));
  expect(asked(own)).toEqual(asked(krill));
  expect(own.extensions.slice(0, 2)).toEqual(krill.extensions.slice(0, 2));
  // OID of the extension, then BOOLEAN FALSE, which DER leaves out.
  const explicitFalse = Buffer.from('06082b0601050507010b010100', 'hex');
  expect(Buffer.from(krill.der).includes(explicitFalse)).toBe(true);
  expect(Buffer.from(own.der).includes(explicitFalse)).toBe(false);
});

describe('a request that is really signed, and wrong in one clause', () => {
  const key = resignKey();
  const NULL = nullValue();
  const MANIFEST = `${FOLDER}${key.keyId}.mft`;
  const basic = extension('2.5.29.19', true, sequence(boolean(true)));
  const usage = extension('2.5.29.15', true, fromHex('03020106'));
  const info = (...places: Uint8Array[]) => informationAccess(11, ...places);
  const sia = info(access(5, FOLDER), access(10, MANIFEST));
  const asking = (...extensions: Uint8Array[]) =>
    sequence(oid('1.2.840.113549.1.9.14'), setOf(sequence(...extensions)));
  const RSA = { sha1: 5, sha256: 11, sha512: 13 } as const;

  function request(
    attributes: readonly Uint8Array[],
    parts: { version?: Uint8Array; hash?: keyof typeof RSA; surplus?: readonly Uint8Array[] } = {},
  ): Uint8Array {
    const { hash = 'sha256' } = parts;
    const signed = sequence(
      parts.version ?? integer(0),
      nameOf('a'),
      key.spkiDer,
      contextConstructed(0, ...attributes),
    );
    const algorithm = sequence(oid(`1.2.840.113549.1.1.${RSA[hash]}`), NULL);
    return sequence(signed, algorithm, bitStringOf(sign(hash, signed, key.key)), ...(parts.surplus ?? []));
  }

  const right = [asking(basic, usage, sia)];
  const with3 = (...more: Uint8Array[]) => request([asking(basic, usage, sia, ...more)]);
  const placed = (...places: Uint8Array[]) => request([asking(basic, usage, info(...places))]);
  const elsewhere = info(access(5, 'rsync://h/repo/b/'), access(10, 'rsync://h/repo/b/b.mft'));

  test.each<[string, Uint8Array, RegExp | null]>([
    ['right', request(right), null],
    // krillta reads neither, and what stands beside it is lost with it.
    ['no key usage', request([asking(basic, sia)]), /key usage/],
    [
      'a password beside it',
      request([...right, sequence(oid('1.2.840.113549.1.9.7'), setOf(utf8String('secret')))]),
      /another attribute/,
    ],
    ['two lists of extensions', request([asking(basic, usage), asking(sia)]), /another attribute/],
    ['no attribute', request([]), /has no attribute/],
    ['no basic constraints', request([asking(usage, sia)]), /basic constraints/],
    ['no place', request([asking(basic, usage)]), /where to publish/],
    [
      'critical FALSE written out',
      request([
        asking(
          basic,
          usage,
          extension('1.3.6.1.5.5.7.1.11', null, sequence(access(5, FOLDER), access(10, MANIFEST))),
        ),
      ]),
      null,
    ],
    [
      'a second folder, https',
      placed(access(5, FOLDER), access(5, 'https://h/b/'), access(10, MANIFEST)),
      null,
    ],
    ['SHA-1', request(right, { hash: 'sha1' }), /sha256WithRSA/],
    ['SHA-512', request(right, { hash: 'sha512' }), /sha256WithRSA/],
    ['version 1', request(right, { version: integer(1) }), /version/],
    ['behind the signature', request(right, { surplus: [NULL] }), /holds more/],
    [
      'a path length',
      request([asking(extension('2.5.29.19', true, sequence(boolean(true), integer(0))), usage, sia)]),
      /path length/,
    ],
    [
      'an extended key usage',
      with3(extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.30')))),
      /2\.5\.29\.37/,
    ],
    ['addresses', with3(ipBlocks(SOME_IP)), /1\.3\.6\.1\.5\.5\.7\.1\.7/],
    ['an unknown critical extension', with3(extension('1.2.3.4', true, NULL)), /1\.2\.3\.4/],
    ['two places', with3(elsewhere), /asks twice for subject information access/],
    ['another place in a second attribute', request([...right, asking(elsewhere)]), /asks twice/],
    [
      'two rsync folders',
      placed(access(5, FOLDER), access(5, 'rsync://h/repo/b/'), access(10, MANIFEST)),
      /several rsync URIs/,
    ],
    ['places as dNSName', placed(access(5, FOLDER, 2), access(10, MANIFEST, 2)), /no URI/],
    [
      'a place for a signed object',
      placed(access(5, FOLDER), access(10, MANIFEST), access(11, `${FOLDER}a.roa`)),
      /another access method/,
    ],
    [
      'a manifest that nobody could publish',
      placed(access(5, FOLDER), access(10, `${FOLDER}a,b!.mft`)),
      /file name/,
    ],
    [
      'another key usage',
      request([asking(basic, extension('2.5.29.15', true, fromHex('03020186')), sia)]),
      /key usage/,
    ],
  ])('%s', (_what, der, reason) => {
    const faults = new Faults();
    const csr = readChildCsr(der, faults);
    const said = faults.found.map(({ text }) => text).join('\n');
    if (reason === null) {
      expect(said).toBe('');
      expect(csr).toMatchObject({ caRepository: FOLDER, rpkiManifest: MANIFEST });
    } else expect(said).toMatch(reason);
  });
});
