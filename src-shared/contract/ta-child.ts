/** Channels of the local children of a trust anchor: CAs of this workspace below it, their keys, and what they ask of it. */
import * as z from 'zod';
import { change, channel, hex, id, instant, nothing, severity } from './channel.ts';
import { resourceTexts } from './ta-proxy.ts';

/** RFC 8183, without what would be folders in folders. */
const handle = z.string().regex(/^[-_A-Za-z0-9/\\]{1,255}$/);

export const childKeyState = z.enum(['pending', 'new', 'active', 'old']);

export const childKeyView = z.strictObject({
  keyId: hex,
  /** `revoked`: the trust anchor knows the child no more. */
  state: z.enum([...childKeyState.options, 'revoked']),
  /** It has a request that can be sent. */
  csr: z.boolean(),
  certificate: z
    .strictObject({ sha256: hex, notBefore: instant, notAfter: instant, serial: z.string(), uri: z.string() })
    .nullable(),
  /** From when on a renewal is asked for; null where none will be. */
  renewFrom: instant.nullable(),
  /** Since when the parent has its request. */
  askedAt: instant.nullable(),
  /** The parent's last word that was no answer: 1104 and 1101 are information. `status` null: refused here. */
  word: z
    .strictObject({ status: z.number().int().nullable(), severity, text: z.string(), at: instant })
    .nullable(),
  /** Of its manifest and CRL, decimal; null while it publishes none. */
  number: z.string().nullable(),
  nextUpdate: instant.nullable(),
  remakeFrom: instant.nullable(),
});
export type ChildKeyView = z.infer<typeof childKeyView>;

/**
 * What has to happen next with a child: files, then the parent, then nothing; `leaving`: the next exchange revokes its keys;
 * `removed`: the trust anchor knows it no more.
 */
export const childStep = z.enum(['parent', 'repository', 'ask', 'exchange', 'running', 'leaving', 'removed']);

export const localChildView = z.strictObject({
  handle,
  identity: z.strictObject({ keyId: hex, sha256: hex }),
  step: childStep,
  /** What has to be done next, in one sentence. */
  next: z.string(),
  parent: z
    .strictObject({ handle: z.string(), childHandle: z.string(), serviceUri: z.string(), sha256: hex })
    .nullable(),
  repository: z.strictObject({ base: z.string(), notify: z.string().nullable() }).nullable(),
  /** Of its active certificate; empty while it has none. */
  resources: z.array(z.string()),
  keys: z.array(childKeyView),
  /** The next step of a key roll that can be taken here; null: none. */
  roll: z.enum(['start', 'activate']).nullable(),
  /** Where a roll stands, or why none can begin, in one sentence. */
  rollSays: z.string(),
  contact: z.strictObject({ at: instant, says: z.string() }).nullable(),
  /** URIs of what it publishes. */
  publishes: z.array(z.string()),
  warnings: z.array(z.strictObject({ severity, text: z.string() })),
  /** When its CRL or manifest was made, where that is of the future: it may go on from this clock. null: it is not. */
  aheadUntil: instant.nullable(),
  createdAt: instant,
});
export type LocalChildView = z.infer<typeof localChildView>;

/** `repo-res`: the answer of the folder the trust anchor publishes into. */
export const childExport = z.enum(['online', 'child-request', 'pub-req', 'repo-res']);
export type ChildExport = z.infer<typeof childExport>;

const told = z.strictObject({ handle, severity, says: z.string() });

export const taChildChannels = {
  'ta.localChildren': channel('unlocked', nothing, z.strictObject({ children: z.array(localChildView) })),
  /** Starts a job that makes identity and first key; its result id is the handle. `signer` null: the default one. */
  'ta.localCreate': change(
    'unlocked',
    z.strictObject({ handle: z.string().max(255), signer: id.nullable().default(null) }),
    z.strictObject({ job: id }),
  ),
  /**
   * Makes the child when it is not there, adds it at the proxy, connects it and asks its first question. Starts a job. `signer`: of
   * the keys of one that is made now, null: the default one; those of one that is there stay where they are.
   */
  'ta.localAdd': change(
    'unlocked',
    z.strictObject({
      handle: z.string().max(255),
      resources: resourceTexts,
      signer: id.nullable().default(null),
    }),
    z.strictObject({ job: id }),
  ),
  /** The answer of its parent (res.xml) or of its publication server (repo-res.xml), told by content. Each once. */
  'ta.localConfigure': change(
    'unlocked',
    z.strictObject({ handle, blob: id }),
    z.strictObject({ says: z.string() }),
  ),
  /** The same from this workspace, without files: the proxy that added it, and its folder. */
  'ta.localConnect': change('unlocked', z.strictObject({ handle }), z.strictObject({ says: z.string() })),
  /** Asks the parent now, for one or (null) for all; what came of it, a sentence for each. */
  'ta.localAsk': change(
    'unlocked',
    z.strictObject({ handle: handle.nullable() }),
    z.strictObject({ told: z.array(told) }),
  ),
  /** The next step of a key roll. */
  'ta.localRoll': change(
    'unlocked',
    z.strictObject({ handle, step: z.enum(['start', 'activate']) }),
    z.strictObject({ says: z.string() }),
  ),
  /** CRL and manifest of a clock that was ahead are made anew. `today`: the date, read from another clock. */
  'ta.localGoOn': change(
    'unlocked',
    z.strictObject({ handle, today: z.string().max(40) }),
    z.strictObject({ says: z.string() }),
  ),
  /** Deletes a child that the trust anchor does not know, with its keys. `confirm`: its handle, typed. */
  'ta.localRemove': change('unlocked', z.strictObject({ handle, confirm: z.string().max(255) }), nothing),
  'ta.localExport': change(
    'unlocked',
    z.strictObject({ handle, what: childExport, target: id, overwrite: z.boolean() }),
    z.strictObject({ path: z.string(), sha256: hex }),
  ),
};
