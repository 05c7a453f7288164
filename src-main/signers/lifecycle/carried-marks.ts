/** The marks that were made where a signer was only pending, as they come into force with it. */
import type { PendingMarks, RefusedPin, StoredSignerConfig } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import { wipe } from '../../lib/bytes.ts';
import type { PendingSigner } from '../config/document.ts';
import { samePlace } from '../config/same-place.ts';
import { knownRefusal } from './refused-pins.ts';

/** Those of this signer at the place where it is pending. */
export function marksAt(pending: readonly PendingMarks[], { id, settings }: PendingSigner): RefusedPin[] {
  return pending.flatMap((one) => (one.id === id && samePlace(one.settings, settings) ? one.marks : []));
}

function sealedOf(stored: StoredSignerConfig, { id, secret }: PendingSigner): Uint8Array | null {
  if (secret.do === 'store') return new Uint8Array(Buffer.from(secret.sealed, 'base64'));
  return secret.do === 'forget' ? null : (stored.signers.find((one) => one.id === id)?.sealed ?? null);
}

/** By the id of each signer that is about to be applied; each says whether it is of the PIN that is kept from then on. */
export async function carriedMarks(
  session: Session,
  stored: StoredSignerConfig,
  signers: readonly PendingSigner[],
): Promise<ReadonlyMap<string, RefusedPin[]>> {
  const pending = await session.store.run('signers.pendingMarks', {});
  const carried = new Map<string, RefusedPin[]>();
  for (const signer of signers) {
    const marks = marksAt(pending, signer);
    if (marks.length === 0) continue;
    const sealed = sealedOf(stored, signer);
    const kept = sealed === null ? null : session.open(signer.id, sealed);
    const told: RefusedPin[] = [];
    for (const mark of marks)
      told.push({ ...mark, kept: kept !== null && (await knownRefusal(kept, [mark])) !== null });
    wipe(kept);
    carried.set(signer.id, told);
  }
  return carried;
}
