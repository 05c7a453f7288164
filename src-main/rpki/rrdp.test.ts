import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { RpkiError } from './rpki-error.ts';
import {
  readRrdpNotification,
  readRrdpSnapshot,
  writeRrdpNotification,
  writeRrdpSnapshot,
} from './rrdp-xml.ts';

const file = (name: string): Buffer => readFileSync(vectorPath('rpki-client-regress', 'rrdp', name));

test('the notification and snapshot of rpki-client are read and come back equal', () => {
  const notification = readRrdpNotification(file('notification.xml'));
  expect(notification).toMatchObject({
    sessionId: '8fe05c2e-047d-49e7-8398-cd4250a572b1',
    serial: 50550n,
    snapshot: { hash: 'AE52F78BCB1B258A1DA924122971B0FDDFCE4C01B2B2DBA59C9B28EF1D94C02B' },
  });
  expect(readRrdpNotification(writeRrdpNotification(notification))).toEqual(notification);
  const snapshot = readRrdpSnapshot(file('snapshot.xml'));
  expect(snapshot.objects.length).toBeGreaterThan(0);
  expect(readRrdpSnapshot(writeRrdpSnapshot(snapshot))).toEqual(snapshot);
});

const good = file('notification.xml').toString();

describe('what is not right is named', () => {
  test.each<[string, string, RegExp]>([
    ['another namespace', file('notification_xmlns.xml').toString(), /no notification of RFC 8182/],
    ['a delta', file('delta.xml').toString(), /no notification/],
    ['a bomb', file('billion_lol.xml').toString(), /document type/],
    ['version', good.replace('version="1"', 'version="2"'), /no version 1/],
    ['session', good.replace('8fe05c2e', '8fe05c2'), /no UUID/],
    ['serial', good.replace('serial="50550"', 'serial="0"'), /no serial number/],
    ['http', good.replace('https:', 'http:'), /no https URI/],
    ['hash', good.replace('hash="a', 'hash="'), /no SHA-256/],
    ['no snapshot', good.replace(/<snapshot.*\n/, ''), /one <snapshot> and has none/],
  ])('%s', (_name, text, said) => {
    expect(() => readRrdpNotification(Buffer.from(text))).toThrow(RpkiError);
    expect(() => readRrdpNotification(Buffer.from(text))).toThrow(said);
  });
});

const session = { sessionId: fc.uuid(), serial: fc.bigInt({ min: 1n, max: 10n ** 29n }) };
const path = fc.stringMatching(/^[a-z0-9]{1,9}(\/[A-Za-z0-9_&'-][A-Za-z0-9_.-]{0,9}){2,4}$/);
const notification = fc.record({
  ...session,
  snapshot: fc.record({
    uri: path.map((rest) => `https://${rest}`),
    hash: fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase()),
  }),
});
const snapshot = fc.record({
  ...session,
  objects: fc.array(
    fc.record({
      uri: path.map((rest) => `rsync://${rest}`),
      der: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    }),
    { maxLength: 5 },
  ),
});

test('any notification and snapshot comes back equal', () => {
  fc.assert(
    fc.property(notification, snapshot, (one, other) => {
      expect(readRrdpNotification(writeRrdpNotification(one))).toEqual(one);
      expect(readRrdpSnapshot(writeRrdpSnapshot(other))).toEqual(other);
    }),
  );
});

test('changed octets are read or refused, never anything else', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('notification.xml', 'snapshot.xml'),
      fc.constantFrom(readRrdpNotification, readRrdpSnapshot),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      (name, read, changes) => {
        const bytes = Buffer.from(file(name));
        for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
        try {
          read(bytes);
          return true;
        } catch (error) {
          return error instanceof RpkiError;
        }
      },
    ),
    { numRuns: 30 },
  );
});
