import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { readTal, talAdvice, writeTal } from './tal.ts';

const krill = readFileSync(vectorPath('krill-ta', 'krill-0.16.1', 'ta.tal'));
const text = krill.toString();

test('Krill’s TAL is read, holds the key of its certificate, and comes back octet by octet', () => {
  const tal = readTal(krill);
  const { spkiDer } = parseCertificate(
    new Uint8Array(readFileSync(vectorPath('krill-ta', 'krill-0.16.1', 'ta.cer'))),
  );
  expect(Buffer.compare(tal.spkiDer, spkiDer)).toBe(0);
  expect(writeTal(tal).trimEnd()).toBe(text.trimEnd());
  expect(talAdvice(tal)).toEqual([]);
});

const folder = vectorPath('rpki-client-regress');
const others = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.tal'));

test('there are TALs of others', () => expect(others.length).toBeGreaterThan(0));

test.each(others)('%s', (name) => {
  const bytes = readFileSync(`${folder}/${name}`);
  expect(readTal(readTalAgain(bytes))).toMatchObject({ uris: readTal(bytes).uris });
});

function readTalAgain(bytes: Buffer): Buffer {
  return Buffer.from(writeTal(readTal(bytes)));
}

test('comments and CRLF are read', () => {
  const tal = readTal(Buffer.from(`# one\n#two\n${text}`.replaceAll('\n', '\r\n')));
  expect(tal.comment).toEqual(['one', 'two']);
  expect(tal.uris).toEqual(readTal(krill).uris);
});

describe('what is no TAL is named', () => {
  test.each([
    ['', /names no URI/],
    ['https://a/ta.cer\n', /no base64/],
    [text.replace('\n\n', '\n'), /empty line/],
    [text.replace('https:', 'http:'), /no https or rsync URI/],
    [text.slice(0, text.length - 9), /no base64|no public key/],
    ['https://a/ta.cer\n\n????', /no base64/],
    ['<html></html>', /empty line|no https/],
    ['#only a comment', /names no URI/],
  ])('%#', (bad, said) => {
    expect(() => readTal(Buffer.from(bad))).toThrow(said);
  });
});

test('what rpki-client would refuse is told before it does', () => {
  expect(talAdvice({ uris: ['https://a/ta/ta.tal', 'rsync://a/ta/other.cer'] })).toHaveLength(2);
});
