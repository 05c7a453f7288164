/** Bytes or text that are not what RPKI asks for. The message is the whole explanation; who shows it may add the place. */
export class RpkiError extends Error {
  override readonly name = 'RpkiError';
}
