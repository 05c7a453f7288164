/** The draft of a signer's set-up as the station fills it: the proxy's two files go in, everything else stays as it was typed. */
import type { DraftOf } from '#shared/contract/drafts.ts';
import type { SignerDraft } from '#shared/contract/ta-setup.ts';
import type { Drafts } from '../../drafts/drafts.ts';
import { tooLarge } from '../../lib/atomic-file.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Session } from '../../store/store-contract.ts';
import { signerPreset } from '../signer/setup.ts';
import type { Situation } from './situation.ts';

/** The one that is under way; null: none was begun. */
export async function begunSetup(drafts: Drafts): Promise<DraftOf<'ta.signer'> | null> {
  const { drafts: all } = await drafts.domain.list({});
  return all.find((draft) => draft.kind === 'ta.signer') ?? null;
}

const hashOf = (file: SignerDraft['proxyId']): string | null =>
  file === null ? null : sha256Hex(Buffer.from(file.text, 'utf8'));

export function setupHashes(draft: DraftOf<'ta.signer'> | null): NonNullable<Situation['setup']> {
  return {
    proxyId: hashOf(draft?.data.proxyId ?? null),
    repository: hashOf(draft?.data.repository ?? null),
  };
}

/** What a draft holds of one file. */
const MOST_BYTES = 65_536;

/** Puts the file into the draft, a new one if there is none. Answers the draft. Throws AppError TOO_LARGE. */
export async function fillSetup(
  drafts: Drafts,
  kind: 'proxy-id' | 'proxy-repo',
  file: { name: string; text: string },
): Promise<string> {
  const size = Buffer.byteLength(file.text);
  if (size > MOST_BYTES) throw tooLarge(file.name, size, MOST_BYTES);
  const draft = (await begunSetup(drafts)) ?? (await drafts.start('ta.signer', signerPreset()));
  const { id, revision, data } = draft;
  const same = hashOf(kind === 'proxy-id' ? data.proxyId : data.repository) === hashOf(file);
  if (same) return id;
  await drafts.domain.save({
    kind: 'ta.signer',
    id,
    revision,
    step: kind === 'proxy-id' ? 'proxy' : 'repository',
    // Another proxy's file makes what was typed of the first one wrong.
    data: kind === 'proxy-id' ? { ...data, proxyId: file, fingerprint: '' } : { ...data, repository: file },
  });
  return id;
}

/** SHA-256 of what the set-up of the signer took of proxy-repo.json, out of the audit; null: it is not known. */
export async function repositoryTaken(session: () => Session): Promise<string | null> {
  const { rows } = await session().store.run('audit.ofActions', {
    wanted: [{ action: 'ta.setUp', outcome: 'done', subject: 'proxy-repo' }],
    cursor: null,
    limit: 1,
  });
  return rows[0]?.subjects.find(({ type }) => type === 'proxy-repo')?.sha256 ?? null;
}
