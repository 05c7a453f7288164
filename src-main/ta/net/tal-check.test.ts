import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { readTal } from '../../rpki/tal.ts';
import { endServers, nodeNet, noNet, serve } from '../../testing/test-net.ts';
import { testTls } from '../../testing/test-tls.ts';
import { vectorPath } from '../../testing/vectors.ts';
import type { PublicFiles } from './public-file.ts';
import { checkTal, type TalCheck } from './tal-check.ts';

afterEach(endServers);

const KRILL = vectorPath('krill-ta/krill-0.16.1');
const TA = new Uint8Array(readFileSync(join(KRILL, 'ta.cer')));
const TAL = readTal(readFileSync(join(KRILL, 'ta.tal')));
const AT = new Date('2026-11-25T00:00:00Z');
const TLS = testTls();
const FILES: PublicFiles = { net: nodeNet, trustOf: () => ({ sha256: TLS.sha256 }) };

/** An https server with these files; answers its address. */
async function host(files: Record<string, Uint8Array>): Promise<string> {
  const { url } = await serve({ tls: TLS }, async ({ path }) => {
    const body = files[path];
    return body === undefined ? { status: 404 } : { status: 200, body };
  });
  return url.replace(/\/$/, '');
}

/** What is found when `served` lies behind the one https URI. */
async function found(served: Uint8Array, more: Partial<TalCheck> = {}): Promise<[boolean | null, string][]> {
  const uri = `${await host({ '/ta/ta.cer': served })}/ta/ta.cer`;
  const findings = await checkTal(FILES, {
    tal: { ...TAL, uris: [uri] },
    certificateDer: TA,
    at: AT,
    ...more,
  });
  expect(new Set(findings.map((finding) => finding.uri))).toEqual(new Set([uri]));
  return findings.map(({ ok, text }) => [ok, text]);
}

describe('what lies behind a TAL', () => {
  test('is right: certificate, key, octets, dates', async () => {
    expect(await found(TA)).toEqual([
      [true, 'It is the certificate of a trust anchor.'],
      [true, 'Its key is that of the TAL.'],
      [true, 'It is the present certificate, octet by octet.'],
      [true, 'It is valid until 2126-11-24 01:37 Z.'],
    ]);
  });

  test('is looked at for each URI in its order, and rsync is not', async () => {
    const base = await host({ '/ta/ta.cer': TA });
    const uris = [
      'rsync://localhost/ta/ta.cer',
      `${base}/none.cer`,
      'https://127.0.0.1:1/ta.cer',
      `${base}/ta/ta.cer`,
    ];
    const findings = await checkTal(FILES, { tal: { ...TAL, uris }, certificateDer: null, at: AT });
    expect(findings.map(({ uri, ok }) => [uris.indexOf(uri), ok])).toEqual([
      [0, null],
      [1, false],
      [2, false],
      [3, true],
      [3, true],
      [3, null],
      [3, true],
    ]);
    expect(findings.slice(0, 3).map(({ text }) => text)).toEqual([
      'Not checked: rsync. Baleen fetches by https only; try it with a relying party.',
      'There is no such file on the server: put it there, or mend the address.',
      'Nothing answers at 127.0.0.1:1: start the server, or mend address and port.',
    ]);
  });

  test('is another file, another key, an older certificate, out of its time', async () => {
    expect(await found(Buffer.from('<html>'))).toEqual([
      [false, 'It is no certificate: put ta.cer there as it was exported.'],
    ]);
    expect(await found(Buffer.from(new X509Certificate(TA).toString()))).toEqual([
      [false, 'It is PEM, and relying parties read DER only: put ta.cer there as it was exported.'],
    ]);
    expect(await found(new Uint8Array(65_537))).toEqual([
      [false, expect.stringContaining('more than 65536 octets')],
    ]);
    const other = await found(TLS.der);
    expect(other[0]?.[1]).toMatch(/^It is no proper certificate of a trust anchor: .*RFC 6487/);
    expect(other[1]?.[1]).toMatch(/^Its key is not that of the TAL/);
    expect(other[2]?.[1]).toMatch(/^It is not the present certificate/);
    const text = async (at: string) => (await found(TA, { at: new Date(at) })).at(-1);
    expect(await text('2020-01-01T00:00:00Z')).toEqual([
      false,
      'It is valid from 2026-11-24 01:32 Z only: look at the clocks.',
    ]);
    expect(await text('2126-10-01T00:00:00Z')).toEqual([
      false,
      expect.stringContaining('It ends soon, on 2126-11-24'),
    ]);
    expect(await text('2127-01-01T00:00:00Z')).toEqual([
      false,
      expect.stringContaining('It ended on 2126-11-24'),
    ]);
  });

  test('stands on a server that nobody vouches for', async () => {
    const uri = `${await host({ '/ta.cer': TA })}/ta.cer`;
    const check = { tal: { ...TAL, uris: [uri] }, certificateDer: TA, at: AT };
    expect(await checkTal({ ...FILES, trustOf: () => 'system' }, check)).toEqual([
      {
        uri,
        ok: false,
        text: expect.stringContaining('No authority that is trusted here vouches'),
        shown: { server: uri.replace('/ta.cer', ''), sha256: TLS.sha256 },
      },
    ]);
  });

  test('is not looked at when our side may not ask', async () => {
    const net = { ...noNet, request: () => Promise.reject(new AppError('OFFLINE', 'no')) };
    await expect(checkTal({ ...FILES, net }, { tal: TAL, certificateDer: TA, at: AT })).rejects.toMatchObject(
      {
        code: 'OFFLINE',
      },
    );
  });
});
