/**
 * workspace.json: the vault header. It says what the workspace is and holds the wrapped master key; nothing in it is
 * secret, and whoever alters name, kind or parameters breaks the wraps (all of it is authenticated with each slot).
 */
import { join } from 'node:path';
import * as z from 'zod';
import { workspaceKind } from '#shared/contract/workspace.ts';
import { AppError } from '../lib/app-error.ts';
import { readFileLimited, writeFileAtomic } from '../lib/atomic-file.ts';

export const HEADER_VERSION = 1;
const HEADER_FILE = 'workspace.json';
/** Exactly so many octets: what is shorter or longer was damaged, and no cipher should be asked about it. */
const octets = (length: number) =>
  z.base64().refine((text) => Buffer.from(text, 'base64').length === length, `${length} octets`);

/**
 * OWASP's least for Argon2id (2025) is 19 MiB, 2 passes, 1 lane: nothing weaker is written or opened. The most is a
 * little above what calibration can choose (key-slots.ts): anybody can have written the header of a file that is opened.
 */
const kdf = z.strictObject({
  algorithm: z.literal('argon2id'),
  memoryKiB: z.number().int().min(19_456).max(262_144),
  passes: z.number().int().min(2).max(40),
  lanes: z.number().int().min(1).max(8),
});
export type Kdf = z.infer<typeof kdf>;

const slot = z.strictObject({
  type: z.enum(['passphrase', 'recovery']),
  salt: octets(16),
  kdf,
  nonce: octets(12),
  /** The 32-byte master key under AES-256-GCM with its 16-byte tag. */
  wrapped: octets(48),
});
export type Slot = z.infer<typeof slot>;

export const header = z.strictObject({
  format: z.literal('baleen-workspace'),
  version: z.literal(HEADER_VERSION),
  id: z.string().regex(/^ws-[a-z2-7]{16}$/),
  name: z.string().min(1).max(80),
  kind: workspaceKind,
  createdAt: z.iso.datetime(),
  recoveryVerified: z.boolean(),
  slots: z.array(slot).min(1).max(2),
});
export type Header = z.infer<typeof header>;

/** What every slot authenticates: altering any of it makes the passphrase stop working instead of opening something else. */
export function headerBinding(
  { id, name, kind, createdAt }: Header,
  type: Slot['type'],
  parameters: Kdf,
): Buffer {
  return Buffer.from(
    JSON.stringify(['baleen-workspace', HEADER_VERSION, id, name, kind, createdAt, type, parameters]),
  );
}

/** Throws AppError NOT_A_WORKSPACE, WORKSPACE_NEWER, WORKSPACE_DAMAGED. */
export async function readHeader(folder: string): Promise<Header> {
  const path = join(folder, HEADER_FILE);
  let bytes: Buffer;
  try {
    bytes = await readFileLimited(path, 65_536);
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND')
      throw new AppError(
        'NOT_A_WORKSPACE',
        `${folder} is not a Baleen workspace: it has no ${HEADER_FILE}.`,
        { subject: folder },
      );
    throw error;
  }
  return parseHeader(bytes, path);
}

/** `path` names the place in the error. */
export function parseHeader(bytes: Buffer, path: string): Header {
  const damaged = new AppError(
    'WORKSPACE_DAMAGED',
    `${path} is damaged. Restore a backup into a new folder; do not write to this one.`,
    { subject: path },
  );
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged;
  }
  const version = z.object({ format: z.literal('baleen-workspace'), version: z.number() }).safeParse(value);
  if (version.success && version.data.version > HEADER_VERSION)
    throw new AppError(
      'WORKSPACE_NEWER',
      'This workspace was made by a newer Baleen. Open it with that version.',
      { subject: path },
    );
  const parsed = header.safeParse(value);
  if (!parsed.success) throw damaged;
  return parsed.data;
}

/** Replaces the header as a whole, mode 0600. */
export function writeHeader(folder: string, value: Header): Promise<void> {
  return writeFileAtomic(
    join(folder, HEADER_FILE),
    Buffer.from(`${JSON.stringify(value, null, 2)}\n`),
    0o600,
  );
}
