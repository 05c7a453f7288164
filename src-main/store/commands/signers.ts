/** Signers: what is in force, what is pending, the binding to their devices. Secrets come sealed and are opened nowhere here. */
import type { SignerKind } from '#shared/contract/signers.ts';
import { type SignerSettings, storedSettings } from '#shared/contract/signer-settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { change, read, type Tx, write } from '../command.ts';
import type {
  AppliedSigner,
  PendingMarks,
  RefusedPin,
  SignaturePin,
  SignerBinding,
  SignerRoles,
  StoredSigner,
  StoredSignerConfig,
} from '../signer-columns.ts';
import { nameIdentities, rememberIdentity } from './identity-keys.ts';
import {
  forgetPendingMarks,
  markAll,
  marksOf,
  pendingMarks,
  type SentMark,
  setMarks,
  setPendingMarks,
  passOver,
  unmark,
} from './pin-marks.ts';
import { forgetUnfinished } from './unfinished-keys.ts';

interface Row {
  id: string;
  name: string;
  kind: SignerKind;
  settings: string | null;
  sealed: Uint8Array | null;
  identity_spki: Uint8Array | null;
  identity_handle: Uint8Array | null;
  serial: string | null;
  bound_at: number | null;
  refused: string;
  signed: string;
  device: string | null;
}

interface ConfigRow {
  revision: number;
  default_signer: string | null;
  one_off_signer: string | null;
  pending: string | null;
}

const MOST_NAMED = 5;

function stored(row: Row): StoredSigner {
  const { identity_spki: spkiDer, identity_handle: handle, serial, bound_at: boundAt } = row;
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    settings: row.settings === null ? null : storedSettings(JSON.parse(row.settings) as SignerSettings),
    sealed: row.sealed,
    binding:
      spkiDer === null || handle === null
        ? null
        : { spkiDer, handle, serial: serial ?? '', boundAt: new Date(boundAt ?? 0).toISOString() },
    refused: JSON.parse(row.refused) as RefusedPin[],
    signed: JSON.parse(row.signed) as SignaturePin[],
    device: row.device,
  };
}

function config(tx: Tx): ConfigRow {
  const row = tx.get<ConfigRow>('SELECT * FROM signer_config WHERE one = 1');
  if (row === undefined) throw new Error('signer_config is empty');
  return row;
}

/** Throws AppError CONFLICT when somebody changed the configuration since `revision`. Answers the next one. */
function nextRevision(tx: Tx, revision: number): number {
  if (config(tx).revision !== revision)
    throw new AppError(
      'CONFLICT',
      'The signers were changed meanwhile. Look at them as they are now, and do it again.',
    );
  return revision + 1;
}

function keysOf(tx: Tx, signer: string): { id: string; label: string }[] {
  return tx.all<{ id: string; label: string }>(
    'SELECT id, label FROM keys WHERE signer = $signer AND destroyed_at IS NULL ORDER BY seq DESC',
    { signer },
  );
}

/** Throws AppError POLICY_REFUSED with the ids of the keys that `signer` owns (H-027). */
function requireNoKeys(tx: Tx, signer: { id: string; name: string }): void {
  const keys = keysOf(tx, signer.id);
  if (keys.length === 0) return;
  const more = keys.length > MOST_NAMED ? ` and ${keys.length - MOST_NAMED} more` : '';
  const named = keys.slice(0, MOST_NAMED).map(({ label }) => `"${label}"`);
  throw new AppError(
    'POLICY_REFUSED',
    `${signer.name} owns ${keys.length === 1 ? 'a key' : `${keys.length} keys`} and cannot be removed: ${named.join(', ')}${more}. Roll or destroy ${keys.length === 1 ? 'it' : 'them'} first.`,
    { ids: keys.slice(0, 1000).map(({ id }) => id) },
  );
}

/** Nobody contacts it any more to destroy what was begun there. */
function recordLeft(tx: Tx, { id, name }: { id: string; name: string }): void {
  const left = tx.run('DELETE FROM unfinished_keys WHERE signer = $id', { id });
  if (left === 0) return;
  tx.record({
    action: 'signers.keyLeft',
    outcome: 'failed',
    summary: `${name} was removed before ${left === 1 ? 'a key that was' : `${left} keys that were`} begun on it could be destroyed: look for ${left === 1 ? 'it' : 'them'} on the device`,
    subjects: [{ type: 'signer', id, sha256: null }],
  });
}

function put(tx: Tx, { id, name, kind, settings, sealed, marks = [] }: AppliedSigner): void {
  const values = { id, name, kind, settings: settings === null ? null : JSON.stringify(settings) };
  tx.run(
    `INSERT INTO signers (id, name, kind, settings) VALUES ($id, $name, $kind, $settings)
     ON CONFLICT (id) DO UPDATE SET name = $name, settings = $settings`,
    values,
  );
  if (sealed !== 'keep') tx.run('UPDATE signers SET sealed = $sealed WHERE id = $id', { id, sealed });
  if (marks.length > 0) setMarks(tx, id, [...marksOf(tx, id), ...marks]);
}

export const signerCommands = {
  'signers.config': read((tx): StoredSignerConfig => {
    const { revision, default_signer, one_off_signer, pending } = config(tx);
    return {
      revision,
      signers: tx.all<Row>('SELECT * FROM signers ORDER BY seq').map(stored),
      roles: { defaultSigner: default_signer, oneOffSigner: one_off_signer },
      pending,
    };
  }),
  /** Keeps what is pending; null: nothing is. Throws AppError CONFLICT. */
  'signers.hold': change((tx, args: { revision: number; pending: string | null }): void => {
    tx.run('UPDATE signer_config SET revision = $revision, pending = $pending WHERE one = 1', {
      revision: nextRevision(tx, args.revision),
      pending: args.pending,
    });
    if (args.pending === null) forgetPendingMarks(tx);
  }),
  /** Files that settings name lie elsewhere now: nothing else of them changes, pending or in force. */
  'signers.moved': change(
    (tx, args: { signers: { id: string; settings: SignerSettings }[]; pending: string | null }): void => {
      for (const { id, settings } of args.signers)
        tx.run('UPDATE signers SET settings = $settings WHERE id = $id', {
          id,
          settings: JSON.stringify(settings),
        });
      tx.run('UPDATE signer_config SET pending = $pending WHERE one = 1', { pending: args.pending });
    },
  ),
  /** What was pending is in force: all or nothing. Throws AppError CONFLICT, POLICY_REFUSED (H-027). */
  'signers.apply': change(
    (tx, args: { revision: number; signers: AppliedSigner[]; roles: SignerRoles }): void => {
      const revision = nextRevision(tx, args.revision);
      const staying = new Set(args.signers.map(({ id }) => id));
      for (const row of tx.all<Row>('SELECT * FROM signers')) {
        if (staying.has(row.id)) {
          // Two signers may change names with each other.
          tx.run('UPDATE signers SET name = id WHERE id = $id', { id: row.id });
          continue;
        }
        // Software is built in: it keeps its keys, named or not.
        if (row.kind !== 'software') requireNoKeys(tx, row);
        tx.run('DELETE FROM signers WHERE id = $id', { id: row.id });
        nameIdentities(tx, row);
        recordLeft(tx, row);
      }
      for (const signer of args.signers) put(tx, signer);
      tx.run(
        `UPDATE signer_config SET revision = $revision, default_signer = $defaultSigner,
         one_off_signer = $oneOffSigner, pending = NULL WHERE one = 1`,
        { revision, ...args.roles },
      );
      forgetPendingMarks(tx);
    },
  ),
  /** Throws AppError POLICY_REFUSED with the ids of its keys. */
  'signers.requireNoKeys': read((tx, signer: { id: string; name: string }): void =>
    requireNoKeys(tx, signer),
  ),
  'signers.bind': change((tx, { id, binding }: { id: string; binding: SignerBinding }): void => {
    tx.run(
      `UPDATE signers SET identity_spki = $spkiDer, identity_handle = $handle, serial = $serial, bound_at = $boundAt
       WHERE id = $id`,
      {
        id,
        spkiDer: binding.spkiDer,
        handle: binding.handle,
        serial: binding.serial,
        boundAt: Date.parse(binding.boundAt),
      },
    );
    rememberIdentity(tx, { id, spkiDer: binding.spkiDer });
    forgetUnfinished(tx, { signer: id, handle: binding.handle, spkiSha256: sha256Hex(binding.spkiDer) });
  }),
  /** What a contact taught, JSON; what is worth a record is recorded by its own command. */
  'signers.learn': write((tx, { id, device }: { id: string; device: string }): void => {
    tx.run('UPDATE signers SET device = $device WHERE id = $id', { id, device });
  }),
  'signers.setSecret': change((tx, { id, sealed }: { id: string; sealed: Uint8Array | null }): void => {
    tx.run('UPDATE signers SET sealed = $sealed WHERE id = $id', { id, sealed });
    setMarks(
      tx,
      id,
      marksOf(tx, id).map((one) => ({ ...one, kept: false })),
    );
  }),
  /** Durable before anybody can send the PIN again. */
  'signers.refused': change((tx, args: SentMark): void => markAll(tx, args)),
  /** Durable before the PIN is sent: it is on its way, and nothing is known of it yet. */
  'signers.sending': write((tx, args: SentMark): void => markAll(tx, args)),
  /** The device took them: the marks of these salts are gone, whichever signers have them. */
  'signers.taken': write((tx, { salts }: { salts: string[] }): void => unmark(tx, salts)),
  /** The device took another PIN since: nobody has to look at the marks of these salts. */
  'signers.passed': write((tx, { salts }: { salts: string[] }): void => passOver(tx, salts)),
  /** `pending`: signers that are not in force, or not at the place that is meant. */
  'signers.forgetRefused': change((tx, { ids, pending }: { ids: string[]; pending: string[] }): void => {
    for (const id of ids) setMarks(tx, id, []);
    for (const one of pendingMarks(tx))
      if (pending.includes(one.id)) setPendingMarks(tx, { ...one, marks: [] });
  }),
  /** The PINs that its device took for signatures. */
  'signers.signed': write((tx, { id, pins }: { id: string; pins: SignaturePin[] }): void => {
    tx.run('UPDATE signers SET signed = $signed WHERE id = $id', { id, signed: JSON.stringify(pins) });
  }),
  /** Marks of what is not in force. */
  'signers.pendingMarks': read((tx): PendingMarks[] => pendingMarks(tx)),
  /** How many keys each signer holds. */
  'signers.keyCounts': read((tx): { signer: string; count: number }[] =>
    tx.all(
      'SELECT signer, count(*) AS count FROM keys WHERE destroyed_at IS NULL GROUP BY signer ORDER BY signer',
    ),
  ),
  /** All keys, for the comparison with what lies on a device. */
  'signers.keys': read((tx): { id: string; label: string; signer: string; spkiSha256: string }[] =>
    tx.all('SELECT id, label, signer, spki_sha256 AS spkiSha256 FROM keys WHERE destroyed_at IS NULL'),
  ),
};
