/**
 * Backup and restore of a workspace, as jobs. A backup counts only when it was read back and equals the workspace; a
 * restore never moves ledger or audit back.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEntry } from '../audit/audit-record.ts';
import { writeSignedHead } from '../audit/signed-head.ts';
import { AppError } from '../lib/app-error.ts';
import { exists } from '../lib/atomic-file.ts';
import { wipe } from '../lib/bytes.ts';
import type { Domain, TicketPaths } from '../lib/domain.ts';
import { exportFile, fileExists } from '../lib/export-file.ts';
import type { JobContext, Jobs } from '../lib/jobs.ts';
import type { Ports } from '../ports.ts';
import {
  type BackupContent,
  checkBackup,
  extractDatabase,
  type Progress,
  readBackupHead,
  writeBackup,
} from './backup-file.ts';
import { backupOpener } from './backup-opener.ts';
import { writeHeader } from './header.ts';
import { secondText } from '../lib/moment-text.ts';
import { recordOrNote } from './record-or-note.ts';
import { markRestoredCopy } from './restored-copy.ts';
import { openSession, type OpenSession } from './session.ts';
import type { Vault } from './vault-contract.ts';
import { workspaceEntry } from './workspace-entry.ts';
import { backupMac, takeNewFolder } from './workspace-folder.ts';

/** Progress of one part of a job, from `from` to `to`, that stops where the operator cancelled. */
function part(job: JobContext, [from, to]: [number, number], step: string): Progress {
  return (done) => {
    job.signal.throwIfAborted();
    job.report(from + (to - from) * done, step);
  };
}

export function createBackups(deps: {
  ports: Ports;
  vault: Vault;
  jobs: Jobs;
  tickets: TicketPaths;
}): Pick<Domain<'workspace'>, 'backup' | 'restore'> {
  const { ports, vault, jobs, tickets } = deps;
  const masterKeyOf = backupOpener({ clock: ports.clock, vault });

  const record = (entry: AuditEntry): Promise<void> => recordOrNote(vault, ports.clock, entry);

  async function makeBackup(job: JobContext, path: string, overwrite: boolean): Promise<void> {
    const session = vault.session();
    const header = vault.opened()?.header;
    if (header === undefined) throw new AppError('NO_WORKSPACE', 'No workspace is open.');
    const copy = join(session.workspace.path, 'workspace.backup.db');
    const trial = join(session.workspace.path, 'workspace.trial.db');
    await Promise.all([copy, trial].map((file) => rm(file, { force: true })));
    try {
      job.report(null, 'Copying the database');
      const held = await session.store.copyTo(copy);
      const head = { madeAt: ports.clock.now().toISOString(), workspace: header };
      await exportFile({
        path,
        mode: 0o600,
        overwrite,
        now: ports.clock.now(),
        content: (file) =>
          writeBackup(file, {
            head,
            databasePath: copy,
            mac: session.backupMac(),
            progress: part(job, [0.1, 0.5], 'Writing'),
          }),
        // Under its temporary name: a backup that does not count takes no good one's place.
        async check(file) {
          const differs = new AppError(
            'WORKSPACE_DAMAGED',
            `${path} was read back and does not equal the workspace. Choose another disk.`,
            { subject: path },
          );
          try {
            const written = await readBackupHead(file);
            await checkBackup(file, written, session.backupMac(), part(job, [0.5, 0.75], 'Reading it back'));
            await extractDatabase(file, written, trial, part(job, [0.75, 0.95], 'Restoring it on trial'));
          } catch (error) {
            throw error instanceof AppError && error.code === 'WORKSPACE_DAMAGED' ? differs : error;
          }
          if ((await session.store.checkCopy(trial)) !== held) throw differs;
          job.commit();
        },
      });
    } finally {
      await Promise.all([copy, trial].map((file) => rm(file, { force: true })));
    }
  }

  /** The database of a backup opened in `folder`, under its own keys. */
  async function openInto(
    job: JobContext,
    { path, content, masterKey }: { path: string; content: BackupContent; masterKey: Buffer },
    folder: string,
  ): Promise<OpenSession> {
    await checkBackup(path, content, backupMac(masterKey), part(job, [0.1, 0.5], 'Checking the backup'));
    const database = join(folder, 'workspace.db');
    await extractDatabase(path, content, database, part(job, [0.5, 0.9], 'Restoring'));
    const opened = await openSession({
      ports,
      folder,
      header: content.workspace,
      masterKey,
      create: false,
      notice: () => undefined,
      died: () => undefined,
      late: () => undefined,
    });
    // SECURITY: whoever went on with the workspace may use by now what was unfinished then.
    try {
      await opened.session.store.run('unfinished.forgetAll', {});
    } catch (error) {
      await opened.end();
      throw error;
    }
    return opened;
  }

  async function restoreInto(job: JobContext, source: Source, folder: string): Promise<void> {
    const { content } = source;
    const { id, name } = content.workspace;
    const place = await takeNewFolder(folder);
    try {
      const opened = await openInto(job, source, folder);
      try {
        job.commit();
        const live =
          vault.stateName() === 'unlocked' && vault.opened()?.header.id === id ? vault.session() : null;
        const audit = workspaceEntry('workspace.restore', restoredText(content, live !== null), id);
        // The workspace it is a backup of stands open beside it: what it signed since is known, and stays known.
        if (live === null) await opened.session.store.run('audit.add', { audit });
        else
          await opened.session.store.run('restore.adopt', {
            ...(await live.store.run('restore.history', {})),
            ofHeader: null,
            audit,
          });
        const restoredAt = ports.clock.now().toISOString();
        await markRestoredCopy(opened.session.store, {
          madeAt: content.madeAt,
          restoredAt,
          knownUntil: live === null ? content.madeAt : restoredAt,
        });
        // Its own: the one beside the workspace it is a copy of stays there.
        const { store } = opened.session;
        const last = await store.run('audit.head', {});
        await store.close();
        await writeSignedHead(opened.session, last, ports.clock.now());
      } finally {
        await opened.end();
      }
      // The header last: without it the folder is no workspace.
      await writeHeader(folder, content.workspace);
    } catch (error) {
      await place.giveUp();
      throw error;
    }
    place.release();
    await vault.remember(content.workspace, folder, 'restored');
    await record(
      workspaceEntry('workspace.restore', `The backup of "${name}" was restored into ${folder}`, id),
    );
  }

  async function restoreHere(job: JobContext, source: Source): Promise<void> {
    const live = vault.session();
    const { content } = source;
    if (content.workspace.id !== live.workspace.id)
      throw new AppError(
        'INVALID_INPUT',
        `This is a backup of another workspace ("${content.workspace.name}"). Restore it into a new folder.`,
      );
    const staging = join(live.workspace.path, 'restoring');
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { mode: 0o700 });
    let opened: OpenSession | null = null;
    try {
      opened = await openInto(job, source, staging);
      job.commitToLock();
    } catch (error) {
      await opened?.end();
      await rm(staging, { recursive: true, force: true });
      throw error;
    }
    const audit = workspaceEntry('workspace.restore', restoredText(content, true), live.workspace.id);
    await vault.replaceDatabase({ opened, folder: staging, audit });
  }

  return {
    async backup({ target, overwrite }) {
      const path = tickets.path(target, 'backup');
      if (!overwrite && (await exists(path))) throw fileExists(path);
      const { id, name } = vault.session().workspace;
      const title = `Backup of ${name}`;
      return {
        job: jobs.start({
          kind: 'workspace.backup',
          title,
          async run(job) {
            await makeBackup(job, path, overwrite);
            tickets.end(target);
            await record(workspaceEntry('workspace.backup', `The workspace was backed up to ${path}`, id));
            return [id];
          },
          refused: (error) =>
            record(workspaceEntry('workspace.backup', `${title}: ${error.message}`, id, 'failed')),
        }),
      };
    },
    async restore({ source, folder, passphrase }) {
      const path = tickets.path(source, 'backupFile');
      const content = await readBackupHead(path);
      const into = folder === null ? null : tickets.path(folder, 'restore');
      const { id, name } = content.workspace;
      const title = `Restore of ${name}`;
      return {
        job: jobs.start({
          kind: 'workspace.restore',
          title,
          async run(job) {
            job.report(null, 'Opening the backup');
            const masterKey = await masterKeyOf(content.workspace, passphrase);
            try {
              const all = { path, content, masterKey };
              await (into === null ? restoreHere(job, all) : restoreInto(job, all, into));
            } finally {
              wipe(masterKey);
            }
            tickets.end(source);
            if (folder !== null) tickets.end(folder);
            return [id];
          },
          refused: (error) =>
            record(workspaceEntry('workspace.restore', `${title}: ${error.message}`, id, 'failed')),
        }),
      };
    },
  };
}

interface Source {
  path: string;
  content: BackupContent;
  masterKey: Buffer;
}

/** `merged`: what was signed since then was at hand and was taken over. */
function restoredText({ madeAt }: BackupContent, merged: boolean): string {
  return merged
    ? `Restored from the backup of ${secondText(madeAt)}; ledger and audit were kept`
    : `Restored from the backup of ${secondText(madeAt)}; serials, numbers and records of later are not known in this copy`;
}
