/**
 * Sentences of main with instants in them, which it writes in UTC: each is shown as every date of the application is, local, with UTC on
 * hover. What a person typed ("2026-12-31") and names of files stay as they are.
 */
import { localText, minuteText, Time } from './time.tsx';

/** "2026-12-11 14:05 Z" and "2026-12-11 14:05:09 Z" (lib/moment-text.ts), or ISO as in RFC 3339 with "Z". */
const INSTANT = /(?<![\w-])\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)? Z|T\d\d:\d\d:\d\d(?:\.\d+)?Z)(?!\w)/g;

/** The instant as Date reads it; null: it is none ("2026-13-41 99:00 Z"). */
function instantIn(found: string): string | null {
  const iso = found.replace(/ (\d\d:\d\d) Z$/, 'T$1:00Z').replace(/ (\d\d:\d\d:\d\d) Z$/, 'T$1Z');
  return Number.isNaN(Date.parse(iso)) ? null : iso;
}

const isMinute = (found: string): boolean => / \d\d:\d\d Z$/.test(found);

/** Where only plain text can stand: names, messages at the corner. */
export function datedText(text: string): string {
  return text.replaceAll(INSTANT, (found) => {
    const at = instantIn(found);
    if (at === null) return found;
    return isMinute(found) ? minuteText(at) : localText(at, true);
  });
}

/** Where a link or button is round it, `datedText` is to be taken: an instant can have the focus. */
export function Dated({ text }: { text: string }) {
  const found = [...text.matchAll(INSTANT)];
  return (
    <span>
      {found.map((one, index) => {
        const before = found[index - 1];
        const from = before === undefined ? 0 : before.index + before[0].length;
        const at = instantIn(one[0]);
        return (
          // The same instant may be named twice.
          <span key={index}>
            {text.slice(from, one.index)}
            {at === null ? one[0] : <Time at={at} clock={isMinute(one[0]) ? 'minute' : true} />}
          </span>
        );
      })}
      {text.slice((found.at(-1)?.index ?? 0) + (found.at(-1)?.[0].length ?? 0))}
    </span>
  );
}
