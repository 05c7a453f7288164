/** A text of a library or a reader as a sentence of ours: it begins with a capital and ends with one full stop. Applying it twice changes nothing. */
export function sentence(text: string): string {
  const begun = text.trim().replace(/^[a-z]/, (letter) => letter.toUpperCase());
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
