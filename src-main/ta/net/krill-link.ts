/** Which Krill this signer serves, as the workspace keeps it. SECURITY: the token is in the encrypted store and in no answer. */
import * as z from 'zod';
import type { KrillLink } from '#shared/contract/ta-net.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Trust } from '../../ports.ts';
import type { AuditEntry } from '../../audit/audit-record.ts';
import type { Session } from '../../store/store-contract.ts';
import type { KrillServer } from './krill-api.ts';

const NAME = 'ta.krill';

const stored = z.strictObject({
  server: z.string(),
  pin: z.string().nullable(),
  token: z.string().nullable(),
  postLimit: z.number().int(),
  /** Key identifier of the signer that this Krill took; null: none from here. */
  associated: z.string().nullable().default(null),
});
export type StoredLink = z.infer<typeof stored>;

export async function readLink(session: Session): Promise<StoredLink | null> {
  const text = await session.store.run('settings.get', { name: NAME });
  if (text === null || text === '') return null;
  const read = stored.safeParse(JSON.parse(text));
  return read.success ? read.data : null;
}

/** Throws AppError NOT_ALLOWED_NOW. */
export async function requireLink(session: Session): Promise<StoredLink> {
  const link = await readLink(session);
  if (link === null)
    throw new AppError('NOT_ALLOWED_NOW', 'This signer is connected with no Krill yet. Connect it first.');
  return link;
}

/** The Krill of `link` took the signer with this key. */
export async function noteAssociated(
  session: Session,
  link: StoredLink,
  keyId: string,
  audit: AuditEntry,
): Promise<void> {
  await session.store.run('settings.set', {
    name: NAME,
    value: JSON.stringify({ ...link, associated: keyId }),
    audit,
  });
}

export async function writeLink(session: Session, link: StoredLink | null): Promise<void> {
  await session.store.run('settings.set', {
    name: NAME,
    value: link === null ? '' : JSON.stringify(link),
    audit: {
      action: link === null ? 'ta.forgetKrill' : 'ta.setKrill',
      outcome: 'done',
      summary:
        link === null
          ? 'The signer is connected with no Krill any more'
          : `The signer is connected with the Krill at ${link.server}${link.pin === null ? '' : `, its certificate pinned`}`,
      subjects: link?.pin ? [{ type: 'tls-certificate', id: link.server, sha256: link.pin }] : [],
    },
  });
}

export const linkView = (link: StoredLink | null): KrillLink | null =>
  link === null
    ? null
    : {
        server: link.server,
        pin: link.pin,
        hasToken: link.token !== null,
        postLimit: link.postLimit,
        associated: link.associated,
      };

export const trustOf = (pin: string | null): Trust => (pin === null ? 'system' : { sha256: pin });

export const serverOf = (link: StoredLink): KrillServer => ({
  server: link.server,
  token: link.token,
  trust: trustOf(link.pin),
  postLimitBytes: link.postLimit,
});
