import { expect, test } from 'vitest';
import { Faults } from '../rpki/fault.ts';
import { judgePlace } from './wish-faults.ts';

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
