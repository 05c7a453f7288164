/** Whether a child asks again for what is under way: the same in content, whoever signed the request when (krill-ta.md 7.3). */
import { Faults } from '../../rpki/fault.ts';
import { readChildCsr } from '../child-csr.ts';
import type { ChildRequest } from '../documents.ts';
import { sameLimit } from '../inside.ts';

/** Key and places of a request; null when it cannot be read. */
function contentOf(csrDer: Uint8Array): string | null {
  const csr = readChildCsr(csrDer, new Faults());
  return csr === null
    ? null
    : JSON.stringify([csr.keyId, csr.caRepository, csr.rpkiManifest, csr.rpkiNotify]);
}

export function sameWish(a: ChildRequest, b: ChildRequest): boolean {
  if (a.className !== b.className) return false;
  if (a.type === 'revocation') return b.type === 'revocation' && a.key === b.key;
  return b.type === 'issuance' && sameLimit(a.limit, b.limit) && contentOf(a.csrDer) === contentOf(b.csrDer);
}
