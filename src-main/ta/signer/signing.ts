/**
 * The keys a half of a trust anchor works with, behind functions that sign: the TA key, the identity key, and one-off keys
 * that are made, used once and destroyed. It decides nothing.
 */
import { newId } from '../../lib/ids.ts';
import type { Random } from '../../ports.ts';
import type { IssuerSign } from '../../rpki/make-certificate.ts';
import type { OneOffKey } from '../../rpki/make-message.ts';
import type { RoutedKey, SignerRouter } from '../../signers/router.ts';
import { keyId } from '../../x509/public-key.ts';

/** What signs messages: an identity and one-off keys. */
export interface MessageSigning {
  identity: IssuerSign & { keyId: string };
  /** Makes a one-off key, lets `use` sign with it, and destroys it whatever happens. */
  oneOff<T>(use: (key: OneOffKey) => Promise<T>): Promise<T>;
  /** 20 octets, positive, the top bit clear (RFC 6487 4.2). */
  serial(): Uint8Array;
}

export interface Signing extends MessageSigning {
  ta: IssuerSign;
}

interface SigningDeps {
  random: Random;
  router: SignerRouter;
}

const issuer = ({ router }: SigningDeps, key: RoutedKey): IssuerSign => ({
  certificate: (data) => router.sign(key, 'certificate', data),
  crl: (data) => router.sign(key, 'crl', data),
});

export function createSigning(deps: SigningDeps, keys: { ta: RoutedKey; identity: RoutedKey }): Signing {
  return { ta: issuer(deps, keys.ta), ...createMessageSigning(deps, keys.identity) };
}

export function createMessageSigning(deps: SigningDeps, identity: RoutedKey): MessageSigning {
  const { random, router } = deps;
  return {
    identity: { keyId: keyId(identity.spkiDer), ...issuer(deps, identity) },
    async oneOff(use) {
      const key = await router.create(router.oneOffSigner(), {
        id: newId('key', random),
        algorithm: 'rsa-2048',
        label: 'one-off',
        uses: ['message'],
      });
      try {
        return await use({
          keyId: keyId(key.spkiDer),
          spkiDer: key.spkiDer,
          sign: (data) => router.sign(key, 'message', data),
        });
      } finally {
        await router.discard(key);
      }
    },
    serial() {
      const octets = Uint8Array.from(random.bytes(20));
      // Positive, and twenty octets long: never zero.
      octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40;
      return octets;
    },
  };
}

interface Begun {
  key: Promise<OneOffKey>;
  /** Lets it be destroyed, and waits for that. */
  end(): Promise<void>;
}

function begin(signing: Pick<MessageSigning, 'oneOff'>): Begun {
  const [ready, over] = [Promise.withResolvers<OneOffKey>(), Promise.withResolvers<void>()];
  // Told to whoever asks for the key, and to nobody else.
  ready.promise.catch(() => undefined);
  const life = signing
    .oneOff((key) => {
      ready.resolve(key);
      return over.promise;
    })
    .catch(ready.reject);
  return {
    key: ready.promise,
    async end() {
      over.resolve();
      await life;
    },
  };
}

/**
 * Runs `work` with one-off keys that are begun now, `count` of them: they are made while other keys sign. Each is destroyed
 * after its use, and at the end those that were not used.
 */
export async function withKeysAhead<T>(
  signing: Pick<MessageSigning, 'oneOff'>,
  count: number,
  work: (oneOff: MessageSigning['oneOff']) => Promise<T>,
): Promise<T> {
  const begun = Array.from({ length: count }, () => begin(signing));
  try {
    return await work(async (use) => {
      const next = begun.shift();
      if (next === undefined) return signing.oneOff(use);
      try {
        return await use(await next.key);
      } finally {
        await next.end();
      }
    });
  } finally {
    await Promise.all(begun.map((one) => one.end()));
  }
}
