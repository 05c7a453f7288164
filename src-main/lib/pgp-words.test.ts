import { expect, test } from 'vitest';
import { groupOfWords, wordsOf } from './pgp-words.ts';

const octet = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');
/** The word of each octet in even and in odd places. */
const PAIRS = Array.from({ length: 256 }, (_, at) => (wordsOf(octet(at).repeat(2))[0] ?? '').split(' '));

test('there are 256 words of each kind, none twice, in the alphabet but for the one place where the published list is not', () => {
  const all = PAIRS.flat();
  expect(all).toHaveLength(512);
  expect(new Set(all.map((word) => word.toLowerCase())).size).toBe(512);
  expect(all.filter((word) => !/^[A-Za-z]{4,11}$/.test(word))).toEqual([]);
  for (const [place, outOfOrder] of [
    [0, []],
    [1, ['applicant Apollo']],
  ] as const) {
    const words = PAIRS.map((pair) => pair[place] ?? '');
    const found = words
      .slice(1)
      .map((word, at) => [words[at] ?? '', word] as const)
      .filter(([before, word]) => before.toLowerCase() >= word.toLowerCase());
    expect(found.map((pair) => pair.join(' '))).toEqual(outOfOrder);
  }
});

test('the published sample, and the ends of the lists', () => {
  const said =
    'topmost Istanbul Pluto vagabond treadmill Pacific brackish dictator goldfish Medusa afflict bravado chatter revolver Dupont midsummer stopwatch whimsical cowbell bottomless';
  expect(wordsOf('E58294F2E9A227486E8B061B31CC528FD7FA3F19').join(' ')).toBe(said);
  expect(wordsOf('82E5')).toEqual(['miser travesty']);
  expect(PAIRS[0]).toEqual(['aardvark', 'adroitness']);
  expect(PAIRS[255]).toEqual(['Zulu', 'Yucatan']);
});

test('two words are a group again, however they are written; anything else is none', () => {
  for (let at = 0; at < 65_536; at += 257) {
    const group = `${octet(at >> 8)}${octet(at & 255)}`;
    expect(groupOfWords(wordsOf(group)[0] ?? '')).toBe(group);
  }
  for (const text of ['TOPMOST istanbul', '  topmost   Istanbul ', 'topmost-istanbul'])
    expect(groupOfWords(text)).toBe('E582');
  for (const text of ['Istanbul topmost', 'topmost', 'topmost Istanbul Pluto', 'E582', '', 'top most'])
    expect(groupOfWords(text)).toBeNull();
});
