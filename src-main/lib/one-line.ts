/** A stranger's text made fit to stand in one line of ours. It is not made true by that. */

/** Without control and formatting characters (a terminal's, those that turn the reading direction), cut at `most` characters. */
export function oneLine(text: string, most = 300): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
