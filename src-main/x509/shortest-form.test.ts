import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testRequest } from '../testing/test-request.ts';
import { vectorPath } from '../testing/vectors.ts';
import { bigInteger, oidText, readTlv } from './der-reader.ts';
import { boolean, integer, octetString, oid, sequence, tlv } from './der-writer.ts';
import { certificateView } from './certificate-view.ts';
import { EXTENSION } from './oids.ts';
import { readPem } from './pem.ts';
import { recognise } from './recognise.ts';
import { requestView } from './request.ts';
import { longForms } from './shortest-form.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const kinds = (der: Uint8Array): string[] => longForms(der).map(({ what }) => what);

describe('numbers and identifiers', () => {
  test.each([
    ['02 02 00 01', ['number']],
    ['02 03 00 00 80', ['number']],
    ['02 02 ff 80', ['number']],
    ['0a 02 00 05', ['number']],
    ['02 00', ['number']],
    ['06 04 2a 80 01 05', ['object identifier']],
    ['06 03 80 2a 03', ['object identifier']],
    ['02 01 00', []],
    ['02 02 00 80', []],
    ['02 02 ff 7f', []],
    ['02 01 80', []],
    // 0x80 inside a part is a digit like any other.
    ['06 04 2a 81 80 05', []],
    ['06 09 2a 86 48 86 f7 0d 01 01 0b', []],
  ])('%s', (text, expected) => {
    expect(kinds(hex(text))).toEqual(expected);
    expect(kinds(sequence(sequence(hex(text))))).toEqual(expected);
  });

  test('they are looked for in the values of extensions, and nowhere else in octets', () => {
    const long = hex('02 02 00 01');
    const extension = (value: Uint8Array) =>
      sequence(sequence(oid('2.5.29.19'), boolean(true), octetString(value)));
    expect(kinds(extension(sequence(boolean(true), long)))).toEqual(['number']);
    // A key identifier may begin like a number.
    expect(kinds(extension(octetString(long)))).toEqual([]);
    expect(kinds(sequence(octetString(long)))).toEqual([]);
    expect(kinds(extension(hex('30 05 02')))).toEqual([]);
  });

  test('what is written here is always short, and stays what it is when it is made longer', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 170n), (value) => {
        const short = integer(value);
        expect(kinds(short)).toEqual([]);
        const long = tlv(0x02, Uint8Array.of(0), readTlv(short).content);
        expect(kinds(long)).toEqual(['number']);
        expect(bigInteger(readTlv(long), 'x')).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 8 }), (arcs) => {
        const short = oid(['1', '3', ...arcs].join('.'));
        expect(kinds(short)).toEqual([]);
        const [first = 0, ...rest] = readTlv(short).content;
        const long = tlv(0x06, Uint8Array.of(first, 0x80, ...rest));
        expect(kinds(long)).toEqual(['object identifier']);
        expect(oidText(readTlv(long))).toBe(oidText(readTlv(short)));
      }),
    );
  });
});

describe('somebody’s objects', () => {
  test('the golden certificates and those of PKITS have none', () => {
    const folders = ['golden', 'pkits/certs', 'pkits/crls'].map((name) => vectorPath(name));
    const files = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => /\.(crt|crl)$/.test(name))
        .map((name) => `${folder}/${name}`),
    );
    expect(files.length).toBeGreaterThan(80);
    for (const file of files) {
      const bytes = readFileSync(file);
      const der = bytes[0] === 0x30 ? bytes : (readPem(bytes.toString()).blocks[0]?.der ?? bytes);
      expect(longForms(der), file).toEqual([]);
    }
  });

  test('a certificate whose serial number is written too long is still read, and the finding says so', () => {
    const [object] = recognise(readFileSync(vectorPath('golden', 'agent-1.crt'))).objects;
    if (object?.kind !== 'certificate') throw new Error('no certificate');
    const [tbs, ...signed] = [...readParts(object.der)];
    const [version, serial, ...rest] = [...readParts(tbs ?? new Uint8Array())];
    const long = tlv(0x02, Uint8Array.of(0, 0), readTlv(serial ?? new Uint8Array()).content);
    const altered = sequence(sequence(version ?? long, long, ...rest), ...signed);
    const view = certificateView(altered, { now: new Date('2026-11-24T12:00:00Z') });
    expect(view.subject).toEqual(certificateView(object.der, { now: new Date() }).subject);
    expect(view.findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'DER_NOT_SHORTEST', severity: 'bad', clause: 'X.690 8.3.2' }),
      ]),
    );
  });

  test('a request says so as well', () => {
    const der = testRequest('a', [
      [{ oid: EXTENSION.basicConstraints, valueDer: sequence(boolean(true), hex('02 02 00 01')) }],
    ]);
    expect(requestView(der).findings.map(({ code }) => code)).toContain('DER_NOT_SHORTEST');
    expect(requestView(testRequest('a', [])).findings.map(({ code }) => code)).not.toContain(
      'DER_NOT_SHORTEST',
    );
  });
});

function* readParts(der: Uint8Array): Generator<Uint8Array> {
  const { content } = readTlv(der);
  for (let at = 0; at < content.length;) {
    const part = readTlv(content, at);
    yield part.raw;
    at += part.raw.length;
  }
}
