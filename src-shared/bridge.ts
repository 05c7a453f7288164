/**
 * What `window.bridge` is, and the events main sends. Both shells implement exactly this;
 * the renderer cannot tell them apart. Events carry ids, never data.
 */
import * as z from 'zod';
import type { Reply } from './errors.ts';

/** The private origin both shells serve the renderer from. `.invalid` never resolves (RFC 2606). */
export const APP_ORIGIN = 'https://baleen.invalid';

/** Path prefix under APP_ORIGIN from which one-time blobs are fetched: `${BLOB_PATH}<id>`. */
export const BLOB_PATH = '/blob/';

/** The kinds of workspace data the renderer may hold a copy of; an event names one and the ids that changed. */
export const TOPICS = [
  'workspace',
  'settings',
  'audit',
  'keys',
  'signers',
  'authorities',
  'certificates',
  'drafts',
  'ta',
  'jobs',
  'recent',
] as const;

export const eventSchema = z.strictObject({
  type: z.literal('changed'),
  topic: z.enum(TOPICS),
  /** Empty: anything of the topic may have changed. */
  ids: z.array(z.string().max(64)).max(1000),
});

export type Topic = (typeof TOPICS)[number];
export type AppEvent = z.infer<typeof eventSchema>;

export interface Bridge {
  /** Never throws: a lost main process is `{ok:false, error:{code:'MAIN_GONE'}}`. */
  invoke(channel: string, payload: unknown): Promise<Reply<unknown>>;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: AppEvent) => void): () => void;
}
