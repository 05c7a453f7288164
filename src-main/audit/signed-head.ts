/**
 * The signed head: what the audit's last entry was when the workspace was locked or the audit exported, signed with the
 * workspace's own key. audit-head.json is read again at unlock and at verification; whoever takes it away as well as
 * rolling the rest back is found by the head that somebody wrote down, and by nothing else.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { hex, instant } from '#shared/contract/channel.ts';
import { AppError, errorText } from '../lib/app-error.ts';
import { readFileLimited, writeFileAtomic } from '../lib/atomic-file.ts';
import { equalBytes } from '../lib/bytes.ts';
import type { Session } from '../store/store-contract.ts';
import { genesisHash, type Head } from './audit-record.ts';
import type { Fault } from './chain.ts';

const FORMAT = 'baleen-audit-head-1';
const FILE = 'audit-head.json';

const signedHead = z.strictObject({
  format: z.literal(FORMAT),
  workspace: z.string(),
  entries: z.number().int().min(0),
  head: hex,
  at: instant,
  signature: z.base64(),
  publicKey: z.string(),
});

/** What is signed: this text, with the fields in this order. */
function statementOf(head: Omit<z.infer<typeof signedHead>, 'signature' | 'publicKey'>): Buffer {
  const { format, workspace, entries, head: hash, at } = head;
  return Buffer.from(JSON.stringify({ format, workspace, entries, head: hash, at }));
}

/** The file: statement, signature and the public key, for whoever checks it without the workspace. */
export function signHead(session: Session, { entries, head }: Head, at: Date): Buffer {
  const statement = {
    format: FORMAT,
    workspace: session.workspace.id,
    entries,
    head,
    at: at.toISOString(),
  } as const;
  const { signature, publicKey } = session.signHead(statementOf(statement));
  const file = {
    ...statement,
    signature: Buffer.from(signature).toString('base64'),
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }),
  };
  return Buffer.from(`${JSON.stringify(file, null, 2)}\n`);
}

/** The setting that says that this workspace has a signed head: one that is gone is found out then. */
const KEPT = 'signedHead';

/** Puts the signed head beside the audit file, which must have the lines of all its entries. */
export async function writeSignedHead(session: Session, head: Head, at: Date): Promise<void> {
  await writeFileAtomic(join(session.workspace.path, FILE), signHead(session, head, at), 0o600);
}

function fault(kind: Fault['kind'], seq: number, text: string): Fault {
  return { kind, seq, text };
}

async function read(path: string): Promise<z.infer<typeof signedHead> | Fault | null> {
  try {
    const bytes = await readFileLimited(path, 65_536);
    const parsed = signedHead.safeParse(JSON.parse(bytes.toString('utf8')));
    if (parsed.success) return parsed.data;
    return fault('unreadable', 0, `${FILE} is not what Baleen wrote`);
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    return fault('unreadable', 0, `${FILE} cannot be read: ${errorText(error)}`);
  }
}

/**
 * The head as it was signed at the last lock, for showing while nobody can check its signature; null when there is none that can
 * be read.
 */
export async function lockedHead(folder: string): Promise<{ head: Head; at: string } | null> {
  const found = await read(join(folder, FILE));
  return found === null || !('signature' in found)
    ? null
    : { head: { entries: found.entries, head: found.head }, at: found.at };
}

/**
 * The first signed head of a workspace that has none yet: a new one, or one of a version that wrote none. The file first, so that a
 * crash in between is not taken for its loss.
 */
export async function firstSignedHead(session: Session, at: Date): Promise<void> {
  const { store } = session;
  if ((await store.run('settings.get', { name: KEPT })) !== null) return;
  // Of nothing: what is not synced yet must not be promised.
  await writeSignedHead(session, { entries: 0, head: genesisHash(session.workspace.id) }, at);
  await store.run('settings.keep', { name: KEPT, value: at.toISOString() });
}

/** Lines that were in audit.jsonl when it was locked and were not there when it was opened; null: none are missing. */
function cutFault(session: Session, { entries, at }: { entries: number; at: string }): Fault | null {
  const left = session.store.auditLines();
  return left >= entries
    ? null
    : fault(
        'truncated',
        left + 1,
        `audit.jsonl ended after entry ${left} when it was opened, but had ${entries} when it was locked on ${at}: it was cut, emptied or taken away meanwhile, and was completed again`,
      );
}

/**
 * What the signed head says against the audit and its file as they were opened, or null; also null for a workspace that never had
 * one. Never throws for it.
 */
export async function signedHeadFault(session: Session): Promise<Fault | null> {
  const found = await read(join(session.workspace.path, FILE));
  if (found === null)
    return (await session.store.run('settings.get', { name: KEPT })) === null
      ? null
      : fault('head', 0, `${FILE} is missing: it was there and somebody took it away`);
  if (!('signature' in found)) return found;
  // RFC 8032 5.1.6: Ed25519 is deterministic, so the own signature is the only right one; the key in the file proves nothing.
  const { signature } = session.signHead(statementOf(found));
  if (
    found.workspace !== session.workspace.id ||
    !equalBytes(signature, Buffer.from(found.signature, 'base64'))
  )
    return fault('head', found.entries, `${FILE} was not signed by this workspace`);
  const now = await session.store.run('audit.head', {});
  if (found.entries > now.entries)
    return fault(
      'truncated',
      now.entries,
      `The audit has ${now.entries} entries, but ${FILE} was signed with ${found.entries} on ${found.at}: the workspace was rolled back or cut back`,
    );
  const entry = found.entries === 0 ? null : await session.store.run('audit.get', { seq: found.entries });
  return entry === null || entry.hash === found.head
    ? cutFault(session, found)
    : fault('head', found.entries, `Entry ${found.entries} is not the one that ${FILE} was signed with`);
}
