/**
 * The suite every signer has to pass, called from its own test file with a way to make one.
 * It tests through the port alone, so that tokens and KMIP servers are held to exactly what software is held to.
 */
import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { KeyAlgorithm, KeyUse } from '#shared/contract/keys.ts';
import type { KeyReference, Signer } from './signer.ts';
import { signatureHolds } from './signature-scheme.ts';

const DATA = Buffer.from('what is to be signed');
const USES: KeyUse[] = ['certificate', 'crl', 'request', 'message'];

interface Subject {
  signer: Signer;
  /** Takes the signer's access away (lock, log out), so that signing must be refused with LOCKED. */
  lock(): void;
}

/** Registers the tests. `slow` algorithms get a longer time limit, not a weaker test. */
export function signerContract(
  name: string,
  make: () => Promise<Subject>,
  algorithms: readonly KeyAlgorithm[],
): void {
  let count = 0;
  const key = (signer: Signer, algorithm: KeyAlgorithm, uses: KeyUse[] = USES): Promise<KeyReference> =>
    signer.create({ id: `key-contract-${++count}`, algorithm, label: 'contract', uses });
  const fast = algorithms[0] ?? 'p-256';

  describe(`signer contract: ${name}`, () => {
    test('describes itself', async () => {
      const facts = await (await make()).signer.describe();
      expect(facts.state).toBe('ready');
      expect(facts.text).toMatch(/\.$/);
      expect(facts.algorithms).toEqual(expect.arrayContaining([...algorithms]));
    });

    test.each(algorithms)(
      '%s: creates, shows its public key, signs',
      { timeout: 60_000 },
      async (algorithm) => {
        const { signer } = await make();
        const made = await key(signer, algorithm);
        expect(made.algorithm).toBe(algorithm);
        const spkiDer = await signer.publicKey(made);
        expect(Buffer.from(spkiDer).equals(made.spkiDer)).toBe(true);
        const { asymmetricKeyType } = createPublicKey({
          key: Buffer.from(spkiDer),
          format: 'der',
          type: 'spki',
        });
        expect(asymmetricKeyType).toBe({ r: 'rsa', p: 'ec', e: 'ed25519' }[algorithm[0] ?? '']);
        const signature = await signer.sign(made, 'certificate', DATA);
        expect(signatureHolds(algorithm, spkiDer, DATA, signature)).toBe(true);
        expect(signatureHolds(algorithm, spkiDer, Buffer.from('something else'), signature)).toBe(false);
      },
    );

    test('two keys differ', async () => {
      const { signer } = await make();
      const [one, two] = [await key(signer, fast), await key(signer, fast)];
      expect(Buffer.from(one.spkiDer).equals(two.spkiDer)).toBe(false);
      expect(signatureHolds(fast, two.spkiDer, DATA, await signer.sign(one, 'message', DATA))).toBe(false);
    });

    test.each(USES)('a key without the use "%s" refuses it and nothing else', async (use) => {
      const { signer } = await make();
      const others = USES.filter((other) => other !== use);
      const made = await key(signer, fast, others);
      await expect(signer.sign(made, use, DATA)).rejects.toMatchObject({ code: 'POLICY_REFUSED' });
      for (const other of others) expect((await signer.sign(made, other, DATA)).length).toBeGreaterThan(0);
    });

    test('a destroyed key never signs again, also through an older copy of its reference', async () => {
      const { signer } = await make();
      const made = await key(signer, fast);
      const copy = { ...made, handle: Uint8Array.from(made.handle) };
      await signer.destroy(made);
      await signer.destroy(made);
      await expect(signer.sign(made, 'message', DATA)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(signer.sign(copy, 'message', DATA)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(signer.publicKey(copy)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('nothing is signed or made while it is locked', async () => {
      const { signer, lock } = await make();
      const made = await key(signer, fast);
      lock();
      await expect(signer.sign(made, 'message', DATA)).rejects.toMatchObject({ code: 'LOCKED' });
      await expect(key(signer, fast)).rejects.toMatchObject({ code: 'LOCKED' });
    });
  });
}
