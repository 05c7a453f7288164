import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Dated, datedText } from './dated.tsx';
import { minuteText, localText } from './time.tsx';

afterEach(cleanup);

const AT = '2026-12-11T14:05:00.000Z';

test('instants of a sentence are times in local words, the sentence stays; typed dates and names of files do too', () => {
  const text =
    'It ended on 2026-12-11 14:05 Z, was made at 2026-12-11T14:05:00.000Z, and 2026-12-31 was typed for a-2026-12-11T14:05:00Z.json.';
  const { container } = render(<Dated text={text} />);
  expect(container.textContent).toBe(
    `It ended on ${minuteText(AT)}, was made at ${localText(AT, true)}, and 2026-12-31 was typed for a-2026-12-11T14:05:00Z.json.`,
  );
  expect([...container.querySelectorAll('time')].map((time) => time.dateTime)).toEqual([
    '2026-12-11T14:05:00Z',
    AT,
  ]);
  expect(datedText(text)).toBe(container.textContent);
});

test('an instant to the second keeps its seconds', () => {
  expect(datedText('While locked, 2026-12-11 14:05:09 Z: unlocking')).toBe(
    `While locked, ${localText('2026-12-11T14:05:09Z', true)}: unlocking`,
  );
});

test('what only looks like an instant, and a sentence without one, stay as they are', () => {
  for (const text of ['', 'Nothing is open.', 'until 2026-13-41 99:00 Z.', '12026-12-11 14:05 Z']) {
    const { container } = render(<Dated text={text} />);
    expect(container.textContent).toBe(text);
    expect(datedText(text)).toBe(text);
    cleanup();
  }
});
