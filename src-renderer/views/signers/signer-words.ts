/** Words for what signers are, can and lack; and the one list that the screens show. No component. */
import { inFours } from '#shared/fingerprint-text.ts';
import type { Answer } from '#shared/contract/index.ts';
import type { SignerKind, SignerRow, SignerState } from '#shared/contract/signers.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import type { Severity } from '../../components/icon.tsx';

export type SignerList = Answer<'signers.list'>;
export type PendingSigner = SignerList['pending']['signers'][number];

export const KIND_WORD: Record<SignerKind, string> = {
  software: 'Software',
  pkcs11: 'PKCS#11',
  kmip: 'KMIP',
};

const STATE_WORD: Record<SignerState, string> = {
  announced: 'not contacted yet',
  probing: 'being contacted',
  ready: 'ready',
  'login-needed': 'login needed',
  retrying: 'not there',
  unusable: 'unusable',
};

const STATE_TONE: Record<SignerState, Severity> = {
  announced: 'note',
  probing: 'note',
  ready: 'good',
  'login-needed': 'careful',
  retrying: 'careful',
  unusable: 'bad',
};

/** It would not get its PIN or password at the next use: a person is needed, whether it was asked for anything since the unlock or not. */
export const waitsForSecret = ({ state, secretMark }: SignerRow): boolean =>
  (state === 'announced' || state === 'login-needed') && secretMark !== null;

/** The state in a few words, and how it weighs: a PIN that was refused is a state of its own, whenever it was. */
export function stateWord(row: SignerRow): string {
  if (!waitsForSecret(row)) return STATE_WORD[row.state];
  const secret = row.kind === 'kmip' ? 'password' : 'PIN';
  return row.secretMark === 'refused' ? `${secret} refused` : `${secret} not answered to`;
}
export const stateTone = (row: SignerRow): Severity =>
  waitsForSecret(row) ? 'careful' : STATE_TONE[row.state];

/** `low` is said after one wrong PIN already: CKF_USER_PIN_COUNT_LOW counts nothing. */
export const TRIES_TEXT = {
  low: 'A wrong PIN was typed since the last login. The token does not say how many tries are left.',
  final: 'This is the last try. A wrong PIN locks the token.',
  locked: 'The PIN is locked. Only the security officer can set a new one.',
} as const;

/** Why a PIN or password is not sent again before somebody has looked at it; null: none stands in the way. */
export function markText({ kind, state, secretMark }: SignerRow): string | null {
  if (secretMark === null || state === 'ready' || state === 'probing') return null;
  const secret = kind === 'kmip' ? 'password' : 'PIN';
  return secretMark === 'refused'
    ? `It refused a ${secret}, which is not sent again by itself.`
    : `A ${secret} was sent and not answered to. Nobody knows whether that cost a try, so it is not sent again by itself.`;
}

/** What a change that waits means for a signer. */
export type Waiting = 'new' | 'changed' | 'removed' | null;

/** A signer as lists show it: in force, pending, or both. */
export interface ListedSigner {
  id: string;
  name: string;
  kind: SignerKind;
  /** null: not in force yet. */
  row: SignerRow | null;
  /** null: it is gone once the changes are applied. */
  pending: PendingSigner | null;
  waiting: Waiting;
}

function same(a: SignerSettings | null, b: SignerSettings | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Those in force in their order, then those that wait to be. */
export function listed(list: SignerList): ListedSigner[] {
  const pendingOf = new Map(list.pending.signers.map((one) => [one.id, one]));
  const inForce = list.rows.map((row): ListedSigner => {
    const pending = pendingOf.get(row.id) ?? null;
    // The built-in one stays, whether the pending settings name it or not.
    const gone = pending === null && row.kind !== 'software';
    const changed =
      pending !== null &&
      (pending.name !== row.name ||
        !same(pending.settings, row.settings) ||
        pending.secretStored !== row.secretStored);
    return {
      id: row.id,
      name: pending?.name ?? row.name,
      kind: row.kind,
      row,
      pending,
      waiting: gone ? 'removed' : changed ? 'changed' : null,
    };
  });
  const known = new Set(list.rows.map((row) => row.id));
  const added = list.pending.signers
    .filter((one) => !known.has(one.id))
    .map((one): ListedSigner => ({
      id: one.id,
      name: one.name,
      kind: one.kind,
      row: null,
      pending: one,
      waiting: 'new',
    }));
  return [...inForce, ...added];
}

export const WAITING_WORD: Record<Exclude<Waiting, null>, string> = {
  new: 'new, not applied',
  changed: 'changed, not applied',
  removed: 'removed when applied',
};

/** "0x12A9F8F7 (313129207)": both notations, because manuals use either. */
export function slotIdText(id: number): string {
  return `0x${id.toString(16).toUpperCase()} (${id})`;
}

/** As it was met last, or as the settings ask for it before that; null: not known. */
export function serialOf({ row, pending }: ListedSigner): string | null {
  if (row?.device) return inFours(row.device.serial);
  const settings = row === null ? (pending?.settings ?? null) : row.settings;
  return settings?.kind === 'pkcs11' ? settings.serial : null;
}

/** The label of its token, as it was met and as the settings have it; "": it has none. */
export function labelsOf({ row, pending }: ListedSigner): string {
  const configured = [row?.settings, pending?.settings].map((settings) =>
    settings?.kind === 'pkcs11' && settings.slot.by === 'label' ? settings.slot.label : '',
  );
  return [row?.device?.label ?? '', ...configured].filter(Boolean).join(' ');
}

/** What is about the slots of a library: they are listed in the settings of the signer. */
export const OF_SLOTS: ReadonlySet<string> = new Set([
  ...['SLOT_NOT_FOUND', 'SLOT_EMPTY', 'TOKEN_GONE', 'TOKEN_OTHER', 'TOKEN_NOT_INITIALIZED', 'ANOTHER_DEVICE'],
  ...['CKR_TOKEN_NOT_PRESENT', 'CKR_TOKEN_NOT_RECOGNIZED', 'CKR_SLOT_ID_INVALID', 'CKR_DEVICE_REMOVED'],
]);

/** Where a signer is found, in one line. */
export function placeText(settings: SignerSettings): string {
  if (settings.kind === 'kmip') return `${settings.host} port ${settings.port}`;
  const { slot } = settings;
  return slot.by === 'label' ? `token “${slot.label}”` : `slot ${slotIdText(slot.id)}`;
}
