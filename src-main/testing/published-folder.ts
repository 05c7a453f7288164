/** Sets to publish into a folder, and what relying parties find there. Not shipped. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'vitest';
import { sha256Hex } from '../lib/bytes.ts';
import { readRrdpNotification, readRrdpSnapshot } from '../rpki/rrdp-xml.ts';
import type { PublicationOrder } from '../ta/publish/publish-folder.ts';

/** Names of folders that are not there yet, and their end. */
export function newFolders(): { newFolder(): string; end(): void } {
  const scratch = mkdtempSync(join(tmpdir(), 'baleen-publish-'));
  let made = 0;
  return {
    newFolder: () => join(scratch, String((made += 1))),
    end: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

export const BASE = 'rsync://rpki.example.net/repo/';
export const NOTIFY = 'https://rpki.example.net/rrdp/notification.xml';
export const SESSION = '8fe05c2e-047d-49e7-8398-cd4250a572b1';
/** Content by path. */
export type Tree = Record<string, string>;
export const OLD: Tree = { 'ta.mft': 'old manifest', 'ta.crl': 'old list', 'online/0/a.mft': 'child' };
export const NEW: Tree = {
  'ta.mft': 'new manifest',
  'ta.crl': 'new list',
  '__proto__/0/b.mft': 'other child',
};

export function order(folder: string, set: Tree, more: Partial<PublicationOrder> = {}): PublicationOrder {
  return {
    folder,
    base: BASE,
    objects: Object.entries(set).map(([path, text]) => ({ uri: `${BASE}${path}`, der: Buffer.from(text) })),
    notify: NOTIFY,
    newSession: () => SESSION,
    ...more,
  };
}

/** What an rsync daemon hands out. */
export function rsynced(folder: string): Tree {
  const root = join(folder, 'rsync');
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path), readFileSync(path, 'utf8')]),
  );
}

/** What an RRDP client makes of the folder; it checks the hash and the two sessions. */
export function fetched(folder: string): { set: Tree; serial: bigint; session: string } {
  const notification = readRrdpNotification(readFileSync(join(folder, 'rrdp', 'notification.xml')));
  const root = NOTIFY.slice(0, NOTIFY.lastIndexOf('/') + 1);
  expect(notification.snapshot.uri.startsWith(root)).toBe(true);
  const bytes = readFileSync(join(folder, 'rrdp', notification.snapshot.uri.slice(root.length)));
  expect(sha256Hex(bytes)).toBe(notification.snapshot.hash);
  const { objects, serial, sessionId } = readRrdpSnapshot(bytes);
  expect({ serial, sessionId }).toEqual({ serial: notification.serial, sessionId: notification.sessionId });
  return {
    set: Object.fromEntries(
      objects.map(({ uri, der }) => [uri.slice(BASE.length), Buffer.from(der).toString()]),
    ),
    serial,
    session: sessionId,
  };
}

export const entries = (set: Tree): [string, string][] =>
  Object.entries(set).toSorted(([a], [b]) => (a < b ? -1 : 1));
