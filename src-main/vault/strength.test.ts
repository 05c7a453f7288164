import { expect, test } from 'vitest';
import { passphraseStrength } from './strength.ts';

test.each([
  'correct horse battery staple',
  'Correct-Horse-Battery-Staple!',
  'correcthorsebatterystaple',
  'To be, or not to be: that is the question.',
  'the quick brown fox jumps over the lazy dog',
])('a phrase that is on every list is refused, however it is spelled: %s', async (phrase) => {
  const { score, advice } = await passphraseStrength(phrase);
  expect(score).toBeLessThan(3);
  expect(advice[0]).toMatch(/among the first to be tried/);
});

test.each(['tundra-Okapi 7 vesper lantern', 'correct horse battery staple tundra okapi vesper lantern'])(
  "words of one's own are strong, also behind a known phrase: %s",
  async (phrase) => {
    expect(await passphraseStrength(phrase)).toMatchObject({ score: 4, advice: [] });
  },
);

const KNOWN = {
  name: 'Harbour & Søn 名前',
  kind: 'offline',
  folder: '/srv/Lighthouse keepers/Harbour _ Søn 名前',
};

test.each([
  'Harbour & Søn 名前',
  'harbour-søn-名前',
  'HarbourSøn名前1!',
  'Harbour & Søn 名前 offline',
  '/srv/Lighthouse keepers/Harbour _ Søn 名前',
  'lighthouse keepers 1',
])('what stands beside the passphrase is no secret: %s', async (phrase) => {
  const { score, advice } = await passphraseStrength(phrase, KNOWN);
  expect(score).toBeLessThan(3);
  expect(advice[0]).toMatch(/Name, kind and folder of the workspace/);
});

test("they are strong for another workspace, and words of one's own beside them are", async () => {
  expect((await passphraseStrength('Harbour & Søn 名前')).score).toBe(4);
  expect(await passphraseStrength('Harbour tundra okapi vesper lantern', KNOWN)).toMatchObject({
    score: 4,
    advice: [],
  });
});
