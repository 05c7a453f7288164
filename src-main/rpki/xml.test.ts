import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vectorPath } from '../testing/vectors.ts';
import { RpkiError } from './rpki-error.ts';
import { attribute, base64Of, childrenOf, empty, onlyAttributes, oneOf, textOf } from './xml-shape.ts';
import { writeXml, type XmlNode } from './xml-writer.ts';
import { looksLikeXml, readXml, type XmlElement } from './xml.ts';

const read = (text: string, limits = {}): XmlElement => readXml(Buffer.from(text), limits);

test('a document is read with its namespaces, attributes, text and lines', () => {
  const root = read(
    '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- a comment --><a:m xmlns:a="urn:a" xmlns="urn:b" v="1" xml:lang="en" a:w="2">\n' +
      '  <x q="&lt;&#65;"/>&amp;<a:y>o<!-- n -->n<![CDATA[<e]]></a:y></a:m>\n',
  );
  expect(root).toMatchObject({ namespace: 'urn:a', name: 'm', line: 2, text: '\n  &' });
  expect([...root.attributes]).toEqual([
    ['v', '1'],
    ['xml:lang', 'en'],
    ['{urn:a}w', '2'],
  ]);
  expect(root.children).toMatchObject([
    { namespace: 'urn:b', name: 'x', line: 3 },
    { namespace: 'urn:a', name: 'y', text: 'on<e' },
  ]);
  expect(root.children[0]?.attributes.get('q')).toBe('<A');
});

describe('what is refused, with the line', () => {
  test.each<[string, string, RegExp]>([
    ['nothing', '', /not well-formed/],
    ['text', 'a', /not well-formed/],
    ['JSON', '{"a":1}', /not well-formed/],
    ['cut off', '<a>\n<b>', /unclosed tag: b \(line 2\)/],
    ['two roots', '<a/><b/>', /only one root/],
    ['crossed tags', '<a><b></a></b>', /not well-formed/],
    ['an attribute twice', '<a b="1" b="2"/>', /duplicate attribute/],
    ['an unbound prefix', '<a:b/>', /unbound namespace/],
    ['an unknown entity', '<a>&b;</a>', /undefined entity/],
    ['a control character', '<a>\u0001</a>', /disallowed character/],
    ['a document type', '<!DOCTYPE a>\n<a/>', /document type/],
    [
      'an entity of its own',
      '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
      /document type/,
    ],
    ['an instruction', '<a/><?b c?>', /processing instruction/],
    ['a stylesheet', '<?xml-stylesheet href="a"?><a/>', /processing instruction/],
    ['another encoding', '<?xml version="1.0" encoding="latin1"?><a/>', /not UTF-8/],
    ['another version', '<?xml version="1.1"?><a/>', /not of version 1.0/],
    [
      '33 attributes',
      `<a ${Array.from({ length: 33 }, (_, at) => `b${at}="1"`).join(' ')}/>`,
      /32 attributes/,
    ],
    ['17 levels', '<a>'.repeat(17) + '</a>'.repeat(17), /16 levels deep \(line 1\)/],
    ['200,000 levels', '<a>'.repeat(200_000), /16 levels/],
    ['an attribute of 1 MiB', `<a b="${'c'.repeat(1_048_576)}"/>`, /too large: 1048585 bytes, and 1048576/],
  ])('%s', (_name, text, said) => {
    expect(() => read(text)).toThrow(RpkiError);
    expect(() => read(text)).toThrow(said);
  });

  test('what is not UTF-8', () => {
    expect(() => readXml(Buffer.from('<a>\u00e9</a>', 'latin1'))).toThrow(/not UTF-8/);
    expect(() => readXml(Buffer.from('<a/>', 'utf16le'))).toThrow(RpkiError);
  });

  test.each(['billion_lol.xml', 'xxe.xml'])('%s of rpki-client', (name) => {
    const bytes = readFileSync(vectorPath('rpki-client-regress', 'rrdp', name));
    expect(() => readXml(bytes)).toThrow(/document type/);
  });
});

test('elements are counted, before they are kept', () => {
  const text = `<a>\n${'<b/>'.repeat(1000)}</a>`;
  expect(read(text, { elements: 1001 }).children).toHaveLength(1000);
  expect(() => read(text, { elements: 1000 })).toThrow(/more than 1000 elements \(line 2\)/);
});

test('up to its bounds it is read: 16 levels, an attribute of 2 MiB', () => {
  expect(read('<a>'.repeat(16) + '</a>'.repeat(16)).name).toBe('a');
  const value = 'c'.repeat(2_097_152);
  expect(read(`<a b="${value}"/>`, { bytes: 4_194_304 }).attributes.get('b')).toBe(value);
});

test('names of properties are only names', () => {
  const root = read(
    '<__proto__ constructor="1" __proto__="2" xmlns:__proto__="urn:a"><__proto__:toString/></__proto__>',
  );
  expect([...root.attributes]).toEqual([
    ['constructor', '1'],
    ['__proto__', '2'],
  ]);
  expect(root.children[0]).toMatchObject({ namespace: 'urn:a', name: 'toString' });
});

/** Characters that XML can carry (XML 1.0 2.2). */
const text = fc
  .string({ unit: 'binary', maxLength: 12 })
  .map((any) => any.replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ' '));
const name = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,8}$/).filter((one) => one !== 'xmlns');
const { node } = fc.letrec<{ node: XmlNode }>((tie) => ({
  node: fc.record({
    name,
    attributes: fc.dictionary(name, text, { maxKeys: 4, noNullPrototype: true }),
    content: fc.oneof({ maxDepth: 4 }, text, fc.array(tie('node'), { maxLength: 4 })),
  }),
}));

function expectSame(element: XmlElement, wanted: XmlNode): void {
  expect(element).toMatchObject({ namespace: 'urn:n', name: wanted.name });
  expect(Object.fromEntries(element.attributes)).toEqual({ ...wanted.attributes });
  const content = wanted.content ?? [];
  if (typeof content === 'string') expect(element).toMatchObject({ text: content, children: [] });
  else {
    expect(element.children).toHaveLength(content.length);
    for (const [at, child] of content.entries()) expectSame(element.children[at] as XmlElement, child);
  }
}

test('what is written reads back equal, whatever the texts', () => {
  fc.assert(fc.property(node, (tree) => expectSame(readXml(writeXml('urn:n', tree)), tree)));
});

test('what XML cannot carry is not written', () => {
  for (const bad of ['\u0000', '\u001b', '\ud800', '\ufffe'])
    expect(() => writeXml('urn:n', { name: 'a', content: bad })).toThrow(RpkiError);
});

test('changed octets are read or refused, never anything else', () => {
  const folder = vectorPath('rpki-rs', 'ca', 'rfc8183');
  const files = readdirSync(folder).map((one) => readFileSync(`${folder}/${one}`));
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
      (file, changes) => {
        const bytes = Buffer.from(file);
        for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
        try {
          return readXml(bytes).name !== '';
        } catch (error) {
          return error instanceof RpkiError;
        }
      },
    ),
  );
});

test('XML is told from JSON by its first sign', () => {
  expect(['<a/>', ' \r\n<a/>', '\ufeff<a/>'].every((one) => looksLikeXml(Buffer.from(one)))).toBe(true);
  expect(['{"a":"<"}', '', 'a<'].some((one) => looksLikeXml(Buffer.from(one)))).toBe(false);
});

describe('asking an element', () => {
  const root = read('<m a="1"><b>  TUlJ\n \u200bQg==</b>\n<c> x </c><c/></m>');
  const [b, c] = root.children as [XmlElement, XmlElement];

  test('gives what is there', () => {
    expect(attribute(root, 'a', /^\d$/, 'digit')).toBe('1');
    expect(childrenOf(root, ['b', 'c'])).toHaveLength(3);
    expect(Buffer.from(base64Of(b)).toString()).toBe('MIIB');
    expect(textOf(c)).toBe('x');
  });

  test.each<[string, () => unknown, RegExp]>([
    ['a missing attribute', () => onlyAttributes(root, ['z']), /<m> has no z \(line 1\)/],
    ['an unknown one', () => onlyAttributes(root, []), /"a" that is not known/],
    ['another form', () => attribute(root, 'a', /^x$/, 'letter x'), /an? a that is no letter x: "1"/],
    ['an unknown element', () => childrenOf(root, ['b']), /<c> does not belong into <m> \(line 3\)/],
    ['text between', () => childrenOf(c, []), /text where only elements/],
    ['two of one', () => oneOf(root.children, 'c', root), /one <c> and has 2/],
    ['none of one', () => oneOf(root.children, 'd', root), /one <d> and has none/],
    ['elements in text', () => textOf(root), /only text belongs/],
    ['not empty', () => empty(c), /must be empty/],
    ['no base64', () => base64Of(c), /no base64/],
    ['elements in base64', () => base64Of(root), /only base64/],
    ['spare bits', () => base64Of(read('<a>TUlJQh==</a>')), /no base64/],
    ['no octets', () => base64Of(read('<a> </a>')), /empty where base64/],
  ])('refuses %s', (_name, ask, said) => {
    expect(ask).toThrow(RpkiError);
    expect(ask).toThrow(said);
  });
});
