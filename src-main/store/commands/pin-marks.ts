/** The marks of refused and unanswered PINs in the table of the signers. What a mark means is signers/lifecycle/pin-marks.ts's. */
import type { Tx } from '../command.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import type { PendingMarks, RefusedPin } from '../signer-columns.ts';

const MOST_REFUSED = 20;

export interface SignerMarks {
  id: string;
  marks: RefusedPin[];
}

export function marksOf(tx: Tx, id: string): RefusedPin[] {
  const row = tx.get<{ refused: string }>('SELECT refused FROM signers WHERE id = $id', { id });
  return JSON.parse(row?.refused ?? '[]') as RefusedPin[];
}

export function setMarks(tx: Tx, id: string, marks: readonly RefusedPin[]): void {
  tx.run('UPDATE signers SET refused = $refused WHERE id = $id', { id, refused: JSON.stringify(marks) });
}

/** With one more. SECURITY: the marks of what the vault keeps are counted apart, so that no number of others pushes them out. */
function marked(before: readonly RefusedPin[], pin: RefusedPin): RefusedPin[] {
  const marks = [...before.filter(({ salt }) => salt !== pin.salt), pin];
  return [
    ...marks.filter(({ kept }) => kept === true).slice(-MOST_REFUSED),
    ...marks.filter(({ kept }) => kept !== true).slice(-MOST_REFUSED),
  ];
}

const mark = (tx: Tx, id: string, pin: RefusedPin): void => setMarks(tx, id, marked(marksOf(tx, id), pin));

interface PendingRow {
  signer: string;
  place: string;
  refused: string;
}

const PUT_PENDING =
  'INSERT OR REPLACE INTO pending_marks (signer, place, refused) VALUES ($signer, $place, $refused)';

function pendingRows(tx: Tx): PendingRow[] {
  return tx.all<PendingRow & Record<string, string>>('SELECT signer, place, refused FROM pending_marks');
}

export function pendingMarks(tx: Tx): PendingMarks[] {
  return pendingRows(tx).map(({ signer, place, refused }) => ({
    id: signer,
    settings: JSON.parse(place) as SignerSettings,
    marks: JSON.parse(refused) as RefusedPin[],
  }));
}

export function setPendingMarks(tx: Tx, { id, settings, marks }: PendingMarks): void {
  tx.run(PUT_PENDING, { signer: id, place: JSON.stringify(settings), refused: JSON.stringify(marks) });
}

/** Nothing is pending any more. */
export function forgetPendingMarks(tx: Tx): void {
  tx.run('DELETE FROM pending_marks', {});
}

/** What is marked of a PIN that `id` sends or sent. */
export interface SentMark {
  id: string;
  pin: RefusedPin;
  /** Where it goes, when that is not in force. */
  pending?: SignerSettings;
  /** Other signers on the same device in whose vault it lies. */
  keptBy?: readonly string[];
}

export function markAll(tx: Tx, { id, pin, pending, keptBy = [] }: SentMark): void {
  if (pending === undefined) mark(tx, id, pin);
  else {
    const place = JSON.stringify(pending);
    const before = pendingMarks(tx).find((one) => one.id === id && JSON.stringify(one.settings) === place);
    setPendingMarks(tx, { id, settings: pending, marks: marked(before?.marks ?? [], pin) });
  }
  for (const other of keptBy) mark(tx, other, { ...pin, kept: true });
}

/** Takes the marks of these salts away, whoever has them. */
export function unmark(tx: Tx, salts: readonly string[]): void {
  const left = (marks: readonly RefusedPin[]): RefusedPin[] =>
    marks.filter(({ salt }) => !salts.includes(salt));
  for (const { id, marks } of allMarks(tx))
    if (left(marks).length < marks.length) setMarks(tx, id, left(marks));
  for (const one of pendingMarks(tx)) setPendingMarks(tx, { ...one, marks: left(one.marks) });
}

/** The marks of these salts are over, whichever signers have them. */
export function passOver(tx: Tx, salts: readonly string[]): void {
  const passed = (marks: readonly RefusedPin[]): RefusedPin[] =>
    marks.map((one) => (salts.includes(one.salt) ? { ...one, over: true } : one));
  for (const { id, marks } of allMarks(tx)) setMarks(tx, id, passed(marks));
  for (const one of pendingMarks(tx)) setPendingMarks(tx, { ...one, marks: passed(one.marks) });
}

/** Those of every signer that has some. */
export function allMarks(tx: Tx): SignerMarks[] {
  return tx
    .all<{ id: string }>("SELECT id FROM signers WHERE refused <> '[]'")
    .map(({ id }) => ({ id, marks: marksOf(tx, id) }));
}

/**
 * The marks of a later day come to those of a restored database: a PIN that was refused since is not sent again by itself. Which of
 * them are of the PIN that lies in the vault again nobody knows, so all count as that.
 */
export function mergeMarks(tx: Tx, { id, marks }: SignerMarks): void {
  const later = new Set(marks.map(({ salt }) => salt));
  setMarks(tx, id, [
    ...marksOf(tx, id).filter(({ salt }) => !later.has(salt)),
    ...marks.map((one) => ({ ...one, kept: true })),
  ]);
}
