/**
 * Publishes a complete set of objects into a folder that servers hand out: `rsync/` for an rsync daemon, `rrdp/` for a web
 * server. A reader sees the set before or this one, and so does the next start after a crash. Nothing is sent anywhere.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, fileError } from '../../lib/app-error.ts';
import { claimFolder } from './folder-check.ts';
import { objectPaths, type PublishedFile } from './object-paths.ts';
import { PublishedVersions } from './published-versions.ts';
import { notificationName, prepareRrdp, removeRrdp, RRDP } from './static-rrdp.ts';
import { writeTree } from './write-tree.ts';

export interface PublicationOrder {
  /** Absolute; made when it is not there, unless `again`. */
  folder: string;
  /** It was published into before: then it must still be there. */
  again?: boolean;
  /** `rsync://host/module/…/`: what `rsync/` in the folder is to the world. */
  base: string;
  /** All there is to publish: what is not in it is gone. */
  objects: readonly PublishedFile[];
  /** `https://…/notification.xml`, for which `rrdp/` stands; null: no RRDP. */
  notify: string | null;
  /** A new UUID, asked when there is no session to go on with. */
  newSession: () => string;
  /** Whether the system has symbolic links for everybody; Windows has not. */
  links?: boolean;
  /** Told after each step; for tests that stop there. */
  step?: (name: string) => Promise<void>;
}

export interface Publication {
  /** What the rsync daemon's module (below the base) must point at. */
  rsyncFolder: string;
  /** What the web server must hand out as the notification's folder. */
  rrdpFolder: string | null;
  files: number;
  bytes: number;
  session: { id: string; serial: bigint } | null;
}

async function publish(
  order: PublicationOrder,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Publication> {
  const { folder, base, notify, step = async () => {} } = order;
  await claimFolder(folder, base, order.again ?? false);
  await step('claimed');
  const versions = new PublishedVersions(folder, order.links ?? process.platform !== 'win32');
  const { name, part } = await versions.begin();
  await step('begun');
  try {
    await writeTree(part, files, (path) => step(`wrote ${path}`));
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
  await step('written');
  await versions.finish(name, [...files.keys()]);
  await step('finished');
  const rrdpFolder = join(folder, RRDP);
  const rrdp =
    notify === null ? null : await prepareRrdp(rrdpFolder, notify, order.objects, order.newSession);
  await step('snapshot');
  const before = await versions.switchTo(name);
  await step('switched');
  if (rrdp === null) await removeRrdp(rrdpFolder);
  else await rrdp.announce();
  await step('announced');
  await versions.keepOnly(name, before);
  await rrdp?.clean();
  return {
    rsyncFolder: versions.current,
    rrdpFolder: rrdp === null ? null : rrdpFolder,
    files: files.size,
    bytes: [...files.values()].reduce((sum, { length }) => sum + length, 0),
    session: rrdp === null ? null : { id: rrdp.sessionId, serial: rrdp.serial },
  };
}

/**
 * Publishes. One at a time for a folder: the caller sees to it. Throws AppError INVALID_INPUT for a URI that cannot be a
 * path, FILE_EXISTS for a folder that holds what was not made here, NOT_FOUND for one that vanished, DISK_FULL and the like; then the set before stays.
 */
export async function publishFolder(order: PublicationOrder): Promise<Publication> {
  const { folder, base, objects, notify } = order;
  const files = objectPaths(base, objects);
  if (notify !== null && notificationName(notify) === null)
    throw new AppError(
      'INVALID_INPUT',
      `${notify.slice(0, 200)} is no https URI of a notification that ends in .xml.`,
      {
        subject: notify,
      },
    );
  try {
    return await publish(order, files);
  } catch (error) {
    throw fileError(error, folder);
  }
}
