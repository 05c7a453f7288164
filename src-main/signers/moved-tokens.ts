/**
 * Rehearsal tokens lie in the folder of the workspace, and SoftHSM wants whole paths. After that folder was moved, renamed or
 * copied, its own tokens are found where they lie now. Other tokens are left alone, and no device is contacted.
 */
import { join } from 'node:path';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { exists, readFileLimited, writeFileAtomic } from '../lib/atomic-file.ts';
import type { Session } from '../store/store-contract.ts';
import type { StoredSignerConfig } from '../store/signer-columns.ts';
import { documentOf } from './config/document.ts';

const FOLDER = 'rehearsal-tokens';
const VARIABLE = 'SOFTHSM2_CONF';
const CONFIGURATION = /[/\\]rehearsal-tokens[/\\]([\w-]+)[/\\]softhsm2\.conf$/;
const TOKENS =
  /^([ \t]*directories\.tokendir[ \t]*=[ \t]*)(.*[/\\]rehearsal-tokens[/\\]([\w-]+)[/\\]tokens)[ \t]*$/m;
const MOST_OCTETS = 65_536;

/** Where the token of the signer `id` lies. */
export function rehearsalFolder(workspace: string, id: string): string {
  return join(workspace, FOLDER, id);
}

/** Its configuration names its own tokens. Throws AppError when it cannot be read or written. */
async function mendConfiguration(path: string, folder: string, id: string): Promise<void> {
  const text = (await readFileLimited(path, MOST_OCTETS)).toString('utf8');
  const tokens = join(folder, 'tokens');
  const [, , named, owner] = TOKENS.exec(text) ?? [];
  if (owner !== id || named === tokens || !(await exists(tokens))) return;
  const mended = text.replace(TOKENS, (_line, before: string) => `${before}${tokens}`);
  await writeFileAtomic(path, Buffer.from(mended), 0o600);
}

/** The settings with the token where it lies in `workspace`; as they are when it does not lie there. */
async function atHome<S extends SignerSettings | null>(settings: S, workspace: string): Promise<S> {
  if (settings?.kind !== 'pkcs11') return settings;
  const named = settings.environment[VARIABLE] ?? '';
  const id = CONFIGURATION.exec(named)?.[1];
  if (id === undefined) return settings;
  const folder = rehearsalFolder(workspace, id);
  const path = join(folder, 'softhsm2.conf');
  if (!(await exists(path))) return settings;
  await mendConfiguration(path, folder, id);
  return path === named
    ? settings
    : { ...settings, environment: { ...settings.environment, [VARIABLE]: path } };
}

/**
 * Before the signers of a workspace are announced: those that are in force and those that are pending. What was found elsewhere is
 * on record. Throws AppError when a file cannot be read or written.
 */
export async function findMovedTokens(session: Session, stored: StoredSignerConfig): Promise<boolean> {
  const workspace = session.workspace.path;
  const moved: { id: string; name: string; settings: SignerSettings }[] = [];
  for (const { id, name, settings } of stored.signers) {
    const now = await atHome(settings, workspace);
    if (now !== null && now !== settings) moved.push({ id, name, settings: now });
  }
  let { pending } = stored;
  if (pending !== null) {
    const document = documentOf(stored);
    const signers = [];
    for (const one of document.signers)
      signers.push({ ...one, settings: await atHome(one.settings, workspace) });
    pending = JSON.stringify({ ...document, signers });
  }
  if (moved.length === 0 && pending === stored.pending) return false;
  const names = moved.map(({ name }) => name).join(', ');
  await session.store.run('signers.moved', {
    signers: moved,
    pending,
    audit: {
      action: 'signers.moved',
      outcome: 'done',
      summary:
        `The folder of the workspace is another one: its rehearsal tokens are used where they lie now${names === '' ? '' : ` (${names})`}`.slice(
          0,
          300,
        ),
      subjects: moved.map(({ id }) => ({ type: 'signer', id, sha256: null })),
    },
  });
  return true;
}
