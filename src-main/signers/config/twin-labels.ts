/** Tokens that share a label: Krill opens the first that has it, so the right one is written by the number of its slot. Pure. */
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import type { StoredSigner } from '../../store/signer-columns.ts';
import { metSerial, type PlacedSigner } from './same-device.ts';
import { samePlace } from './same-place.ts';

/** Where the token of a signer was met last, if it was the one with `serial`. */
function metSlot(stored: StoredSigner | undefined, serial: string): number | null {
  if (stored?.device === null || stored?.device === undefined) return null;
  const { facts } = JSON.parse(stored.device) as { facts: { serial: string; slot: number | null } };
  return facts.serial === serial ? facts.slot : null;
}

/** By which Baleen tells the token of a signer: chosen by the operator, or met; null: by nothing but its label yet. */
function serialOf(stored: readonly StoredSigner[], { id, settings }: Pick<PlacedSigner, 'id' | 'settings'>) {
  const known = stored.find((one) => one.id === id);
  const chosen = settings?.kind === 'pkcs11' ? settings.serial : null;
  return chosen ?? (known === undefined ? null : metSerial(known));
}

const slotsWith = (serial: string, tables: readonly DeviceTable[]): DeviceTable | undefined =>
  tables.findLast(({ slots }) => slots.some(({ token }) => token?.serial === serial));

/** The label of a token that is told by its serial here, and by that label alone in Krill, where nobody looked who else has it. */
export function unseenLabel(
  signer: PlacedSigner,
  stored: readonly StoredSigner[],
  tables: readonly DeviceTable[],
): string | null {
  const { settings } = signer;
  if (settings?.kind !== 'pkcs11' || settings.slot.by !== 'label') return null;
  const serial = serialOf(stored, signer);
  return serial === null || slotsWith(serial, tables) !== undefined ? null : settings.slot.label;
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
  const serial = serialOf(stored, signer);
  if (serial === null) return null;
  const sharing = (slotsWith(serial, tables)?.slots ?? []).filter(({ token }) => token?.label === label);
  const others = all.filter(
    ({ id, settings: of }) =>
      of?.kind === 'pkcs11' &&
      of.slot.by === 'label' &&
      // Krill is told neither the serial nor another place.
      samePlace({ ...of, serial: null }, { ...settings, serial: null }) &&
      ![null, serial].includes(serialOf(stored, { id, settings: of })),
  );
  if (sharing.length < 2 && others.length === 0) return null;
  const found = sharing.find(({ token }) => token?.serial === serial)?.id ?? null;
  return {
    label,
    slot:
      found ??
      metSlot(
        stored.find(({ id }) => id === signer.id),
        serial,
      ),
  };
}
