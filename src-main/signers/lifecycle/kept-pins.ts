/**
 * The PIN or password of one signer as it is kept: sealed in the vault, and in memory until the lock. Which of them may be sent is
 * decided by the marks of its device (pin-marks.ts).
 */
import type { AuditEntry } from '../../audit/audit-record.ts';
import { equalBytes, wipe } from '../../lib/bytes.ts';
import type { RefusedPin } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import type { Why } from './pins-contract.ts';
import { knownRefusal } from './refused-pins.ts';

export function createKeptPins(deps: {
  session: Session;
  signer(): { id: string; name: string };
  sealed: Uint8Array | null;
  /** In memory already; it belongs to the answer. */
  held?: Uint8Array | null;
  subjects(): AuditEntry['subjects'];
  /** Another one lies in the vault. */
  replaced(): void;
  /** Of what is not in force: where a PIN is kept. */
  keepPending?: ((pin: Uint8Array) => Promise<void>) | undefined;
}) {
  const { session, signer, subjects } = deps;
  let { sealed } = deps;
  let held = deps.held ?? null;
  /** For signatures alone, where another was typed for them than for the login. */
  let heldToSign: Uint8Array | null = null;

  const opened = (): Uint8Array | null => (sealed === null ? null : session.open(signer().id, sealed));

  function drop(): void {
    wipe(held);
    held = null;
  }

  function dropToSign(): void {
    wipe(heldToSign);
    heldToSign = null;
  }

  function stores(pin: Uint8Array): boolean {
    const known = opened();
    const same = known !== null && equalBytes(known, pin);
    wipe(known);
    return same;
  }

  async function storesMarked(marks: readonly RefusedPin[]): Promise<boolean> {
    const known = opened();
    const found = known !== null && (await knownRefusal(known, marks)) !== null;
    wipe(known);
    return found;
  }

  /** Into the vault; the PIN is wiped. */
  async function keep(pin: Uint8Array): Promise<void> {
    if (deps.keepPending !== undefined) return deps.keepPending(pin);
    const { id, name } = signer();
    const next = session.seal(id, pin);
    wipe(pin);
    await session.store.run('signers.setSecret', {
      id,
      sealed: next,
      audit: {
        action: 'signers.keepPin',
        outcome: 'done',
        summary: `The PIN of ${name} is kept in the vault from now on`,
        subjects: subjects(),
      },
    });
    sealed = next;
    deps.replaced();
  }

  return {
    stores,
    keep,
    /** Forgets what is in memory. */
    drop(): void {
      drop();
      dropToSign();
    },
    /** Forgets the one in memory that bears this mark; answers whether there was one. */
    async dropMarked(mark: RefusedPin): Promise<boolean> {
      const bears = async (pin: Uint8Array | null): Promise<boolean> =>
        pin !== null && (await knownRefusal(pin, [mark])) !== null;
      if (await bears(heldToSign)) dropToSign();
      if (mark.signature === true || !(await bears(held))) return false;
      drop();
      return true;
    },
    /** A copy of the one that is sent without a person. */
    copy(reason: Why['reason']): Uint8Array | null {
      const inMemory = reason === 'signature' ? (heldToSign ?? held) : held;
      return inMemory === null ? opened() : Uint8Array.from(inMemory);
    },
    /** Until the lock. A copy is taken. */
    hold(pin: Uint8Array, reason: Why['reason']): void {
      if (reason === 'signature') {
        dropToSign();
        heldToSign = Uint8Array.from(pin);
        return;
      }
      drop();
      held = Uint8Array.from(pin);
    },
    /** Takes the one in memory away from here. */
    takeHeld(): Uint8Array | null {
      const taken = held;
      held = null;
      return taken;
    },
    /**
     * The PIN of the device was changed: the new one takes the place of the kept one. `elsewhere`: through another signer, so only of one
     * that was the old PIN, or bears one of these marks; another is known to be wrong, and not held any more.
     */
    async changed(
      oldPin: Uint8Array,
      newPin: Uint8Array,
      elsewhere: { marks: readonly RefusedPin[] } | null,
    ): Promise<void> {
      if (held !== null) {
        const follows = elsewhere === null || equalBytes(held, oldPin);
        drop();
        if (follows) held = Uint8Array.from(newPin);
      }
      const follows =
        elsewhere === null ? sealed !== null : stores(oldPin) || (await storesMarked(elsewhere.marks));
      if (follows) await keep(Uint8Array.from(newPin));
    },
    held: (): boolean => held !== null,
    stored: (): boolean => sealed !== null,
    /** Whether these sealed bytes are the ones it takes the PIN from. */
    holds: (other: Uint8Array | null): boolean =>
      sealed === null || other === null ? sealed === other : Buffer.from(sealed).equals(other),
  };
}
