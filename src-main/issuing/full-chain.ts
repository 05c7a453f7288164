/** The chain of a certificate out of what the workspace has of its issuers, as a file or a TLS server hands it out. */
import { sha256Hex } from '../lib/bytes.ts';
import type { StoredCertificate } from '../store/columns.ts';
import type { Store } from '../store/store-contract.ts';
import { linkChain } from '../x509/links.ts';

/** Leaf first, then each issuer, without the root (L-027). A root stands alone. */
export async function fullChain(store: Store, row: StoredCertificate, now: Date): Promise<Uint8Array[]> {
  const [own, ...above] = await store.run('certificates.ancestors', { id: row.id });
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
