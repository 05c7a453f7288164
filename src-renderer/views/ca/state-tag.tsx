/** The state of a certificate as a word with its colour; one place, so that all lists say the same. */
import type { CertificateRow } from '#shared/contract/ca.ts';
import { Tag, type Tone } from '../../components/tag.tsx';

type State = CertificateRow['state'];

export const STATE_WORDS: Record<State, { word: string; tone: Tone }> = {
  good: { word: 'Good', tone: 'good' },
  renew: { word: 'Renew now', tone: 'careful' },
  expired: { word: 'Expired', tone: 'bad' },
  notYet: { word: 'Not yet valid', tone: 'note' },
  revoked: { word: 'Revoked', tone: 'bad' },
  replaced: { word: 'Replaced', tone: 'plain' },
};

export function StateTag({ state }: { state: State }) {
  const { word, tone } = STATE_WORDS[state];
  return <Tag tone={tone}>{word}</Tag>;
}
