/** How many people must approve here, and who they say they are: the same two for whatever the signer signs or hands on, and for needing fewer. */
import { AppError } from '../../lib/app-error.ts';
import type { Domain } from '../../lib/domain.ts';
import { foldedName, plainName } from '../../lib/same-name.ts';
import type { TaDeps } from '../ta.ts';
import type { HeldReviews } from './held-reviews.ts';

const SETTING = 'ta.approvers';

/**
 * Approvers that are asked for are different people, whatever the spelling; answers their names as they are kept. `what` they do,
 * for the refusal. Throws AppError INVALID_INPUT.
 */
export function requireNames(names: readonly string[], approvers: number, what: string): string[] {
  if (approvers === 1) return [];
  const said = names.map(plainName);
  const different = new Set(said.map(foldedName)).size;
  if (said.length === approvers && different === approvers && said.every((name) => name.length > 1))
    return said;
  throw new AppError('INVALID_INPUT', what, {
    fields: [{ path: 'names', message: 'Give two different names' }],
  });
}

/** 1 or 2, as the workspace has it. */
export async function readApprovers(session: TaDeps['session']): Promise<number> {
  return (await session().store.run('settings.get', { name: SETTING })) === '2' ? 2 : 1;
}

/** What the audit says of them, after what they did; empty where nobody was asked. */
export const approvedBy = (names: readonly string[]): string =>
  names.length === 0 ? '' : `, approved by ${names.join(' and ')}`;

/** Two names, where this workspace asks for two. `what` they do, for the refusal. Throws AppError INVALID_INPUT. */
export async function requireApproval(
  session: TaDeps['session'],
  names: readonly string[],
  what: string,
): Promise<string[]> {
  return requireNames(
    names,
    await readApprovers(session),
    `Two different people approve ${what} here: each gives a name. Nothing was done.`,
  );
}

/** The channels of the setting. */
export function approversChannels(
  deps: Pick<TaDeps, 'session' | 'changed'> & { reviews: HeldReviews },
): Pick<Domain<'ta'>, 'approvers' | 'setApprovers'> {
  const { session, changed, reviews } = deps;
  return {
    async approvers() {
      return { count: await readApprovers(session) };
    },
    async setApprovers({ count, names }) {
      const before = await readApprovers(session);
      if (count === before) return {};
      // SECURITY: whoever could end it alone would never have needed the other.
      const agreed = requireNames(
        names,
        before,
        'Two people approve here, so both agree that one is enough: each gives a name. Nothing was changed.',
      );
      await session().store.run('settings.set', {
        name: SETTING,
        value: String(count),
        audit: {
          action: 'ta.setApprovers',
          outcome: 'done',
          summary:
            count === 2
              ? 'Two people approve each response from now on, and each reissue, going on from a clock and writing for krillta'
              : `One person approves each response from now on, agreed by ${agreed.join(' and ')}`,
          subjects: [],
        },
      });
      // SECURITY: a request that was opened for one approver is opened again for two.
      reviews.clear();
      changed('ta', []);
      return {};
    },
  };
}
