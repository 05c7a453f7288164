/** Channels of the trust anchor's proxy: its set-up, its children, requests to its signer and the responses before they are published. */
import * as z from 'zod';
import { change, channel, hex, id, instant, nothing, severity } from './channel.ts';
import { childInfoView, identity, proxyExport, signerInfoView } from './ta-proxy-files.ts';
import { beforeAfter, childReview } from './ta-review.ts';
import { taTiming } from './ta-setup.ts';

const handle = z.string().regex(/^[-_A-Za-z0-9/\\]{1,255}$/);
export const resourceTexts = z.strictObject({
  asn: z.string().max(200_000),
  ipv4: z.string().max(200_000),
  ipv6: z.string().max(200_000),
});
export type ResourceTexts = z.infer<typeof resourceTexts>;

export const proxyChild = z.strictObject({
  handle,
  /** A CA of this workspace. */
  local: z.boolean(),
  identity,
  resources: resourceTexts,
  leaving: z.boolean(),
  keys: z.array(
    z.strictObject({
      keyId: hex,
      state: z.enum(['asked', 'in-use', 'revoking', 'revoked']),
      notAfter: instant.nullable(),
      /** From when a renewal makes sense. */
      renewAt: instant.nullable(),
      repository: z.string(),
      /** The response waits for the child to fetch it. */
      waiting: z.boolean(),
    }),
  ),
  lastContactAt: instant.nullable(),
  /** Its certificates that hold more than it may have; `asked`: it has asked for another one, or for its end. */
  overhang: z.array(z.strictObject({ resources: z.string(), asked: z.boolean() })),
});
export type ProxyChildView = z.infer<typeof proxyChild>;

/** The steps from nothing to a published trust anchor, in order. */
export const proxyStep = z.enum(['repository', 'signer', 'child', 'exchange', 'running']);

export const proxyView = z.strictObject({
  identity,
  step: proxyStep,
  timing: taTiming,
  repository: z
    .strictObject({
      base: z.string(),
      notify: z.string().nullable(),
      serviceUri: z.string(),
      publisher: z.string(),
      target: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('folder'), path: z.string() }),
        z.strictObject({ kind: z.literal('server'), pin: hex.nullable() }),
      ]),
    })
    .nullable(),
  /** Number of the response that was taken last, whose files are written again for a signer that lost them; null: none was. */
  lastTaken: z.string().nullable(),
  signer: z
    .strictObject({
      identity,
      keyId: hex,
      talUris: z.array(z.string()),
      certificate: z.strictObject({ sha256: hex, notBefore: instant, notAfter: instant }),
      number: z.string(),
      /** The highest number the signer is known to have used. */
      shown: z.string(),
      thisUpdate: instant,
      nextUpdate: instant,
      issued: z.number().int(),
      revoked: z.number().int(),
    })
    .nullable(),
  children: z.array(proxyChild),
  /** Certificates for keys that no child here has. */
  unowned: z.array(
    z.strictObject({
      keyId: hex,
      resources: resourceTexts,
      repository: z.string(),
      notAfter: instant,
      /** Children whose key it may be: they publish there, or have asked for nothing here yet. */
      mayBe: z.array(handle),
      /** Its revocation goes with the next request. */
      revoking: z.boolean(),
    }),
  ),
  open: z
    .strictObject({
      nonce: z.string(),
      madeAt: instant,
      goodUntil: instant,
      sha256: hex,
      /** Two words for each group of four digits of it, for reading aloud. */
      words: z.array(z.string()),
      wishes: z.number().int(),
      /** What children want otherwise by now. */
      outdated: z.array(z.string()),
      /** The signer in this workspace rejected it; null: it did not, or is elsewhere. */
      rejected: z.strictObject({ at: instant, reason: z.string() }).nullable(),
    })
    .nullable(),
  /** What the next request holds though nobody is asked before it, a sentence each. */
  waiting: z.array(z.string()),
  /** Of the CAs of this workspace: what they would ask for when asked, and handles whose new key is to be activated. */
  wants: z.strictObject({ wishes: z.array(z.string()), activate: z.array(z.string()) }),
  /** Who has to do something now, in one sentence. */
  ball: z.strictObject({ who: z.enum(['proxy', 'courier', 'signer', 'nobody']), text: z.string() }),
  /** Why this machine's clock cannot be right, as sentences; null: nothing here is younger than it. */
  clockBehind: z.string().nullable(),
  /** Why signer-info.json is to be taken over before a request is made, as sentences; null: it is not. */
  infoWanted: z.string().nullable(),
  published: z.strictObject({ at: instant, number: z.string() }).nullable(),
  /** Objects that were never published, or not since the last response. */
  unpublished: z.boolean(),
  /** ta.cer and TAL, as they are now, are where relying parties fetch them: seen there, or the operator says so. */
  putOut: z.boolean(),
  /** The other half is in this workspace too. */
  airGapped: z.boolean(),
  /** Obstacles and dates that somebody should know. */
  warnings: z.array(z.strictObject({ severity, text: z.string() })),
});
export type ProxyView = z.infer<typeof proxyView>;

export const responseReview = z.strictObject({
  file: z.strictObject({ name: z.string(), size: z.number().int(), sha256: hex }),
  verdict: z.strictObject({
    severity,
    title: z.string(),
    checks: z.array(z.strictObject({ ok: z.boolean().nullable(), text: z.string() })),
  }),
  faults: z.array(z.strictObject({ text: z.string(), clause: z.string() })),
  unusual: z.array(z.string()),
  nonce: z.string(),
  signedAt: instant.nullable(),
  goodUntil: instant.nullable(),
  number: beforeAfter,
  nextUpdate: instant.nullable(),
  /** It can be read, and it is the open request that it answers; otherwise `children` and `answers` are empty. */
  answersOpen: z.boolean(),
  /** Resources are those of the certificates: before, and with this response. */
  children: z.array(childReview),
  /** Of all children; `after` is empty where it cannot be read. */
  certificates: beforeAfter,
  revoked: beforeAfter,
  answers: z.array(
    z.strictObject({
      child: z.string(),
      keyId: hex,
      what: z.enum(['issued', 'revoked', 'error', 'missing']),
      resources: z.array(z.string()),
      notAfter: instant.nullable(),
    }),
  ),
  objects: z.strictObject({
    added: z.array(z.string()),
    replaced: z.array(z.string()),
    withdrawn: z.array(z.string()),
    unchanged: z.number().int(),
  }),
  /** The signer's times as far as its message shows them, beside this side's. */
  timing: z.array(
    z.strictObject({ what: z.string(), here: z.string(), there: z.string(), differs: z.boolean() }),
  ),
  canPublish: z.boolean(),
  /** What to do with it, as sentences. */
  advice: z.string(),
});
export type ResponseReview = z.infer<typeof responseReview>;

export type ProxyExport = z.infer<typeof proxyExport>;

export const taProxyChannels = {
  /** null while there is no proxy in this workspace. */
  'ta.proxy': channel('unlocked', nothing, z.strictObject({ proxy: proxyView.nullable() })),
  /** Makes the proxy with its identity key (`krillta proxy init`). Starts a job; its result id is "proxy". `signer` null: the default one. */
  'ta.proxyInit': change(
    'unlocked',
    z.strictObject({ signer: id.nullable().default(null) }),
    z.strictObject({ job: id }),
  ),
  /** What a publication server's answer says, before it is taken. */
  'ta.readRepository': channel(
    'unlocked',
    z.strictObject({ blob: id }),
    z.strictObject({
      name: z.string(),
      base: z.string(),
      notify: z.string().nullable(),
      serviceUri: z.string(),
      publisher: z.string(),
      /** Why it may be the answer for another one; null: it is the one that pub-req.xml asked for. */
      remark: z.string().nullable(),
      /** SHA-256 of the server's identity certificate, not of its TLS. */
      identity: hex,
    }),
  ),
  /** Another TLS certificate of the publication server is believed from now on; tried before it is kept. null: public CAs. */
  'ta.proxyPin': change('unlocked', z.strictObject({ pin: z.string().max(200).nullable() }), nothing),
  /**
   * The repository, from the publication server's answer (repo-res.xml). For ever once a signer is associated; the same again changes how the server
   * is reached, and which TLS certificate is believed.
   */
  'ta.proxyRepository': change(
    'unlocked',
    z.strictObject({ blob: id, pin: z.string().max(200).nullable() }),
    nothing,
  ),
  /** A folder as the repository; its answer is made here. For ever once a signer is associated, but for its place. `folder`: a ticket. */
  'ta.proxyFolder': change(
    'unlocked',
    z.strictObject({ folder: id, base: z.string().max(2048), notify: z.string().max(2048).nullable() }),
    nothing,
  ),
  /** Another folder for the same base; what lies in the old one stays there. Publishes. `folder`: a ticket. */
  'ta.proxyFolderMove': change('unlocked', z.strictObject({ folder: id }), nothing),
  'ta.setProxyTiming': change('unlocked', z.strictObject({ timing: taTiming }), nothing),
  /** Reads signer-info.json and holds it. */
  'ta.openSignerInfo': change('unlocked', z.strictObject({ blob: id }), z.strictObject({ info: id })),
  'ta.signerInfo': channel('unlocked', z.strictObject({ id }), signerInfoView),
  /** Takes the signer, or what it says anew about itself, and publishes. `fingerprint`: read from its own screen. */
  'ta.associate': change(
    'unlocked',
    z.strictObject({ id, fingerprint: z.string().max(200) }),
    z.strictObject({ job: id }),
  ),
  /** Reads a child request (XML) or what `krillc show` says (JSON) and holds it. */
  'ta.openChildInfo': change('unlocked', z.strictObject({ blob: id }), z.strictObject({ info: id })),
  'ta.childInfo': channel('unlocked', z.strictObject({ id }), childInfoView),
  'ta.childAdd': change(
    'unlocked',
    z.strictObject({
      from: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('file'), id }),
        z.strictObject({ kind: z.literal('local'), handle }),
      ]),
      handle,
      resources: resourceTexts,
    }),
    nothing,
  ),
  'ta.childResources': change('unlocked', z.strictObject({ handle, resources: resourceTexts }), nothing),
  /** Revokes its keys with the next exchange; `confirm` is the handle. */
  'ta.childRemove': change('unlocked', z.strictObject({ handle, confirm: z.string().max(255) }), nothing),
  /** Revokes a key that no child here has with the next exchange; `confirm`: its last eight digits. */
  'ta.unownedRevoke': change(
    'unlocked',
    z.strictObject({ keyId: hex, confirm: z.string().max(64) }),
    nothing,
  ),
  /** It is left as it is after all. */
  'ta.unownedKeep': change('unlocked', z.strictObject({ keyId: hex }), nothing),
  /** `ask`: the CAs of this workspace are asked first. `today`: the date on another clock, where `clockBehind` says something. Starts a job. */
  'ta.makeRequest': change(
    'unlocked',
    z.strictObject({ ask: z.boolean(), today: z.string().max(20).nullable().default(null) }),
    z.strictObject({ job: id }),
  ),
  'ta.refreshRequest': change(
    'unlocked',
    z.strictObject({ today: z.string().max(20).nullable().default(null) }),
    z.strictObject({ job: id }),
  ),
  'ta.cancelRequest': change(
    'unlocked',
    z.strictObject({ reason: z.string().trim().min(3).max(300) }),
    nothing,
  ),
  /** Reads a response and holds it for the review. */
  'ta.openResponse': change('unlocked', z.strictObject({ blob: id }), z.strictObject({ review: id })),
  'ta.responseReview': channel('unlocked', z.strictObject({ id }), responseReview),
  /** Takes the response, publishes its objects, hands the answers to the children. Starts a job; its result is the exchange. */
  'ta.takeResponse': change('unlocked', z.strictObject({ id }), z.strictObject({ job: id })),
  /** Publishes what is there once more. Starts a job. */
  'ta.publish': change('unlocked', nothing, z.strictObject({ job: id })),
  /** `child`: for a parent response. */
  'ta.proxyExport': change(
    'unlocked',
    z.strictObject({
      what: proxyExport,
      child: handle.nullable(),
      target: id,
      overwrite: z.boolean(),
    }),
    z.strictObject({ path: z.string(), sha256: hex }),
  ),
};
