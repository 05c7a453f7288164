import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { derivationBudget } from './derivation-budget.ts';
import { contextConstructed, integer, octetString, oid, sequence } from './der-writer.ts';
import { readPkcs12 } from './pkcs12-reader.ts';
import { readPrivateKey } from './private-key.ts';
import { rc2CbcDecrypt } from './rc2.ts';
import { PrivateKeyError, X509Error } from './x509-error.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

interface Case {
  file: string;
  base64: boolean;
  password: string | null;
  loads: boolean;
  spki_sha256?: string;
  cert_sha256?: string;
  cert_friendly?: string | null;
  others?: { sha256: string; friendly: string | null }[];
}
const { cases } = JSON.parse(readFileSync(vectorPath('pkcs12/manifest.json'), 'utf8')) as { cases: Case[] };

test('the vectors are there', () => expect(cases.length).toBeGreaterThanOrEqual(30));

test.each(cases.map((one) => [one.file, one] as const))(
  '%s holds what its list says',
  async (_name, wanted) => {
    const raw = readFileSync(vectorPath(wanted.file));
    const bytes = wanted.base64 ? Buffer.from(raw.toString(), 'base64') : raw;
    const opened = await readPkcs12(bytes, wanted.password ?? '');
    expect(
      opened.keys.map(({ pkcs8Der }) =>
        sha256(
          readPrivateKey({ format: 'PKCS#8', encrypted: false, source: { der: pkcs8Der } }, null).spkiDer,
        ),
      ),
    ).toEqual(wanted.spki_sha256 === undefined ? [] : [wanted.spki_sha256]);
    const certificates = opened.certificates.map(({ der, friendlyName }) => ({
      sha256: sha256(der),
      friendly: friendlyName,
    }));
    const listed = [
      ...(wanted.cert_sha256 === undefined
        ? []
        : [{ sha256: wanted.cert_sha256, friendly: wanted.cert_friendly ?? null }]),
      ...(wanted.others ?? []),
    ];
    expect(certificates.toSorted((a, b) => a.sha256.localeCompare(b.sha256))).toEqual(
      listed.toSorted((a, b) => a.sha256.localeCompare(b.sha256)),
    );
    if (wanted.cert_sha256 !== undefined) expect(certificates[0]?.sha256).toBe(wanted.cert_sha256);
    await expect(readPkcs12(bytes, 'not the password')).rejects.toThrow(
      wanted.password === null ? /./ : /Wrong passphrase/,
    );
  },
);

describe('files OpenSSL makes here', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-p12-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): Buffer =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  openssl(
    ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out c.pem -subj /CN=a'.split(
      ' ',
    ),
  );

  const make = (...args: string[]): Buffer => {
    openssl('pkcs12', '-export', '-in', 'c.pem', '-inkey', 'k.pem', '-out', 'x.p12', ...args);
    return readFileSync(at('x.p12'));
  };

  test.each([
    ['today’s preset', []],
    ['legacy: RC2-40 and 3DES', ['-legacy']],
    ['RC2-128', ['-legacy', '-certpbe', 'PBE-SHA1-RC2-128', '-keypbe', 'PBE-SHA1-2DES']],
    ['MAC with SHA-512', ['-macalg', 'sha512', '-name', 'krill']],
    ['no MAC', ['-nomac']],
    ['AES-128', ['-certpbe', 'AES-128-CBC', '-keypbe', 'AES-192-CBC']],
    ['nothing encrypted', ['-certpbe', 'NONE', '-keypbe', 'NONE']],
  ])('%s', async (_name, args) => {
    const bytes = make('-passout', 'pass:pässwörd', ...args);
    const opened = await readPkcs12(bytes, 'pässwörd');
    expect(opened.certificates).toHaveLength(1);
    expect(opened.keys).toHaveLength(1);
    expect(opened.notes.map(({ code }) => code)).toEqual([
      ...(args.includes('-nomac') ? ['PKCS12_NO_MAC'] : []),
      ...(args.includes('-name') ? ['FRIENDLY_NAME'] : []),
    ]);
    await expect(readPkcs12(bytes, 'wrong')).rejects.toBeInstanceOf(PrivateKeyError);
    // One octet altered anywhere never opens silently into something else.
    if (args.includes('-nomac')) return;
    for (let offset = 0; offset < bytes.length; offset += 29) {
      const altered = Buffer.from(bytes);
      altered[offset] = (altered[offset] ?? 0) ^ 0x11;
      const again = await readPkcs12(altered, 'pässwörd').catch((error: unknown) => error);
      // The MAC does not cover the parameters of its own algorithm, which say nothing.
      if (!(again instanceof X509Error)) expect(again).toEqual(opened);
    }
  });

  test('the certificate of the key comes first; one that belongs to no key is named', async () => {
    openssl(
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k2.pem -out c2.pem -subj /CN=b'.split(
        ' ',
      ),
    );
    openssl(
      ...'pkcs12 -export -in c.pem -inkey k.pem -certfile c2.pem -out two.p12 -passout pass:a'.split(' '),
    );
    const opened = await readPkcs12(readFileSync(at('two.p12')), 'a');
    expect(opened.certificates.map(({ der }) => sha256(der))).toEqual(
      ['c.pem', 'c2.pem'].map((name) => sha256(openssl('x509', '-in', name, '-outform', 'DER'))),
    );
    expect(opened.notes).toEqual([]);
  });

  test('cut anywhere, it is refused with a sentence', async () => {
    const bytes = make('-passout', 'pass:a', '-iter', '1');
    for (let length = 0; length < bytes.length; length += 17)
      await expect(readPkcs12(bytes.subarray(0, length), 'a')).rejects.toBeInstanceOf(X509Error);
  });

  test('BER with indefinite lengths and strings in pieces is read', async () => {
    const bytes = make('-passout', 'pass:a', '-iter', '1');
    const again = toBer(bytes);
    expect(again.length).toBeGreaterThan(bytes.length);
    writeFileSync(at('ber.p12'), again);
    expect(String(openssl('pkcs12', '-in', 'ber.p12', '-passin', 'pass:a', '-nodes'))).toContain(
      'PRIVATE KEY',
    );
    expect((await readPkcs12(again, 'a')).keys).toHaveLength(1);
  });

  test('the rounds of all its parts are counted together, before they are done', async () => {
    const bytes = make('-passout', 'pass:a', '-iter', '40000');
    // MAC, certificates and key ask for 40,000 each: no single one is too much.
    await expect(readPkcs12(bytes, 'a', derivationBudget(100_000))).rejects.toThrow(
      /more than 100000 rounds of key derivation in all/,
    );
    expect((await readPkcs12(bytes, 'a', derivationBudget(200_000))).keys).toHaveLength(1);
  });

  test('more rounds than anybody uses are refused before the first', async () => {
    const bytes = make('-passout', 'pass:a', '-iter', '65537', '-nomac');
    const count = bytes.indexOf(Buffer.from('0203010001', 'hex'));
    expect(count).toBeGreaterThan(0);
    bytes.set([0x7f, 0xff, 0xff], count + 2);
    await expect(readPkcs12(bytes, 'a')).rejects.toThrow(/8388607 rounds/);
  });
});

describe('what a file may cost, and what stays of one that cannot be read', () => {
  test('a thousand bags of the most rounds each are refused at once', async () => {
    const scheme = sequence(
      oid('1.2.840.113549.1.12.1.3'),
      sequence(octetString(Buffer.alloc(8)), integer(5_000_000)),
    );
    const bag = sequence(
      oid('1.2.840.113549.1.12.10.1.2'),
      contextConstructed(0, sequence(scheme, octetString(Buffer.alloc(64)))),
    );
    // The first is a damaged key: nothing of it is derived before the whole was looked at.
    await expect(readPkcs12(fileOf(...Array<Uint8Array>(1000).fill(bag)), 'a')).rejects.toThrow(
      /rounds of key derivation in all/,
    );
  });

  test('keys that were opened are wiped when a later part cannot be read', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pkcs8Der = privateKey.export({ format: 'der', type: 'pkcs8' });
    const keyBag = sequence(oid('1.2.840.113549.1.12.10.1.1'), contextConstructed(0, pkcs8Der));
    const broken = sequence(oid('1.2.840.113549.1.12.10.1.3'), contextConstructed(0));
    const wiped: Buffer[] = [];
    const fill = vi.spyOn(Buffer.prototype, 'fill').mockImplementation(function fillWith(
      this: Buffer,
      value,
    ) {
      if (value === 0) wiped.push(Buffer.from(this));
      return Uint8Array.prototype.fill.call(this, Number(value)) as Buffer;
    });
    try {
      await expect(readPkcs12(fileOf(keyBag, broken), '')).rejects.toThrow(/a bag is empty/);
    } finally {
      fill.mockRestore();
    }
    expect(wiped.some((bytes) => bytes.equals(pkcs8Der))).toBe(true);
  });
});

/** A PKCS#12 without MAC that holds these bags. */
function fileOf(...bags: Uint8Array[]): Uint8Array {
  const info = (content: Uint8Array) =>
    sequence(oid('1.2.840.113549.1.7.1'), contextConstructed(0, octetString(content)));
  return sequence(integer(3), info(sequence(info(sequence(...bags)))));
}

/** Every constructed element with an indefinite length, every long octet string in two pieces. */
function toBer(der: Buffer): Buffer {
  const out: Buffer[] = [];
  for (let at = 0; at < der.length;) {
    const tag = der[at] ?? 0;
    const first = der[at + 1] ?? 0;
    const octets = first < 0x80 ? 0 : first & 0x7f;
    const length = octets === 0 ? first : der.readUIntBE(at + 2, octets);
    const start = at + 2 + octets;
    const content = der.subarray(start, start + length);
    if (tag & 0x20) out.push(Buffer.from([tag, 0x80]), toBer(content), Buffer.from([0, 0]));
    else if (tag === 4 && length > 40)
      out.push(
        Buffer.from([0x24, 0x80, 4, 30]),
        content.subarray(0, 30),
        Buffer.from([4, 0x82, (length - 30) >> 8, (length - 30) & 0xff]),
        content.subarray(30),
        Buffer.from([0, 0]),
      );
    else out.push(der.subarray(at, start + length));
    at = start + length;
  }
  return Buffer.concat(out);
}

// RFC 2268 section 5, each block followed by a whole block of padding that was encrypted with it.
test.each([
  ['0000000000000000', 63, '0000000000000000', 'ebb773f993278eff'],
  ['ffffffffffffffff', 64, 'ffffffffffffffff', '278b27e42e2f0d49'],
  ['3000000000000000', 64, '1000000000000001', '30649edf9be7d2c2'],
  ['88', 64, '0000000000000000', '61a8a244adacccf0'],
  ['88bca90e90875a', 64, '0000000000000000', '6ccf4308974c267f'],
  ['88bca90e90875a7f0f79c384627bafb2', 64, '0000000000000000', '1a807d272bbe5db1'],
  ['88bca90e90875a7f0f79c384627bafb2', 128, '0000000000000000', '2269552ab0f85ca6'],
])('RC2 with key %s and %i bits', (key, effectiveBits, plain, cipher) => {
  // The IV is chosen so that the last block opens to padding 08…: plain XOR iv = 08…08.
  const iv = hex(plain).map((octet) => octet ^ 8);
  expect(rc2CbcDecrypt(hex(cipher), { key: hex(key), effectiveBits, iv })).toHaveLength(0);
});
