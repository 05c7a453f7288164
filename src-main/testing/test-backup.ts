/** Backups and restores asked for as the window asks, places and jobs included. Not shipped. */
import { PASSPHRASE } from './test-workspace.ts';
import type { TestApp } from './test-app.ts';

export type TestPlace = 'save' | 'key' | 'open' | 'folder' | 'workspace';

async function chosenFor(app: TestApp, purpose: TestPlace) {
  switch (purpose) {
    case 'save':
      return app.call('dialogs.saveFile', { purpose: 'backup', suggestedName: 'a' });
    case 'key':
      return app.call('dialogs.saveFile', { purpose: 'privateKey', suggestedName: 'a' });
    case 'open':
      return app.call('dialogs.openFile', { purpose: 'backupFile' });
    case 'folder':
      return app.call('dialogs.folder', { purpose: 'restore' });
    case 'workspace':
      return app.call('dialogs.folder', { purpose: 'open' });
  }
}

/** Lets the operator choose `where` in the dialog of that purpose; answers the ticket. */
export async function placeFor(app: TestApp, purpose: TestPlace, where: string): Promise<string> {
  app.places.push(where);
  return (await chosenFor(app, purpose)).chosen?.ticket ?? '';
}

/** Starts a backup to `path`, over what lies there; answers the job. */
export async function backingUp(app: TestApp, path: string): Promise<string> {
  const target = await placeFor(app, 'save', path);
  return (await app.call('workspace.backup', { target, overwrite: true })).job;
}

/** Starts a restore into `folder`, or with null in place; answers the job. */
export async function restoring(
  app: TestApp,
  path: string,
  folder: string | null,
  passphrase = PASSPHRASE,
): Promise<string> {
  const source = await placeFor(app, 'open', path);
  const ticket = folder === null ? null : await placeFor(app, 'folder', folder);
  return (await app.call('workspace.restore', { source, folder: ticket, passphrase })).job;
}

/** Waits until a running job has come so far, or has ended. */
export async function until(
  app: TestApp,
  job: string,
  far: (now: { progress: number; step: string }) => boolean,
): Promise<void> {
  for (;;) {
    const { state, progress, step } = await app.call('jobs.get', { id: job });
    if (state !== 'running' || far({ progress: progress ?? 0, step })) return;
    await new Promise(setImmediate);
  }
}
