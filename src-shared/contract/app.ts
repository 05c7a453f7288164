/** Channels of the application itself: facts, appearance, clipboard, pickers, jobs. They need no workspace. */
import * as z from 'zod';
import { channel, id, instant, nothing } from './channel.ts';

export const appearance = z.strictObject({
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  /** 1 is 100 %. Ctrl + and Ctrl - move it. */
  zoom: z.number().min(0.5).max(3),
});
export type Appearance = z.infer<typeof appearance>;

export const job = z.strictObject({
  id,
  kind: z.string(),
  title: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** 0..1, or null while the length of the work is not known. */
  progress: z.number().min(0).max(1).nullable(),
  step: z.string(),
  cancellable: z.boolean(),
  startedAt: instant,
  endedAt: instant.nullable(),
  /** Ids of what the job made; the data come through the channels of their domain. */
  /** Of what it made; children of a trust anchor go by their handles. */
  resultIds: z.array(z.string().regex(/^[-_A-Za-z0-9]{1,64}$/)),
  error: z
    .strictObject({
      code: z.string(),
      message: z.string(),
      /** Of the call that started it, where fields of it were refused. */
      fields: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    })
    .nullable(),
});
export type Job = z.infer<typeof job>;

/** A place on disk the operator chose in a dialog of main. The renderer never names a path. */
export const ticket = z.strictObject({
  ticket: id,
  /** For showing only. */
  path: z.string(),
  exists: z.boolean(),
});
export type Ticket = z.infer<typeof ticket>;

const folderPurpose = z.enum(['create', 'open', 'restore', 'export', 'krill', 'stick']);
const savePurpose = z.enum(['export', 'privateKey', 'signers', 'backup', 'audit']);
const openPurpose = z.enum(['backupFile', 'library', 'certificate', 'key']);
/** What a place was chosen for: the dialog says it, and a channel takes no place that was chosen for something else. */
export type PlacePurpose = z.infer<typeof folderPurpose | typeof savePurpose | typeof openPurpose>;

export const appChannels = {
  'app.info': channel(
    'nothing',
    nothing,
    z.strictObject({
      version: z.string(),
      platform: z.string(),
      /** Clock of main; the renderer never uses its own for a decision. */
      now: instant,
      /** Software algorithms that this build lacks, by name (BoringSSL gaps). */
      missingAlgorithms: z.array(z.string()),
      /** Sentences the operator should know about this start (root without sandbox, fallback shell). */
      notices: z.array(z.string()),
    }),
  ),
  'app.appearance': channel('nothing', nothing, appearance),
  'app.setAppearance': channel('nothing', appearance, nothing),
  /** A bug in one screen, for the log. */
  'app.screenFailed': channel(
    'nothing',
    z.strictObject({ screen: z.string().max(64), message: z.string().max(500), stack: z.string().max(8000) }),
    nothing,
  ),
  'app.quit': channel('nothing', nothing, nothing),
  'clipboard.copy': channel(
    'nothing',
    z.strictObject({ text: z.string().max(1_048_576), secret: z.boolean() }),
    z.strictObject({ clearsAt: instant.nullable() }),
  ),
  'dialogs.folder': channel(
    'nothing',
    z.strictObject({ purpose: folderPurpose }),
    z.strictObject({ chosen: ticket.nullable() }),
  ),
  'dialogs.saveFile': channel(
    'nothing',
    z.strictObject({
      purpose: savePurpose,
      suggestedName: z.string().min(1).max(200),
    }),
    z.strictObject({ chosen: ticket.nullable() }),
  ),
  'dialogs.openFile': channel(
    'nothing',
    z.strictObject({ purpose: openPurpose }),
    z.strictObject({ chosen: ticket.nullable() }),
  ),
  'jobs.list': channel('nothing', nothing, z.strictObject({ jobs: z.array(job) })),
  'jobs.get': channel('nothing', z.strictObject({ id }), job),
  'jobs.cancel': channel('nothing', z.strictObject({ id }), nothing),
  'jobs.dismiss': channel('nothing', z.strictObject({ id }), nothing),
};
