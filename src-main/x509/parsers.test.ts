import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { certificateView } from './certificate-view.ts';
import { crlView } from './crl.ts';
import { children, oidText, readTlv, timeValue } from './der-reader.ts';
import { boolean, integer, namedBits, oid, time, tlv, unsignedInteger } from './der-writer.ts';
import { bigInteger, bitString } from './der-reader.ts';
import { ipBytes, ipText } from './general-name.ts';
import { readPem, toPem } from './pem.ts';
import { privateKeyFormat } from './private-key.ts';
import { recognise } from './recognise.ts';
import { requestView } from './request.ts';
import { X509Error } from './x509-error.ts';

const now = new Date('2026-11-24T12:00:00Z');

/** Runs a parser; whatever it throws must be its own error. */
function onlyOwnErrors(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
  }
}

function parseEverything(bytes: Uint8Array): void {
  for (const parse of [
    () => certificateView(bytes, { now }),
    () => requestView(bytes),
    () => crlView(bytes, { now }),
    () => recognise(bytes),
    () => privateKeyFormat(bytes),
  ])
    onlyOwnErrors(parse);
}

const sample = (() => {
  const [object] = recognise(readFileSync(vectorPath('golden', 'agent-1.crt'))).objects;
  return object !== undefined && 'der' in object ? object.der : new Uint8Array();
})();

describe('no input makes a parser throw anything but its own error', () => {
  it('any bytes', () =>
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), parseEverything), { numRuns: 500 }));
  it('any text', () =>
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => parseEverything(Buffer.from(text))),
      { numRuns: 300 },
    ));
  it('a certificate with bytes changed', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = Uint8Array.from(sample);
          for (const [index, value] of changes) bytes[index] = value;
          parseEverything(bytes);
        },
      ),
      { numRuns: 500 },
    ));
  it('a certificate cut off anywhere', () => {
    for (let length = 0; length < sample.length; length += 7) parseEverything(sample.subarray(0, length));
  });
});

describe('decode(encode(x)) = x', () => {
  it('object identifiers', () =>
    fc.assert(
      fc.property(
        fc.nat(2),
        fc.nat(39),
        fc.array(fc.bigInt(0n, 2n ** 70n), { maxLength: 8 }),
        (first, second, rest) => {
          const text = [first, second, ...rest].join('.');
          expect(oidText(readTlv(oid(text)))).toBe(text);
        },
      ),
    ));
  it('integers', () =>
    fc.assert(
      fc.property(
        fc.bigInt(0n, 2n ** 200n),
        (value) => void expect(bigInteger(readTlv(integer(value)), 'x')).toBe(value),
      ),
    ));
  it('unsigned octets', () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 20 }),
        (bytes) =>
          void expect(bigInteger(readTlv(unsignedInteger(bytes)), 'x')).toBe(
            BigInt(`0x${Buffer.from(bytes).toString('hex')}`),
          ),
      ),
    ));
  it('times', () =>
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('1950-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59Z'),
          noInvalidDate: true,
        }),
        (at) => {
          expect(timeValue(readTlv(time(at)), 'x').getTime()).toBe(Math.floor(at.getTime() / 1000) * 1000);
        },
      ),
    ));
  it('content of any length', () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 70_000 }),
        (bytes) => void expect(Buffer.compare(readTlv(tlv(0x04, bytes)).content, bytes)).toBe(0),
      ),
      { numRuns: 30 },
    ));
  it('PEM', () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        (bytes) =>
          void expect(
            Buffer.compare(readPem(toPem('X509 CRL', bytes)).blocks[0]?.der ?? new Uint8Array(), bytes),
          ).toBe(0),
      ),
    ));
  it('addresses', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => void expect(ipText(ipBytes(text))).toBe(text)));
    expect(() => ipBytes('010.0.0.1')).toThrow('invalid IP address');
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (bytes) => void expect(Buffer.compare(ipBytes(ipText(bytes)), bytes)).toBe(0),
      ),
    );
  });
  it('named bits have no trailing zero bits', () => {
    expect(Buffer.from(namedBits([0, 5, 6])).toString('hex')).toBe('03020186');
    expect(bitString(readTlv(namedBits([8])), 'x')).toEqual({ bytes: Buffer.from([0, 0x80]), unused: 7 });
    expect(Buffer.from(boolean(true)).toString('hex')).toBe('0101ff');
  });
});

describe('real certificates', () => {
  it('every certificate of the PKITS and Limbo vectors is read or refused in the codec’s own words', () => {
    let readCount = 0;
    const folders = ['pkits', 'limbo'].map((name) => vectorPath(name));
    for (const folder of folders)
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const bytes = readFileSync(`${entry.parentPath}/${entry.name}`);
        const texts = entry.name.endsWith('.json')
          ? (
              bytes
                .toString('utf8')
                .match(/-----BEGIN [A-Z0-9 ]+-----(?:\\n|[A-Za-z0-9+/=])+-----END [A-Z0-9 ]+-----/g) ?? []
            ).map((text) => Buffer.from(text.replaceAll('\\n', '\n')))
          : [bytes];
        for (const text of texts)
          onlyOwnErrors(() => {
            for (const object of recognise(text).objects) {
              if (object.kind === 'certificate') certificateView(object.der, { now });
              if (object.kind === 'crl') crlView(object.der, { now });
              readCount += 1;
            }
          });
      }
    expect(readCount).toBeGreaterThan(150);
  });

  it('children refuses what is longer than its parent', () =>
    expect(() => children(Uint8Array.of(0x30, 0x05, 0x00))).toThrow(X509Error));
});
