/** The trust anchor put together: its two halves, the CAs below it, what it says to other machines, and the record of it all. */
import type { Topic } from '#shared/bridge.ts';
import type { Drafts } from '../drafts/drafts.ts';
import { jobRefusal } from '../audit/job-refusal.ts';
import type { Domain, TicketPaths } from '../lib/domain.ts';
import type { Around } from '../lib/device-use.ts';
import type { Jobs } from '../lib/jobs.ts';
import type { Clock, Net, Random, Volumes } from '../ports.ts';
import type { Roll, RollTarget } from '../signers/migration.ts';
import type { SignerRouter } from '../signers/router.ts';
import type { SoftwareSigner } from '../signers/software/software-signer.ts';
import type { Session } from '../store/store-contract.ts';
import { krillMove } from './krill-move.ts';
import { childChannels } from './child/child-channels.ts';
import { isRemoved } from './child/connect-child.ts';
import { createKeepFresh } from './child/keep-fresh.ts';
import { createLocalChildren } from './child/local-children.ts';
import { proxyParent } from './child/proxy-parent.ts';
import { checkChannels } from './net/check-channels.ts';
import { readLink } from './net/krill-link.ts';
import { readPublicPins } from './net/public-pins.ts';
import { krillChannels } from './net/krill-channels.ts';
import { createProxyHalf } from './proxy/proxy-half.ts';
import { childServiceUri, readSettings } from './proxy/service-settings.ts';
import { approversChannels } from './review/approvers.ts';
import { createHeldReviews } from './review/held-reviews.ts';
import { reviewChannels } from './review/review-channels.ts';
import { recordChannels } from './record-channels.ts';
import { fixedKeys } from './fixed-keys.ts';
import { heldSigner } from './signer/held-signer.ts';
import { moveChannels } from './signer/moves.ts';
import { createSignerHalf } from './signer/signer-half.ts';
import { takeBackChannels } from './signer/take-back-channels.ts';
import type { Attention } from './signer/signer-view.ts';
import type { OfAnchor } from './stick/judge-own.ts';
import { stickChannels } from './stick/stick-channels.ts';

export interface TaDeps {
  clock: Clock;
  net: Net;
  volumes: Volumes;
  random: Random;
  jobs: Jobs;
  blobs: { take(id: string): { name: string; bytes: Buffer } };
  tickets: TicketPaths;
  drafts: Drafts;
  session(): Session;
  router: SignerRouter;
  software: SoftwareSigner;
  /** Around what nobody asked for: looks by the clock (lib/device-use.ts). */
  around: Around;
  changed(topic: Topic, ids: string[]): void;
  /** Something that nobody waits for went wrong: it is written to the log. */
  failed(error: unknown): void;
}

export interface Ta {
  domain: Domain<'ta'>;
  /** Forgets what was opened and not signed; what may go on while locked is held. Used by lock, before the store ends. */
  locking(): Promise<void>;
  /** After each unlocking. */
  unlocked(): Promise<void>;
  /** What is due at the trust anchor, for the overview. */
  attention(): Promise<Attention[]>;
  /** Its keys and those of the children as moving them to another signer sees them. */
  rolls(target: RollTarget): Promise<Roll[]>;
  /** What the trust anchor of this workspace says of each certificate (DER); null: it is none of its own. */
  ofAnchor(ders: readonly Uint8Array[]): Promise<(OfAnchor | null)[]>;
  /** Children would find nobody after the application has ended. */
  serving(): boolean;
}

export function createTa(deps: TaDeps): Ta {
  const { clock, random, session, changed } = deps;
  const reviews = createHeldReviews({ random });
  const now = (): Date => clock.now();
  const refusedEntry = (action: string, title: string) => jobRefusal(deps, action, title);

  const proxyHere = async (): Promise<string | null> =>
    (await online.proxy.held())?.state.identity.keyId ?? null;
  const offline = createSignerHalf({
    ...deps,
    refusedEntry,
    proxyHere,
    async wentOn() {
      try {
        if (await locals.goOn()) await publish();
      } catch (error) {
        // It is done at the signer, whatever stopped what follows from it.
        deps.failed(error);
      }
    },
  });
  const { signer } = offline;
  const proxyState = async () => (await online.proxy.held())?.state ?? null;
  const parent = proxyParent(() => online.proxy);
  const locals = createLocalChildren({
    ...deps,
    now,
    parent,
    repository: async () => (await proxyState())?.repository ?? null,
    removed: async (child) => isRemoved(await proxyState(), child),
  });
  const online = createProxyHalf({ ...deps, refusedEntry, locals: () => locals.cas });
  const publish = (): Promise<void> => online.publisher.publishOrNote();

  const fresh = createKeepFresh({
    clock,
    async look() {
      const made = await locals.refresh();
      // Also when nothing was made: what failed is shown.
      changed('ta', []);
      if (made || (await online.publisher.pending()).length > 0) await publish();
    },
    around: deps.around,
    failed: deps.failed,
  });

  const reviewing = reviewChannels({
    ...deps,
    signer,
    refusedEntry,
    reviews,
    proxyHere,
  });
  const back = takeBackChannels({ ...deps, signer, refusedEntry });
  const checks = checkChannels({
    ...deps,
    refusedEntry,
    found: online.seenPutOut,
    async pins() {
      const repository = (await online.proxy.held())?.state.repository ?? null;
      const krill = await readLink(session());
      // What a person compared for this goes before what the same server is believed by elsewhere.
      const compared = await readPublicPins(session());
      return [
        ...compared.map(({ server, sha256 }) => ({ server, pin: sha256 })),
        ...(repository?.target.kind === 'server'
          ? [{ server: repository.contact.serviceUri, pin: repository.target.pin }]
          : []),
        ...(krill === null ? [] : [{ server: krill.server, pin: krill.pin }]),
      ];
    },
    anchor: async () =>
      (await online.proxy.held())?.state.signer ?? (await heldSigner(session(), deps))?.anchor ?? null,
  });

  const children = childChannels({
    ...deps,
    parent,
    locals,
    proxyState,
    proxy: () => online.proxy,
    serviceUri: async (child) => childServiceUri(await readSettings(session()), child),
    async publish() {
      if ((await online.publisher.pending()).length > 0) await publish();
    },
    unpublished: async () => new Set((await online.publisher.pending()).map(({ base }) => base)),
    refusedEntry,
  });
  const station = stickChannels({
    ...deps,
    signer: () => heldSigner(session(), deps),
    proxy: () => online.proxy.held(),
    open: {
      ...online.open,
      request: reviewing.openCarried,
      takeBack: back.openCarried,
      localChild: children.configure,
    },
    async file(order) {
      if (order.half === 'proxy') return online.file(order.what, order.child);
      if (order.half === 'child')
        return { content: await children.file(order.child, order.what), id: order.child };
      return offline.file(order);
    },
  });

  return {
    async locking() {
      offline.clear();
      reviews.clear();
      reviewing.clear();
      back.clear();
      checks.clear();
      fresh.stop();
      station.clear();
      await online.locking();
    },
    async unlocked() {
      // Neither waits for the other's success.
      await Promise.all([online.unlocked(), fresh.start()]);
    },
    async attention() {
      const carried = (await online.proxy.held()) === null && (await readLink(session())) === null;
      return [
        ...(await offline.attention(carried)),
        ...(await online.attention()),
        ...(await locals.attention()),
      ];
    },
    async rolls(target) {
      return [...(await children.rolls(target)), ...(await fixedKeys(session(), target))];
    },
    ofAnchor: station.ofAnchor,
    serving: online.serving,
    domain: {
      ...online.channels,
      ...children.channels,
      ...station.channels,
      ...krillMove({ ...deps, signer, refusedEntry }),
      ...reviewing.channels,
      ...moveChannels(deps),
      ...approversChannels({ ...deps, reviews }),
      ...krillChannels({ ...deps, signer, refusedEntry, openRequest: reviewing.openFetched }),
      ...checks.channels,
      ...back.channels,
      ...offline.channels,
      ...recordChannels({ ...deps, signer, asAnchor: online.asAnchor }),
    },
  };
}
