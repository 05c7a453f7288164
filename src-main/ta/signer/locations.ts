/** Where a trust anchor's certificate will be fetched: the URIs of its TAL, checked before they are signed (T-009, RFC 8630 2.2). */
import { isPlainUri, plainForm } from '../../rpki/plain-name.ts';

export interface LocationProblem {
  path: 'https' | 'rsync';
  message: string;
  fix: string;
}

/** One URI a line, empty lines dropped. */
export function uriLines(text: string): string[] {
  return text
    .split(/\s+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const fileName = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);

/** `base` is where the trust anchor publishes; null while it is not known. */
export function locationProblems(
  https: readonly string[],
  rsync: string,
  base: string | null,
): LocationProblem[] {
  const problems: LocationProblem[] = [];
  const say = (path: LocationProblem['path'], message: string, fix: string): void =>
    void problems.push({ path, message, fix });
  if (!isPlainUri(rsync, 'rsync')) {
    say('rsync', 'This is no rsync URI.', 'Write it like rsync://rpki.example.net/ta/ta.cer.');
  } else {
    if (!/^[^/.][^/]*\.cer$/.test(fileName(rsync)))
      say('rsync', 'The rsync URI must end in a file name with .cer.', 'krillta refuses any other ending.');
    if (base !== null && plainForm(rsync).toLowerCase().startsWith(plainForm(base).toLowerCase()))
      say(
        'rsync',
        `It lies inside the repository (${base}), where the manifest would not list it.`,
        'Put the TA certificate beside the repository, not into it.',
      );
  }
  if (https.length === 0)
    say('https', 'At least one https URI is needed.', 'Relying parties fetch by https first.');
  for (const uri of https) {
    if (!isPlainUri(uri, 'https'))
      say(
        'https',
        `${uri.slice(0, 100)} is no https URI.`,
        'Write it like https://rpki.example.net/ta/ta.cer.',
      );
    else if (isPlainUri(rsync, 'rsync') && fileName(uri) !== fileName(rsync))
      say('https', `${uri} ends in another file name than the rsync URI.`, 'Use one name for all of them.');
  }
  if (new Set(https).size < https.length) say('https', 'An https URI stands twice.', 'Remove one of them.');
  return problems;
}
