/** How long a passphrase would stand against offline guessing at the vault's own cost. The words are zxcvbn's. */
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { FAMOUS_PHRASES } from './famous-phrases.ts';

/** Guesses a second and attacker that Argon2id at our cost leaves to a rich one (1,000 machines at 0.5 s a guess). */
const GUESSES_PER_SECOND = 2000;

const bare = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

const weaker = <R extends { guesses: number }>(a: R, b: R): R => (b.guesses < a.guesses ? b : a);

let loading: Promise<ZxcvbnFactory> | null = null;

/** The dictionaries are large and wanted on two screens only. */
async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  return new Factory({
    dictionary: { ...common.dictionary, ...english.dictionary, famousPhrases: FAMOUS_PHRASES.map(bare) },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  });
}

const SPANS: [number, string][] = [
  [3_153_600_000, 'centuries'],
  [31_536_000, 'years'],
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'minutes'],
];

function spanText(seconds: number): string {
  for (const [size, word] of SPANS)
    if (seconds >= size * 2) return word === 'centuries' ? word : `${Math.floor(seconds / size)} ${word}`;
  return seconds < 1 ? 'less than a second' : `${Math.ceil(seconds)} seconds`;
}

export interface Strength {
  /** 0 to 4; 3 and more is accepted. */
  score: number;
  crackTime: string;
  advice: string[];
}

/** What of a workspace can be read without its passphrase: beside the field, in the header, in the path. */
export interface KnownOfWorkspace {
  name: string;
  kind: string;
  folder: string;
}

/** Words that whoever has the folder tries first: whole, joined, and one by one. */
function knownWords({ name, kind, folder }: KnownOfWorkspace): string[] {
  const parts = folder.split(/[/\\]/);
  const whole = [name, kind, folder, ...parts];
  const single = [name, ...parts].flatMap((text) => text.split(/[^\p{L}\p{N}]+/u));
  return [...new Set([...whole, ...whole.map(bare), ...single, 'baleen', 'workspace'])].filter(
    (word) => word.length > 2,
  );
}

/** `known`: the workspace it is to be of; null where none is known. */
export async function passphraseStrength(
  passphrase: string,
  known: KnownOfWorkspace | null = null,
): Promise<Strength> {
  loading ??= load();
  const meter = await loading;
  const typed = passphrase.slice(0, 256);
  // The words of a famous phrase are known in every spelling: with blanks, with dashes, in capitals, without anything.
  const joined = bare(typed);
  const famous = FAMOUS_PHRASES.some((phrase) => joined.includes(bare(phrase)));
  const words = known === null ? [] : knownWords(known);
  const checks = [meter.check(typed), meter.check(typed, words)];
  const named = (checks[1]?.guesses ?? 0) < (checks[0]?.guesses ?? 0);
  if (famous || named) checks.push(meter.check(joined, words));
  const { score, guesses, feedback } = checks.reduce(weaker);
  const advice = [
    famous && score < 3
      ? 'This phrase stands in books and on lists, so it is among the first to be tried.'
      : named && score < 3
        ? 'Name, kind and folder of the workspace stand beside it in clear, so they are tried first.'
        : feedback.warning,
    ...feedback.suggestions,
  ].filter((text): text is string => typeof text === 'string' && text !== '');
  return { score, crackTime: spanText(guesses / GUESSES_PER_SECOND), advice };
}
