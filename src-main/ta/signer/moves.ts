/**
 * What a move between krillta and this workspace leaves to be settled by a person: keys of the same signer that lie elsewhere, and
 * what came along. Kept in the workspace until somebody says that it is settled.
 */
import type * as z from 'zod';
import { type Moves, taMoves } from '#shared/contract/ta-move.ts';
import { summaryOf } from '../../audit/audit-record.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Domain } from '../../lib/domain.ts';
import { momentText } from '../../lib/moment-text.ts';
import type { Session } from '../../store/store-contract.ts';
import type { TaDeps } from '../ta.ts';
import type { Attention } from './signer-view.ts';

const NAMES = { imported: 'ta.imported', written: 'ta.writtenForKrillta' } as const;
type Which = keyof typeof NAMES;

async function readMove<T>({ store }: Session, which: Which, shape: z.ZodType<T>): Promise<T | null> {
  const text = await store.run('settings.get', { name: NAMES[which] });
  if (text === null) return null;
  const read = shape.nullable().safeParse(JSON.parse(text));
  return read.success ? read.data : null;
}

export async function readMoves(session: Session): Promise<Moves> {
  return {
    imported: await readMove(session, 'imported', taMoves.imported),
    written: await readMove(session, 'written', taMoves.written),
  };
}

/** Remembers one, with no entry of its own: what was done is on record already. null: there is none. */
export async function keepMove<W extends Which>({ store }: Session, which: W, move: Moves[W]): Promise<void> {
  await store.run('settings.keep', { name: NAMES[which], value: JSON.stringify(move) });
}

/** For the overview: keys of this signer that lie with krillta. */
export async function movesAttention(session: Session): Promise<Attention[]> {
  const { imported, written } = await readMoves(session);
  const item = (text: string, detail: string): Attention => ({
    severity: 'careful',
    subject: 'Trust anchor',
    text,
    detail,
    action: { label: 'Open…', route: '/trust-anchor' },
  });
  return [
    ...(written === null
      ? []
      : [
          item(
            'was written for krillta',
            `It was written to ${written.folder} on ${momentText(written.at)}: only one of the two may be used, and one of the two is to be destroyed.`,
          ),
        ]),
    ...(imported === null || imported.clearKeys === 0
      ? []
      : [
          item(
            'lies with krillta, too',
            `${imported.folder} still has its keys in the clear: nothing may sign from there any more.`,
          ),
        ]),
  ];
}

export function moveChannels({
  session,
  changed,
}: Pick<TaDeps, 'session' | 'changed'>): Pick<Domain<'ta'>, 'moves' | 'settleMove'> {
  return {
    moves: () => readMoves(session()),
    async settleMove({ which }) {
      const { imported, written } = await readMoves(session());
      const folder = (which === 'imported' ? imported : written)?.folder;
      if (folder === undefined)
        throw new AppError('NOT_ALLOWED_NOW', 'That is settled already: there is nothing to say.');
      await session().store.run('settings.set', {
        name: NAMES[which],
        value: 'null',
        audit: {
          action: 'ta.settleMove',
          outcome: 'done',
          summary: summaryOf(
            which === 'imported'
              ? `The operator compared what came along from krillta, and says that nothing signs from ${folder} any more`
              : `The operator says that this signer goes on, and that what was written for krillta to ${folder} is destroyed`,
          ),
          subjects: [],
        },
      });
      changed('ta', []);
      return {};
    },
  };
}
