/**
 * PKCS#12 files replaced by what is in them. A file that needs a passphrase nobody gave stays closed, which is no error;
 * a wrong one is.
 */
import type { Finding } from '#shared/contract/channel.ts';
import { wipe } from '../lib/bytes.ts';
import type { DerivationBudget } from '../x509/derivation-budget.ts';
import { readPkcs12 } from '../x509/pkcs12-reader.ts';
import type { FoundObject } from '../x509/recognise.ts';
import { PrivateKeyError } from '../x509/x509-error.ts';

export interface OpenedContainers {
  objects: FoundObject[];
  notes: Finding[];
  /** A passphrase is needed to see more. */
  closed: boolean;
  /** SECURITY: private keys in clear that were in them; the caller wipes them. */
  secrets: Buffer[];
}

/** `budget` is the file's: armour may hold several of them. Throws X509Error, and PrivateKeyError for a wrong passphrase. */
export async function openContainers(
  objects: readonly FoundObject[],
  passphrase: string | null,
  budget: DerivationBudget,
): Promise<OpenedContainers> {
  const opened: OpenedContainers = { objects: [], notes: [], closed: false, secrets: [] };
  for (const object of objects) {
    if (object.kind !== 'pkcs12') {
      opened.objects.push(object);
      continue;
    }
    try {
      // Without a passphrase the empty one is tried: such files open without a question.
      const { certificates, crls, keys, notes } = await readPkcs12(object.der, passphrase ?? '', budget);
      opened.notes.push(...notes);
      opened.secrets.push(...keys.map(({ pkcs8Der }) => pkcs8Der));
      opened.objects.push(
        ...certificates.map(({ der }) => ({ kind: 'certificate' as const, der })),
        ...crls.map((der) => ({ kind: 'crl' as const, der })),
        ...keys.map(({ pkcs8Der }) => ({
          kind: 'privateKey' as const,
          // The empty passphrase protects from nobody.
          sealed: passphrase !== null && passphrase !== '',
          file: { format: 'PKCS#8' as const, encrypted: false, source: { der: pkcs8Der } },
        })),
      );
    } catch (error) {
      if (passphrase !== null || !(error instanceof PrivateKeyError && error.reason === 'wrongPassphrase')) {
        wipe(...opened.secrets);
        throw error;
      }
      opened.closed = true;
    }
  }
  return opened;
}
