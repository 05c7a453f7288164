/** Texts of readers and libraries in sentences of ours: some end with a full stop and some do not. */

/** The text with one full stop behind it, for the middle or the end of a sentence. Applying it twice changes nothing. */
export function stopped(text: string): string {
  const said = text.trim();
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}

/** The same as a sentence of its own: it begins with a capital. */
export function sentence(text: string): string {
  return stopped(text).replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
