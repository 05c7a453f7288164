import { expect, test } from 'vitest';
import { Faults } from '../rpki/fault.ts';
import type { ResourceSet } from '../rpki/resource-set.ts';
import { judgeLimit, judgePlace } from './wish-faults.ts';

const TA = { baseUri: 'rsync://rpki.example.net/repo/ta/', taKeyId: 'AB'.repeat(20) };
function said(caRepository: string): string {
  const faults = new Faults();
  judgePlace(
    {
      keyId: '',
      spkiDer: new Uint8Array(),
      caRepository,
      rpkiManifest: `${caRepository}a.mft`,
      rpkiNotify: null,
    },
    TA,
    faults,
  );
  return faults.found.map(({ text }) => text).join('; ');
}

test.each([
  'rsync://rpki.example.net/repo/ta/child/',
  'rsync://rpki.example.net/repo/other/',
  'rsync://child.example.net/repo/ta/',
])('%s is a place of its own', (folder) => {
  expect(said(folder)).toBe('');
});

test.each([
  'rsync://rpki.example.net/repo/ta/',
  'RSYNC://RPKI.example.net:873/repo/ta/',
  'rsync://rpki.example.net:0873/repo/ta/',
  'rsync://rpki.example.net./repo/ta/',
  'rsync://rpki.example.net.:873/repo/',
  'rsync://rpki.example.net/repo/',
  `rsync://rpki.example.net/repo/ta/${'CD'.repeat(20)}.cer/`,
  'rsync://rpki.example.net/repo/ta/x.MFT/below/',
])('%s is where the trust anchor publishes', (folder) => {
  expect(said(folder)).toContain('where the trust anchor does');
});

test.each([
  'rsync://rpki.example.net/rep%6f/ta/',
  'rsync://user@rpki.example.net/repo/x/',
  'rsync://rpki.example.net/repo\\ta/',
])('%s could be another place than it looks like', (folder) => {
  expect(said(folder)).toContain('another one than it looks like');
});

test('more ranges than a certificate in use has are a fault of that wish, asked for or had', () => {
  const every = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ min: BigInt(2 * at), max: BigInt(2 * at) }));
  const all: ResourceSet = { asn: [{ min: 0n, max: 4_294_967_295n }], ipv4: [], ipv6: [] };
  const faultsOf = (resources: ResourceSet, limit: Partial<ResourceSet>): string => {
    const faults = new Faults();
    judgeLimit(resources, limit, faults);
    return faults.found.map(({ text }) => text).join();
  };
  expect(faultsOf(all, { asn: every(20_000) })).toBe('');
  expect(faultsOf(all, { asn: every(20_001) })).toMatch(/more than 20000 separate ranges/);
  expect(faultsOf({ ...all, asn: every(20_001) }, {})).toMatch(/more than 20000 separate ranges/);
  expect(faultsOf({ ...all, asn: every(30_000) }, { asn: every(5) })).toBe('');
});
