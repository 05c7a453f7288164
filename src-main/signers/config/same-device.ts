/** Signers that lead to one device: what is done to it concerns each of them. Pure. */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import type { StoredSigner } from '../../store/signer-columns.ts';
import { samePlace } from './same-place.ts';

export interface PlacedSigner {
  id: string;
  name: string;
  settings: SignerSettings | null;
}

/** By which the device of a signer was told apart last: a serial, or the digest of a certificate. null: it was never met. */
export function metSerial({ device, binding }: Pick<StoredSigner, 'device' | 'binding'>): string | null {
  const known = device === null ? null : (JSON.parse(device) as { facts: { serial: string } });
  const serial = known?.facts.serial ?? binding?.serial ?? '';
  return tellsApart(serial) ? serial : null;
}

/** Some soft tokens and cards have no serial, or only zeros. */
const tellsApart = (serial: string): boolean => /[^0\s]/.test(serial);

/**
 * Where the PIN or password of a signer counts: signers that answer alike are let in, or locked out, together. A token is known by its
 * library and the serial that it said last, one without a serial by its place; an account by server and user.
 */
export function accountOf(settings: SignerSettings, serial: string | null): string {
  if (settings.kind === 'kmip')
    return JSON.stringify(['kmip', settings.host.toLowerCase(), settings.port, settings.username ?? '']);
  const { libPath, slot, environment } = settings;
  const told = serial ?? settings.serial ?? '';
  if (tellsApart(told)) return JSON.stringify(['pkcs11', libPath, told]);
  const variables = Object.entries(environment).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(['pkcs11', libPath, slot, variables]);
}

/** `serials`: what was met, by the id of the signer. */
function isShared(one: PlacedSigner, other: PlacedSigner, serials: ReadonlyMap<string, string>): boolean {
  if (one.settings === null || other.settings === null || one.settings.kind !== other.settings.kind)
    return false;
  const serialOf = ({ id, settings }: PlacedSigner): string | undefined =>
    settings?.kind === 'pkcs11' ? (settings.serial ?? serials.get(id)) : serials.get(id);
  const [left, right] = [serialOf(one), serialOf(other)];
  if (left !== undefined && right !== undefined) return left === right;
  if (one.settings.kind === 'kmip' && other.settings.kind === 'kmip')
    return one.settings.host === other.settings.host && one.settings.port === other.settings.port;
  return samePlace(one.settings, other.settings);
}

/** The other signers that lead to the device of `one`. */
export function sharersOf(
  one: PlacedSigner,
  all: readonly PlacedSigner[],
  serials: ReadonlyMap<string, string>,
): PlacedSigner[] {
  return all.filter((other) => other.id !== one.id && isShared(one, other, serials));
}
