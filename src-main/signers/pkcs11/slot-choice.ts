/** Which slot the settings mean among those the library shows. */
import type { Pkcs11Settings } from '#shared/contract/signer-settings.ts';
import { CKF } from './cryptoki.ts';
import { faultOf } from './faults.ts';
import type { SlotRow, TokenRow } from './protocol.ts';

/** OpenSC shows one slot a PIN and puts the PIN's name behind the label; Krill's users write the label alone. */
export function labelFits(shown: string, wanted: string): boolean {
  const label = shown.trim();
  return label === wanted.trim() || label.replace(/ \([^()]*\)$/, '') === wanted.trim();
}

function name({ id, token }: SlotRow): string {
  if (token === null) return `slot ${id} (no token)`;
  const serial = token.serial === '' ? '' : `, serial ${token.serial}`;
  return `slot ${id} (0x${id.toString(16)}): ${token.label === '' ? 'no label' : token.label}${serial}`;
}

function available(slots: readonly SlotRow[]): string {
  return slots.length === 0
    ? 'The library shows no slot at all'
    : `Available: ${slots.slice(0, 20).map(name).join('; ')}`;
}

const initialised = ({ token }: SlotRow): boolean =>
  token !== null && (token.flags & CKF.tokenInitialized) !== 0;

/** By label: the first slot in the library's order whose label is exactly it, then by the tolerant reading. */
function bySettings(slots: readonly SlotRow[], { slot, serial }: Pkcs11Settings): SlotRow {
  if (slot.by === 'id') {
    const found = slots.find(({ id }) => id === slot.id);
    if (found !== undefined) return found;
    // A number that changed is no other token: its serial number is what was learned of it.
    const moved = slots.find(({ token }) => serial !== null && token?.serial === serial);
    if (moved !== undefined) return moved;
    throw faultOf(
      serial === null ? 'SLOT_NOT_FOUND' : 'TOKEN_GONE',
      '',
      `The library has no slot ${slot.id} (0x${slot.id.toString(16)}). ${available(slots)}.`,
    );
  }
  const fitting = slots.filter(({ token }) => token !== null && labelFits(token.label, slot.label));
  const ours = fitting.find(({ token }) => serial !== null && token?.serial === serial);
  if (ours !== undefined) return ours;
  const exact = fitting.find(({ token }) => token?.label.trim() === slot.label.trim());
  const found = exact ?? fitting[0];
  if (found !== undefined) return found;
  // Where a reader is empty, the token may just be out.
  const mayCome = serial !== null || slots.length === 0 || slots.some(({ token }) => token === null);
  throw faultOf(
    mayCome ? 'TOKEN_GONE' : 'SLOT_NOT_FOUND',
    '',
    `No token is labelled "${slot.label}". ${available(slots)}.`,
  );
}

/**
 * The slot and its token. Throws DeviceError: `misconfigured` SLOT_NOT_FOUND (with the list), TOKEN_OTHER (with both
 * serial numbers), TOKEN_NOT_INITIALIZED; `unreachable` SLOT_EMPTY and TOKEN_GONE, which may come back.
 */
export function chooseSlot(
  slots: readonly SlotRow[],
  settings: Pkcs11Settings,
): { slot: number; token: TokenRow } {
  const row = bySettings(slots, settings);
  const { token } = row;
  if (token === null) throw faultOf('SLOT_EMPTY', row.fault);
  if (settings.serial !== null && token.serial !== settings.serial)
    throw faultOf(
      'TOKEN_OTHER',
      '',
      `The token in slot ${row.id} has the serial number ${token.serial}, this signer belongs to ${settings.serial}. Plug in the right one.`,
    );
  if (!initialised(row)) throw faultOf('TOKEN_NOT_INITIALIZED');
  return { slot: row.id, token };
}
