import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { contains, difference, equalRanges, intersection, type Ranges, rangesOf, union } from './ranges.ts';
import { AS_IDS_OID, asIdsDer, IP_BLOCKS_OID, ipBlocksDer, readAsIds, readIpBlocks } from './resource-der.ts';
import { asnText, ipText, readAsn, readIp } from './resource-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'baleen-resources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ranges over a small world, so that they meet. */
const small = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 6 })), { maxLength: 8 })
  .map((pairs) => rangesOf(pairs.map(([min, size]) => ({ min: BigInt(min), max: BigInt(min + size) }))));
const members = (ranges: Ranges): Set<number> =>
  new Set(
    Array.from({ length: 60 }, (_, n) => n).filter((n) =>
      ranges.some(({ min, max }) => min <= n && n <= max),
    ),
  );

test('the algebra agrees with sets of numbers, and its results are canonical', () => {
  fc.assert(
    fc.property(small, small, (a, b) => {
      const [x, y] = [members(a), members(b)];
      expect(members(union(a, b))).toEqual(new Set([...x, ...y]));
      expect(members(intersection(a, b))).toEqual(new Set([...x].filter((n) => y.has(n))));
      expect(members(difference(a, b))).toEqual(new Set([...x].filter((n) => !y.has(n))));
      expect(contains(a, b)).toBe([...y].every((n) => x.has(n)));
      for (const made of [union(a, b), intersection(a, b), difference(a, b)])
        made.forEach(({ min }, at) => expect(at === 0 || min > (made[at - 1]?.max ?? 0n) + 1n).toBe(true));
    }),
  );
});

const wide = (bits: number) =>
  fc
    .array(
      fc.tuple(fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }), fc.bigInt({ min: 0n, max: 70_000n })),
      {
        maxLength: 6,
      },
    )
    .map((pairs) =>
      rangesOf(
        pairs.map(([min, size]) => {
          const most = (1n << BigInt(bits)) - 1n;
          return { min, max: min + size > most ? most : min + size };
        }),
      ),
    );

test('text and DER come back as they were', () => {
  fc.assert(
    fc.property(wide(32), wide(32), wide(128), (asn, ipv4, ipv6) => {
      expect(equalRanges(readAsn(asnText(asn)), asn)).toBe(true);
      expect(equalRanges(readIp(ipText(ipv4, 'ipv4'), 'ipv4'), ipv4)).toBe(true);
      expect(equalRanges(readIp(ipText(ipv6, 'ipv6'), 'ipv6'), ipv6)).toBe(true);
      const [ips, numbers] = [ipBlocksDer({ ipv4, ipv6 }), asIdsDer(asn)];
      if (ips !== null)
        expect(readIpBlocks(ips)).toEqual({
          ipv4: ipv4.length === 0 ? null : ipv4,
          ipv6: ipv6.length === 0 ? null : ipv6,
        });
      if (numbers !== null) expect(readAsIds(numbers)).toEqual(asn);
    }),
  );
});

test.each([
  ['10.0.0.0/8, 192.0.2.0-192.0.2.9, 0.0.0.0/32', '2001:db8::/32, ::/128, fd00::1-fd00::7', 'AS7, AS1-AS5'],
  ['0.0.0.0/0', '::/0', 'AS0-AS4294967295'],
  ['127.0.0.0-127.255.255.254', '8000::/1', 'AS65536'],
])('OpenSSL writes the same octets for %s', (ipv4, ipv6, asn) => {
  const list = (name: string, text: string): string =>
    text
      .split(', ')
      .map((item, at) => `${name}.${at}=${item.replaceAll('AS', '')}`)
      .join('\n');
  writeFileSync(
    join(folder, 'c.cnf'),
    `[req]\ndistinguished_name=dn\n[dn]\n[x]\nsbgp-ipAddrBlock=critical,@ip\nsbgp-autonomousSysNum=critical,@as\n[ip]\n${list('IPv4', ipv4)}\n${list('IPv6', ipv6)}\n[as]\n${list('AS', asn)}\n`,
  );
  const line =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -subj /CN=a -config c.cnf -extensions x -outform DER';
  const { extensions } = parseCertificate(
    new Uint8Array(
      execFileSync('openssl', line.split(' '), { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] }),
    ),
  );
  const valueOf = (oid: string): Buffer =>
    Buffer.from(extensions.find((one) => one.oid === oid)?.valueDer ?? []);
  const [v4, v6, numbers] = [readIp(ipv4, 'ipv4'), readIp(ipv6, 'ipv6'), readAsn(asn)];
  expect(Buffer.from(ipBlocksDer({ ipv4: v4, ipv6: v6 }) ?? []).toString('hex')).toBe(
    valueOf(IP_BLOCKS_OID).toString('hex'),
  );
  expect(Buffer.from(asIdsDer(numbers) ?? []).toString('hex')).toBe(valueOf(AS_IDS_OID).toString('hex'));
});

test('the resources of a real trust anchor', () => {
  const { extensions } = parseCertificate(new Uint8Array(readFileSync(vectorPath('krill-ta', 'ta.cer'))));
  const value = (oid: string) => extensions.find((one) => one.oid === oid)?.valueDer ?? new Uint8Array();
  const { ipv4, ipv6 } = readIpBlocks(value(IP_BLOCKS_OID));
  const text = {
    asn: asnText(readAsIds(value(AS_IDS_OID)) as Ranges),
    ipv4: ipText(ipv4 as Ranges, 'ipv4'),
    ipv6: ipText(ipv6 as Ranges, 'ipv6'),
  };
  expect(text).toEqual({ asn: 'AS0-AS4294967295', ipv4: '0.0.0.0/0', ipv6: '::/0' });
});

describe('what is not canonical is refused', () => {
  test.each([
    ['a prefix as a range', '3012301004020001300a30080302010a0302000a', /written as a range/],
    ['unused bits set', '300c300a040200013004030204 0b'.replaceAll(' ', ''), /unused bits/],
    ['an empty list', '3008300604020001 3000'.replaceAll(' ', ''), /empty/],
    ['families out of order', '30103006040200020500300604020001 0500'.replaceAll(' ', ''), /not in order/],
    ['a SAFI', '3009300704030001010500', /not IPv4 or IPv6/],
    ['not sorted', '30103 00e0402000130080302000b0302000a'.replaceAll(' ', ''), /not sorted/],
  ])('%s', (_name, hex, said) => {
    expect(() => readIpBlocks(Buffer.from(hex, 'hex'))).toThrow(said);
  });

  test.each([
    ['AS numbers that touch', 'a00b3009020101020102020103', /not sorted and merged/],
    ['a range of one', 'a00a30083006020101020101', /does not grow/],
    ['above 32 bits', 'a0093007020501000000 00'.replaceAll(' ', ''), /out of range/],
  ])('%s', (_name, inner, said) => {
    const body = Buffer.from(inner, 'hex');
    expect(() => readAsIds(Buffer.concat([Buffer.from([0x30, body.length]), body]))).toThrow(said);
  });

  test.each(['AS4294967296', 'AS5-AS1', 'ASx', 'AS1--AS2'])('%s', (text) =>
    expect(() => readAsn(text)).toThrow(),
  );
  test.each(['10.0.0.1/8', '10.0.0.0/33', '256.0.0.0/8', '10.0.0.9-10.0.0.1', '10/8', '::1'])('%s', (text) =>
    expect(() => readIp(text, 'ipv4')).toThrow(text.split(/[-/]/)[0] ?? ''),
  );
});

test.each([
  ['192.0.2.1/32', 'ipv4', '192.0.2.1'],
  ['192.0.2.0/31', 'ipv4', '192.0.2.0/31'],
  ['2001:db8::1/128', 'ipv6', '2001:db8::1'],
  ['::ffff:0:0/96', 'ipv6', '::ffff:0.0.0.0/96'],
  ['::ffff:c000:201', 'ipv6', '::ffff:192.0.2.1'],
  ['::1:0:0-::1:0:5', 'ipv6', '::1:0:0-::1:0:5'],
] as const)('%s is printed as rpki-rs 0.19.2 prints it', (text, family, printed) => {
  expect(ipText(readIp(text, family), family)).toBe(printed);
  expect(ipText(readIp(printed, family), family)).toBe(printed);
});
