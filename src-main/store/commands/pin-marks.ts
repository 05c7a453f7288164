/** The marks of refused and unanswered PINs in the table of the signers. What a mark means is signers/lifecycle/pin-marks.ts's. */
import type { Tx } from '../command.ts';
import type { RefusedPin } from '../signer-columns.ts';

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

/** SECURITY: the marks of what the vault keeps are counted apart, so that no number of others pushes them out. */
function mark(tx: Tx, { id, pin }: { id: string; pin: RefusedPin }): void {
  const marks = [...marksOf(tx, id).filter(({ salt }) => salt !== pin.salt), pin];
  setMarks(tx, id, [
    ...marks.filter(({ kept }) => kept === true).slice(-MOST_REFUSED),
    ...marks.filter(({ kept }) => kept !== true).slice(-MOST_REFUSED),
  ]);
}

/** What is marked of a PIN that `id` sends or sent. */
export interface SentMark {
  id: string;
  pin: RefusedPin;
  /** Other signers on the same device in whose vault it lies. */
  keptBy?: readonly string[];
}

export function markAll(tx: Tx, { id, pin, keptBy = [] }: SentMark): void {
  mark(tx, { id, pin });
  for (const other of keptBy) mark(tx, { id: other, pin: { ...pin, kept: true } });
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
