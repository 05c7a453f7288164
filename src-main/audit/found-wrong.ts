/** What somebody or something found wrong with the audit, on record until a verification finds nothing. */
import type { Store } from '../store/store-contract.ts';

export const FOUND_WRONG = 'found wrong: ';

/** What the newest verification found wrong; undefined when it found nothing, or there was none. */
export async function knownWrong(store: Store): Promise<string | undefined> {
  const last = await store.run('audit.lastVerification', {});
  return last?.outcome === 'failed' ? last.summary.split(FOUND_WRONG).at(-1) : undefined;
}

/** Puts on record what was found without anybody asking; what is known already stands there. */
export async function recordWrong(store: Store, text: string): Promise<void> {
  if ((await knownWrong(store)) === text) return;
  await store.run('audit.add', {
    audit: {
      action: 'audit.verify',
      outcome: 'failed',
      summary: `The audit was looked at behind the unlock and ${FOUND_WRONG}${text}`,
      subjects: [],
    },
  });
}
