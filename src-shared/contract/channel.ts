/**
 * The shape of one channel and the small schemas every domain uses. No channel is defined here.
 */
import * as z from 'zod';

/** What must be there before a channel answers: nothing, an open workspace, or an unlocked one. */
export type Needs = 'nothing' | 'workspace' | 'unlocked';

export interface Channel<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  in: I;
  out: O;
  needs: Needs;
  /** It changes something: a refused call leaves one audit entry (a done one is recorded in its own transaction). */
  changes: boolean;
}

/** A channel that only reads. */
export function channel<I extends z.ZodType, O extends z.ZodType>(
  needs: Needs,
  input: I,
  output: O,
): Channel<I, O> {
  return { in: input, out: output, needs, changes: false };
}

/** A channel that changes state, done or refused on record. */
export function change<I extends z.ZodType, O extends z.ZodType>(
  needs: Needs,
  input: I,
  output: O,
): Channel<I, O> {
  return { in: input, out: output, needs, changes: true };
}

/** A payload without fields, and an answer without content. */
export const nothing = z.strictObject({});

/** Identifiers made by main: a prefix and 16 random bytes in base32 without padding. */
export const id = z.string().regex(/^[a-z0-9-]{1,64}$/);

/** UTC, millisecond or second precision, always with `Z`. */
export const instant = z.iso.datetime();

/** Upper-case hex without separators. */
export const hex = z.string().regex(/^([0-9A-F]{2})*$/);

/** A passphrase or PIN on its way in. Schemas of answers never use it. */
export const secretIn = z.string().min(1).max(1024);

/** PEM of exactly the given label, so that an answer can never carry another kind of object. */
export function pem(label: string): z.ZodType<string> {
  const block = new RegExp(`^(-----BEGIN ${label}-----\\n[A-Za-z0-9+/=\\n]+-----END ${label}-----\\n?)+$`);
  return z.string().max(8_388_608).regex(block);
}

export const pageIn = {
  query: z.string().max(500).default(''),
  cursor: z.string().max(200).nullable().default(null),
  limit: z.number().int().min(1).max(500).default(100),
};

export function pageOut<T extends z.ZodType>(row: T) {
  return z.strictObject({
    total: z.number().int(),
    rows: z.array(row),
    /** null when this was the last page. */
    cursor: z.string().nullable(),
  });
}

/** Good, careful, bad, note: the four meanings a colour may have. */
export const severity = z.enum(['good', 'note', 'careful', 'bad']);

/** What is wrong or remarkable with an object. `clause` is the RFC or document clause it rests on. */
export const finding = z.strictObject({
  code: z.string().max(64),
  severity,
  text: z.string(),
  where: z.string(),
  clause: z.string(),
});
export type Finding = z.infer<typeof finding>;
