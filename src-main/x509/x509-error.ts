/** The one error the codecs of this floor throw: what was expected, where. Everything else thrown here is a bug. */
export class X509Error extends Error {
  override readonly name = 'X509Error';
}

/** Why a key was not read: the two a screen treats differently, and the rest. */
export class PrivateKeyError extends X509Error {
  readonly reason: 'passphraseNeeded' | 'wrongPassphrase' | 'unreadable';
  constructor(reason: PrivateKeyError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}
