/** The one error the codecs of this floor throw: what was expected, where. Everything else thrown here is a bug. */
export class X509Error extends Error {
  override readonly name = 'X509Error';
}
