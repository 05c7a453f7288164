import { expect, test } from 'vitest';
import { testRandom } from '../testing/test-ports.ts';
import { newRecoveryKey, readRecoveryKey } from './recovery-key.ts';

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

test('every wrong letter and every two neighbours swapped are named by their group', () => {
  for (let round = 0; round < 20; round += 1) {
    const key = newRecoveryKey(testRandom);
    expect(readRecoveryKey(key.toLowerCase().replaceAll('-', ' '))).toBe(key);
    const letters = key.replaceAll('-', '').split('');
    for (const [at, letter] of letters.entries()) {
      const group = Math.floor(at / 5) + 1;
      for (const other of LETTERS)
        if (other !== letter)
          expect(() => readRecoveryKey(letters.with(at, other).join(''))).toThrow(`Group ${group} `);
      const next = letters[at + 1] ?? letter;
      if (at % 5 < 4 && next !== letter)
        expect(() =>
          readRecoveryKey(
            letters
              .with(at, next)
              .with(at + 1, letter)
              .join(''),
          ),
        ).toThrow(`Group ${group} `);
    }
  }
});
