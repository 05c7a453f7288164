/** How sticks, their room and their files are written on the screen. No component. */
import { shownText } from '#shared/hidden-characters.ts';
import type { StickFile, StickOffer } from '#shared/contract/ta-stick.ts';
import type { Tone } from '../../components/tag.tsx';

export const STATE_WORDS: Record<StickFile['state'], { word: string; tone: Tone }> = {
  expected: { word: 'expected', tone: 'accent' },
  own: { word: 'from here', tone: 'plain' },
  done: { word: 'taken', tone: 'plain' },
  later: { word: 'not yet', tone: 'note' },
  stale: { word: 'stale', tone: 'bad' },
  damaged: { word: 'damaged', tone: 'bad' },
  unexpected: { word: 'unexpected', tone: 'bad' },
};

/** A stranger's name in one line: signs that turn the reading direction or show nothing are made visible. */
export const shownName = (name: string): string => shownText(name);

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** As sticks are sold: "15.6 GB". */
export function roomText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.floor(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** It is the very file that is to be written. */
export const liesThere = (
  offer: Pick<StickOffer, 'name' | 'sha256'>,
  file: Pick<StickFile, 'name' | 'sha256'>,
): boolean => file.name === offer.name && file.sha256 === offer.sha256;

/** What the guide calls the file; null: it does not wait for it. */
export function handedOutMark({ order, sha256 }: Pick<StickOffer, 'order' | 'sha256'>): string | null {
  if (order.half === 'signer')
    return order.what === 'signer-info'
      ? 'signer-info'
      : order.what === 'response'
        ? `response ${order.id}`
        : null;
  if (order.half === 'child') return null;
  if (order.what === 'request') return `request ${sha256}`;
  return order.what === 'proxy-id' || order.what === 'proxy-repo' ? order.what : null;
}
