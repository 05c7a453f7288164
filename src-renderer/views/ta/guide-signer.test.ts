import { describe, expect, test } from 'vitest';
import { at, OPEN, proxy, says, signer } from './fake-guide.ts';

describe('a TA certificate that has ended', () => {
  const ended = signer('6', 'C0', true);
  const answers = [
    ['alone, between two exchanges', { offline: true, signer: ended, exchanged: true }],
    [
      'alone, with a response that was not written',
      { offline: true, signer: ended, made: { id: 'e', number: '6' } },
    ],
    ['with a connected Krill', { signer: ended, exchanged: true, krill: true }],
    [
      'with the proxy in the same workspace',
      { proxy: proxy({ step: 'running', open: OPEN }), signer: ended },
    ],
  ] as const;
  test.each(answers)('is reissued first: %s', (_where, input) => {
    const guide = at(input);
    expect(says(guide)).toEqual(['signer', 'Reissue…']);
    expect(guide.steps.find(({ state }) => state === 'here')?.title).toBe('Reissue the TA certificate');
    expect(guide.idle).toBe(false);
    expect(guide.says).toMatch(/ended on 2026-12-11 00:00 Z/);
  });

  test('but not while a clock that was ahead is to be settled', () => {
    const guide = at({ offline: true, signer: { ...ended, mayGoOn: true, warnings: [] }, exchanged: true });
    expect(guide.next?.label).toBe('Go on from this clock…');
  });
});

describe('a signer that was restored', () => {
  const restored = { ...signer('1'), missingUpTo: '2' };
  test.each([
    ['before any exchange that it knows', {}],
    ['with a connected Krill', { exchanged: true, krill: true }],
  ])('takes back what it signed since first: %s', (_where, input) => {
    const guide = at({ offline: true, signer: restored, ...input });
    expect(says(guide)).toEqual(['sign', 'Take response.json back…']);
    expect(guide.next?.action).toEqual({ kind: 'open', what: 'response' });
    expect(guide.says).toMatch(/up to number 2 is missing/);
    expect(guide.idle).toBe(false);
  });

  test('but not while a clock that was ahead is to be settled', () => {
    const guide = at({ offline: true, signer: { ...restored, mayGoOn: true, warnings: [] } });
    expect(guide.next?.label).toBe('Go on from this clock…');
  });
});
