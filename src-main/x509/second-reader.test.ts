import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { parseCertificate } from './certificate.ts';
import { tlv } from './der-writer.ts';
import { otherReading } from './second-reader.ts';

const TA = readFileSync(vectorPath('krill-ta/krill-0.16.1/ta.cer'));

test('both readers see the same in a real certificate', async () => {
  expect(await otherReading(parseCertificate(TA))).toEqual([]);
});

test('what the other one cannot read, or reads otherwise, is named', async () => {
  const certificate = parseCertificate(TA);
  // A bit string of the key that is said to end a bit earlier.
  const odd = Buffer.from(TA);
  odd[odd.indexOf(certificate.spkiDer) + 23] = 0x01;
  expect(await otherReading(parseCertificate(odd))).toEqual(['public key']);
  // As if our reader had taken the one for the other.
  expect(
    await otherReading({ ...certificate, serial: '01', spkiDer: tlv(0x30), notAfter: new Date(0) }),
  ).toEqual(['serial number', 'notAfter', 'public key']);
  const [first, ...others] = certificate.extensions;
  if (first === undefined) throw new Error('no extensions');
  expect(
    await otherReading({ ...certificate, extensions: [{ ...first, critical: !first.critical }, ...others] }),
  ).toEqual([`extension ${first.oid}`]);
  expect(await otherReading({ ...certificate, der: TA.subarray(0, 100) })).toEqual(['certificate']);
});
