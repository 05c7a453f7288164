import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type NameType, readAlternativeName } from './alternative-name.ts';
import { readNames } from './name-list.ts';

const long = `${'a'.repeat(60)}.`.repeat(4) + 'b'.repeat(10);

test.each([
  ['dns', 'postgres.internal', 'dns', 'postgres.internal'],
  ['dns', 'localhost', 'dns', 'localhost'],
  ['dns', '*.example.net', 'dns', '*.example.net'],
  ['dns', 'API.Example.NET', 'dns', 'api.example.net'],
  ['dns', 'xn--bcher-kva.example', 'dns', 'xn--bcher-kva.example'],
  ['dns', 'bücher.example', 'dns', 'xn--bcher-kva.example'],
  ['dns', '10.0.0.20', 'ip', '10.0.0.20'],
  ['dns', '2001:DB8::0:1', 'ip', '2001:db8::1'],
  ['dns', 'spiffe://example.org/ns/a', 'uri', 'spiffe://example.org/ns/a'],
  ['dns', 'uri:urn:example:a', 'uri', 'urn:example:a'],
  ['dns', 'pki@example.net', 'email', 'pki@example.net'],
  ['ip', 'dns:a.example', 'dns', 'a.example'],
  ['ip', '::1', 'ip', '::1'],
  ['email', 'pki@Example.net', 'email', 'pki@example.net'],
] as const)('%s field: %s is the %s %s', (field, text, type, value) => {
  expect(readAlternativeName(text, field)).toMatchObject({ ok: true, name: { type, value } });
});

test.each([
  ['dns', '999.1.1.1', 'invalid IP address: 999.1.1.1'],
  ['ip', '999.1.1.1', 'invalid IP address: 999.1.1.1'],
  ['ip', 'fe80::1%eth0', 'invalid IP address: fe80::1%eth0'],
  ['ip', '10.0.0.0/8', 'invalid IP address: 10.0.0.0/8'],
  ['dns', '../x', 'invalid DNS name: ../x'],
  ['dns', '-bad.internal', 'invalid DNS name: -bad.internal'],
  ['dns', 'a b', 'invalid DNS name: a b'],
  ['dns', '-x', 'invalid DNS name: -x'],
  ['dns', 'under_score.example', 'invalid DNS name: under_score.example'],
  ['dns', 'a..b', 'invalid DNS name: a..b'],
  ['dns', '*', 'invalid DNS name: *'],
  ['dns', '*.com', 'invalid DNS name: *.com'],
  ['dns', 'a.*.example.net', 'invalid DNS name: a.*.example.net'],
  ['dns', 'example.net.', 'invalid DNS name: example.net.'],
  ['dns', 'xn--999999999.example', 'invalid DNS name: xn--999999999.example'],
  ['dns', long, 'invalid DNS name: it has 254 characters, the most is 253 (RFC 1035)'],
  ['dns', 'a\u0000b.example', 'a name holds control or invisible characters'],
  ['dns', 'a\u202Eb.example', 'a name holds control or invisible characters'],
  ['uri', 'spiffe://Example.org/a', 'invalid SPIFFE ID: spiffe://Example.org/a'],
  ['uri', 'spiffe://example.org/../a', 'invalid SPIFFE ID: spiffe://example.org/../a'],
  ['uri', 'example.org/a', 'invalid URI: example.org/a'],
  ['email', '@example.net', 'invalid e-mail address: @example.net'],
  ['email', 'a@*.example.net', 'invalid e-mail address: a@*.example.net'],
] as const)('%s field: %s is refused', (field, text, message) => {
  expect(readAlternativeName(text, field)).toMatchObject({ ok: false, message });
});

test('comma lists, lines and repeats', () => {
  const list = readNames({
    dns: 'a.example, b.example\nA.example;10.0.0.1',
    ip: '10.0.0.1, ::1',
    uri: '',
    email: '',
  });
  expect(list.problems).toEqual([]);
  expect(list.names.map((name) => name.value)).toEqual(['a.example', 'b.example', '10.0.0.1', '::1']);
  expect(list.notes).toContain('10.0.0.1: recognised as an IP address');
});

test('whatever is typed is read or refused with a sentence, and what is read reads again as itself', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom<NameType>('dns', 'ip', 'uri', 'email'),
      (text, field) => {
        const reading = readAlternativeName(text, field);
        if (!reading.ok) expect(reading.message).not.toBe('');
        else
          expect(readAlternativeName(reading.name.value, reading.name.type)).toMatchObject({
            ok: true,
            name: reading.name,
          });
      },
    ),
    { numRuns: 2000 },
  );
});
