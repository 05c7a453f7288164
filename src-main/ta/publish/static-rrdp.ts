/**
 * RRDP (RFC 8182) as files that any web server can hand out: `rrdp/notification.xml` and below it one snapshot a
 * publication, without deltas. Session and serial go on from the notification that lies there.
 */
import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeFileAtomic } from '../../lib/atomic-file.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { isNotificationName, isNotificationUri } from '../../rpki/plain-name.ts';
import { RpkiError } from '../../rpki/rpki-error.ts';
import {
  readRrdpNotification,
  type RrdpNotification,
  writeRrdpNotification,
  writeRrdpSnapshot,
} from '../../rpki/rrdp-xml.ts';
import type { PublishedFile } from './object-paths.ts';
import { makeFolder, PUBLIC_FILE, writeTree } from './write-tree.ts';

export const RRDP = 'rrdp';
const SESSION = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SNAPSHOT = 'snapshot.xml';

/** The file of a notification URI; null when it cannot be one that is made here. */
export function notificationName(uri: string): string | null {
  return isNotificationUri(uri) ? uri.slice(uri.lastIndexOf('/') + 1) : null;
}

/** The notification in a file, or null when it is none. */
async function readNotification(path: string): Promise<RrdpNotification | null> {
  const facts = await lstat(path);
  if (!facts.isFile() || facts.size > 1_048_576) return null;
  try {
    return readRrdpNotification(await readFile(path));
  } catch (error) {
    if (error instanceof RpkiError) return null;
    throw error;
  }
}

/** The notifications in the folder by file name; one is usual, two when its name was changed. */
async function notifications(folder: string): Promise<Map<string, RrdpNotification>> {
  const found = new Map<string, RrdpNotification>();
  for (const name of await readdir(folder)) {
    const notification = isNotificationName(name) ? await readNotification(join(folder, name)) : null;
    if (notification !== null) found.set(name, notification);
  }
  return found;
}

/** Names below the folder that were not made here, with "/". */
export async function othersInRrdp(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (SESSION.test(name) && (await lstat(path)).isDirectory())
      found.push(...(await readdir(path)).filter((one) => !/^\d+$/.test(one)).map((one) => `${name}/${one}`));
    else if ((await readNotification(path)) === null) found.push(name);
  }
  return found;
}

export interface PreparedRrdp {
  sessionId: string;
  serial: bigint;
  /** Writes the notification, the last step: from now on clients see the new state. */
  announce(): Promise<void>;
  /** Removes snapshots and notifications that nobody is sent to any more; the snapshot before stays. */
  clean(): Promise<void>;
}

/** Writes the next snapshot into `folder`. Nothing points at it yet. */
export async function prepareRrdp(
  folder: string,
  notify: string,
  objects: readonly PublishedFile[],
  newSession: () => string,
): Promise<PreparedRrdp> {
  await makeFolder(folder);
  const name = notificationName(notify) ?? '';
  const there = await notifications(folder);
  const last = [...there.values()].toSorted((a, b) => (a.serial < b.serial ? -1 : 1)).at(-1) ?? null;
  const sessionId = last?.sessionId ?? newSession();
  const serial = (last?.serial ?? 0n) + 1n;
  const place = `${sessionId}/${serial}`;
  await makeFolder(join(folder, sessionId));
  // What a publication that was cut off left there; no notification has ever named it.
  await rm(join(folder, sessionId, String(serial)), { recursive: true, force: true });
  const snapshot = writeRrdpSnapshot({ sessionId, serial, objects: [...objects] });
  await writeTree(join(folder, sessionId, String(serial)), new Map([[SNAPSHOT, snapshot]]));
  await syncFolder(folder);
  const notification = writeRrdpNotification({
    sessionId,
    serial,
    snapshot: {
      uri: `${notify.slice(0, notify.lastIndexOf('/') + 1)}${place}/${SNAPSHOT}`,
      hash: sha256Hex(snapshot),
    },
  });
  return {
    sessionId,
    serial,
    async announce() {
      await writeFileAtomic(
        join(folder, name),
        async (file) => {
          await file.chmod(PUBLIC_FILE);
          await file.writeFile(notification);
        },
        PUBLIC_FILE,
      );
    },
    async clean() {
      for (const other of (await notifications(folder)).keys())
        if (other !== name) await rm(join(folder, other));
      for (const session of (await readdir(folder)).filter((one) => SESSION.test(one)))
        if (session !== sessionId) await rm(join(folder, session), { recursive: true });
      for (const one of await readdir(join(folder, sessionId)))
        if (one !== String(serial) && one !== String(serial - 1n))
          await rm(join(folder, sessionId, one), { recursive: true });
    },
  };
}

/** Takes RRDP away: clients that find no notification go to rsync, while an old one would hold them at old objects. */
export async function removeRrdp(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
