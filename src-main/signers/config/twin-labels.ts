/** Tokens that share a label: Krill opens the first that has it, so the right one is written by the number of its slot. Pure. */
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import type { StoredSigner } from '../../store/signer-columns.ts';
import { metSerial, type PlacedSigner } from './same-device.ts';
import { samePlace } from './same-place.ts';

/** Where the token of a signer was met last, if it was the one with `serial`. */
function metSlot(stored: StoredSigner | undefined, serial: string): number | null {
  if (stored?.device === null || stored?.device === undefined) return null;
  const { facts } = JSON.parse(stored.device) as { facts: { serial: string; slot: number | null } };
  return facts.serial === serial ? facts.slot : null;
}

/**
 * Settings by label whose label leads Krill to another token, too. `slot`: the number by which Krill finds the right one; null: not
 * known. Answers null where nothing is known of a second token. `tables`: slots that were looked for, newest last.
 */
export function twinOf(
  signer: PlacedSigner,
  all: readonly PlacedSigner[],
  stored: readonly StoredSigner[],
  tables: readonly DeviceTable[],
): { label: string; slot: number | null } | null {
  const { settings } = signer;
  if (settings?.kind !== 'pkcs11' || settings.slot.by !== 'label') return null;
  const { label } = settings.slot;
  const storedOf = (id: string): StoredSigner | undefined => stored.find((one) => one.id === id);
  const serialOf = (id: string, of: SignerSettings | null): string | null => {
    const known = storedOf(id);
    return (of?.kind === 'pkcs11' ? of.serial : null) ?? (known === undefined ? null : metSerial(known));
  };
  const serial = serialOf(signer.id, settings);
  if (serial === null) return null;
  const table = tables.findLast(({ slots }) => slots.some(({ token }) => token?.serial === serial));
  const sharing = (table?.slots ?? []).filter(({ token }) => token?.label === label);
  const others = all.filter(
    ({ id, settings: of }) =>
      of?.kind === 'pkcs11' &&
      of.slot.by === 'label' &&
      // Krill is told neither the serial nor another place.
      samePlace({ ...of, serial: null }, { ...settings, serial: null }) &&
      ![null, serial].includes(serialOf(id, of)),
  );
  if (sharing.length < 2 && others.length === 0) return null;
  const found = sharing.find(({ token }) => token?.serial === serial)?.id ?? null;
  return { label, slot: found ?? metSlot(storedOf(signer.id), serial) };
}
