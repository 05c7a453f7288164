/** The chain of a certificate out of what the workspace has of its issuers, as a file or a TLS server hands it out. */
import { AppError } from '../lib/app-error.ts';
import { sha256Hex } from '../lib/bytes.ts';
import type { StoredCertificate } from '../store/columns.ts';
import type { Store } from '../store/store-contract.ts';
import { linkChain } from '../x509/links.ts';

/** null for what is no longer there; anything else passes through. */
export async function ifThere<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

const DEEPEST = 16;

/** DER of a certificate and of its known issuers, itself first. */
export async function ancestorsOf(store: Store, first: StoredCertificate): Promise<Uint8Array[]> {
  const ders: Uint8Array[] = [];
  let next: StoredCertificate | null = first;
  while (next !== null && ders.length < DEEPEST) {
    ders.push(await store.run('certificates.der', { id: next.id }));
    const { issuerId, id }: StoredCertificate = next;
    next =
      issuerId === null || issuerId === id
        ? null
        : await ifThere(store.run('certificates.get', { id: issuerId }));
  }
  return ders;
}

/** Leaf first, then each issuer, without the root (L-027). A root stands alone. */
export async function fullChain(store: Store, row: StoredCertificate, now: Date): Promise<Uint8Array[]> {
  const [own, ...above] = await ancestorsOf(store, row);
  if (own === undefined) return [];
  const links = linkChain(own, above, now).toReversed();
  const last = links.at(-1);
  const rootless =
    last !== undefined && links.length > 1 && (await isRoot(store, last.der)) ? links.slice(0, -1) : links;
  return rootless.map(({ der }) => der);
}

async function isRoot(store: Store, der: Uint8Array): Promise<boolean> {
  const found = await store.run('certificates.bySha256', { sha256: sha256Hex(der) });
  return found?.selfSigned ?? false;
}
