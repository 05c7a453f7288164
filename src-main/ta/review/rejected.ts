/** Requests that were rejected here, with the reason: whoever opens one again is told. */
import * as z from 'zod';
import type { AuditEntry } from '../../audit/audit-record.ts';
import type { TaDeps } from '../ta.ts';

const SETTING = 'ta.rejected';
const MOST_KEPT = 100;

const stored = z.array(z.strictObject({ sha256: z.string(), at: z.string(), reason: z.string() }));

export type Rejection = z.infer<typeof stored>[number];

/** Newest last. */
export async function readRejected(session: TaDeps['session']): Promise<Rejection[]> {
  const text = await session().store.run('settings.get', { name: SETTING });
  return text === null ? [] : stored.parse(JSON.parse(text));
}

/** The last rejection of the file with this SHA-256; null: it was never rejected. */
export async function rejectionOf(session: TaDeps['session'], sha256: string): Promise<Rejection | null> {
  return (await readRejected(session)).findLast((one) => one.sha256 === sha256) ?? null;
}

/** Keeps it with its record; of very many the oldest are forgotten. */
export async function keepRejection(
  session: TaDeps['session'],
  rejection: Rejection,
  audit: AuditEntry,
): Promise<void> {
  const others = (await readRejected(session)).filter(({ sha256 }) => sha256 !== rejection.sha256);
  const value = JSON.stringify([...others, rejection].slice(-MOST_KEPT));
  await session().store.run('settings.set', { name: SETTING, value, audit });
}
