/** What a signer knows of responses that it took back without their requests: such are no exchanges with two files. */
import * as z from 'zod';
import type { StoredExchange } from '../../store/commands/ta.ts';
import type { Store } from '../../store/store-contract.ts';

/** Under this name in the settings; `ta.takeBack` writes it. */
export const TAKEN_BACK = 'ta.takenBack';

const stored = z.array(
  z.strictObject({
    nonce: z.string(),
    number: z.string(),
    facts: z.string(),
    /** How many exchanges there were before it. */
    after: z.number().int(),
  }),
);
export type TakenBack = z.infer<typeof stored>[number];

/** Oldest first. */
export async function readTakenBack(store: Store): Promise<TakenBack[]> {
  const text = await store.run('settings.get', { name: TAKEN_BACK });
  return text === null ? [] : stored.parse(JSON.parse(text));
}

/** Exchanges and what was taken back without a request, in the order in which they came here. */
export function inOrder(
  past: readonly StoredExchange[],
  back: readonly TakenBack[],
): Pick<StoredExchange, 'id' | 'nonce' | 'number' | 'facts'>[] {
  const at = (count: number) =>
    back
      .filter(({ after }) => after === count)
      .map(({ nonce, number, facts }) => ({ id: `taken back ${nonce}`, nonce, number, facts }));
  return [...at(0), ...past.flatMap((one, index) => [one, ...at(index + 1)])];
}
