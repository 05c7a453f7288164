/** Sticks, their files and what should be written to them, as main would answer. Only test files import it. */
import type { Stick, StickFile, StickOffer } from '#shared/contract/ta-stick.ts';

export const SHA = 'AB'.repeat(32);

export const file = (more: Partial<StickFile> = {}): StickFile => ({
  name: 'request.json',
  kind: 'request',
  state: 'expected',
  says: 'The next request of the enrolled proxy.',
  size: 4321,
  modifiedAt: '2026-11-24T12:00:00.000Z',
  sha256: SHA,
  opens: 'review',
  ...more,
});
export const stick = (more: Partial<Stick> = {}): Stick => ({
  id: 'stick-1',
  kind: 'volume',
  label: 'KINGSTON',
  path: '/media/anna/KINGSTON',
  totalBytes: 15_610_576_896,
  freeBytes: 15_599_255_552,
  problem: null,
  files: [],
  hidden: 0,
  more: 0,
  ...more,
});
export const offer = (more: Partial<StickOffer> = {}): StickOffer => ({
  order: { half: 'signer', what: 'response', id: 'exchange-1' },
  name: 'response.json',
  from: 'Signer',
  to: 'Proxy',
  says: 'Response 2: the proxy reviews and publishes it.',
  sha256: SHA,
  ...more,
});
