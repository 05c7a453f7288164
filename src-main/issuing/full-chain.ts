/** The chain of a certificate out of what the workspace has of its issuers, as a file or a TLS server hands it out. */
import { sha256Hex } from '../lib/bytes.ts';
import type { StoredCertificate } from '../store/columns.ts';
import type { Store } from '../store/store-contract.ts';
import { linkChain } from '../x509/links.ts';

/**
 * Leaf first, then each issuer, without the root (L-027). A root stands alone. In the place of a root that took over from another
 * come its cross-certificates, for those who know the old root alone.
 */
export async function fullChain(store: Store, row: StoredCertificate, now: Date): Promise<Uint8Array[]> {
  const [own, ...above] = await store.run('certificates.ancestors', { id: row.id });
  if (own === undefined) return [];
  const links = linkChain(own, above, now).toReversed();
  const last = links.at(-1);
  const root = last === undefined || links.length < 2 ? null : await rootOf(store, last.der);
  const ders = links.map(({ der }) => der);
  return root === null ? ders : [...ders.slice(0, -1), ...(await crossesOf(store, root, now))];
}

async function rootOf(store: Store, der: Uint8Array): Promise<StoredCertificate | null> {
  const found = await store.run('certificates.bySha256', { sha256: sha256Hex(der) });
  return found?.selfSigned === true ? found : null;
}

/** By the root before it, then by the one before that; only what is valid now. */
async function crossesOf(store: Store, root: StoredCertificate, now: Date): Promise<Uint8Array[]> {
  const ders: Uint8Array[] = [];
  const seen = new Set<string>();
  for (let next: StoredCertificate | null = root; next !== null && !seen.has(next.id);) {
    seen.add(next.id);
    const crosses: StoredCertificate[] = await store.run('certificates.crosses', { root: next });
    const cross = crosses.find(
      ({ notBefore, notAfter, revokedAt }) =>
        revokedAt === null && Date.parse(notBefore) <= now.getTime() && now.getTime() <= Date.parse(notAfter),
    );
    if (cross === undefined) break;
    ders.push(await store.run('certificates.der', { id: cross.id }));
    next = cross.issuerId === null ? null : await store.run('certificates.get', { id: cross.issuerId });
  }
  return ders;
}
