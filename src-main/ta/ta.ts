/** The `ta.*` channels: set-up, review, approval and record of a trust anchor's signer. Decisions are in the files it calls. */
import type { Topic } from '#shared/bridge.ts';
import type { SignerDraft } from '#shared/contract/ta-setup.ts';
import type { Drafts } from '../drafts/drafts.ts';
import { jobRefusal } from '../audit/job-refusal.ts';
import { AppError } from '../lib/app-error.ts';
import type { Domain, TicketPaths } from '../lib/domain.ts';
import type { Jobs } from '../lib/jobs.ts';
import type { Clock, Net, Random, Volumes } from '../ports.ts';
import { Faults } from '../rpki/fault.ts';
import { checkKey } from '../rpki/certificate-fields.ts';
import type { SignerRouter } from '../signers/router.ts';
import type { SoftwareSigner } from '../signers/software/software-signer.ts';
import type { Session, Store } from '../store/store-contract.ts';
import { exportContent } from './export.ts';
import { fileWords, recogniseFile } from '../rpki/exchange-file.ts';
import { krillMove } from './krill-move.ts';
import { exchangeRow, pastExchange } from './past-exchange.ts';
import { childChannels } from './child/child-channels.ts';
import { createLocalChildren } from './child/local-children.ts';
import { proxyParent } from './child/proxy-parent.ts';
import { checkChannels } from './net/check-channels.ts';
import { readLink } from './net/krill-link.ts';
import { krillChannels } from './net/krill-channels.ts';
import { createProxyHalf } from './proxy/proxy-half.ts';
import { childServiceUri, readSettings } from './proxy/service-settings.ts';
import { createHeldReviews } from './review/held-reviews.ts';
import { reviewChannels } from './review/review-channels.ts';
import { type HeldSigner, heldSigner, requireSigner } from './signer/held-signer.ts';
import { reissue, requireReissuable } from './signer/reissue.ts';
import { setUpSigner } from './signer/set-up.ts';
import { stickChannels } from './stick/stick-channels.ts';
import { type ChosenKey, judgeSetup, type Setup } from './signer/setup.ts';
import { writeOut } from './write-out.ts';
import { type Attention, attentionOf, signerView } from './signer/signer-view.ts';

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
  changed(topic: Topic, ids: string[]): void;
}

export interface Ta {
  domain: Domain<'ta'>;
  /** Forgets what was opened and not signed; what may go on while locked is held. Used by lock, before the store ends. */
  locking(): Promise<void>;
  /** After each unlocking. */
  unlocked(): Promise<void>;
  /** What is due at the trust anchor, for the overview. */
  attention(): Promise<Attention[]>;
}

const SETUP_FILE_BYTES = 65_536;

export function createTa(deps: TaDeps): Ta {
  const { clock, random, jobs, session, router, changed } = deps;
  const reviews = createHeldReviews({ random });
  const now = (): Date => clock.now();
  /** The overview asks after every change anywhere: the state of a large anchor is not read anew for each. */
  let seen: { store: Store; held: HeldSigner } | null = null;
  const signer = async (): Promise<HeldSigner> =>
    requireSigner(await heldSigner(session(), { random, router }));

  const refusedEntry = (action: string, title: string) => jobRefusal(deps, action, title);

  async function chosenKey(id: string | null): Promise<ChosenKey | null> {
    if (id === null) return null;
    const key = await session().store.run('keys.get', { id });
    const faults = new Faults();
    checkKey(faults, key.spkiDer);
    const [fault] = faults.found;
    const problem =
      fault !== undefined
        ? `This key cannot be a trust anchor's: ${fault.text} (${fault.clause}).`
        : key.certificates.length > 0
          ? `This key is that of ${key.certificates[0]?.name ?? 'a certificate'}; a trust anchor needs one of its own.`
          : null;
    return { id, label: key.label, spkiDer: key.spkiDer, problem };
  }

  const proxyState = async () => (await online.proxy.held())?.state ?? null;
  const parent = proxyParent(() => online.proxy);
  const locals = createLocalChildren({
    ...deps,
    now,
    parent,
    repository: async () => (await proxyState())?.repository ?? null,
  });
  const online = createProxyHalf({ ...deps, refusedEntry, locals: () => locals.cas });
  const publish = (): Promise<void> => online.publisher.publishOrNote();

  const reviewing = reviewChannels({
    ...deps,
    signer,
    refusedEntry,
    reviews,
    proxyHere: async () => (await online.proxy.held())?.state.identity.keyId ?? null,
  });
  const checks = checkChannels({
    ...deps,
    refusedEntry,
    async pins() {
      const repository = (await online.proxy.held())?.state.repository ?? null;
      const krill = await readLink(session());
      return [
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
    serviceUri: async (child) => childServiceUri(await readSettings(session()), child),
    publish,
    refusedEntry,
  });
  const station = stickChannels({
    ...deps,
    signer: () => heldSigner(session(), deps),
    proxy: () => online.proxy.held(),
    open: { ...online.open, request: reviewing.open, localChild: children.configure },
    async file(order) {
      if (order.half === 'proxy') return online.file(order.what, order.child);
      if (order.half === 'child')
        return { content: await children.file(order.child, order.what), id: order.child };
      const held = await signer();
      const content = await exportContent(session(), held, order);
      return { content, id: order.id ?? held.anchor.objects.keyId };
    },
  });

  const judged = async (data: SignerDraft): Promise<Setup> =>
    judgeSetup(data, await chosenKey(data.key), now());

  async function signerAttention(): Promise<Attention[]> {
    const { store } = session();
    const version = await store.run('ta.version', { half: 'signer' });
    if (version === null) return [];
    if (seen?.store !== store || seen.held.version !== version) {
      const held = await heldSigner(session(), { random, router });
      seen = held === null ? null : { store, held };
    }
    return seen === null ? [] : attentionOf(seen.held, now());
  }

  return {
    async locking() {
      seen = null;
      reviews.clear();
      checks.clear();
      station.clear();
      await online.locking();
    },
    async unlocked() {
      await online.unlocked();
      if (!(await locals.refresh())) return;
      changed('ta', []);
      await publish();
    },
    async attention() {
      return [...(await signerAttention()), ...(await online.attention()), ...(await locals.attention())];
    },
    domain: {
      ...online.channels,
      ...children.channels,
      ...station.channels,
      ...krillMove({ ...deps, signer, refusedEntry }),
      ...reviewing.channels,
      ...krillChannels({ ...deps, signer, refusedEntry, openRequest: reviewing.open }),
      ...checks.channels,
      async signer() {
        const held = await heldSigner(session(), { random, router });
        return { signer: held === null ? null : signerView(held, now()) };
      },
      recognise({ blob }) {
        const { name, bytes } = deps.blobs.take(blob);
        const kind = bytes.length > SETUP_FILE_BYTES ? 'unknown' : recogniseFile(bytes);
        const text = kind === 'proxy-id' || kind === 'proxy-repo' ? bytes.toString('utf8') : '';
        return { kind, name, text, says: `${name} is ${fileWords(kind)}.` };
      },
      async setupReview({ draft: id, revision }) {
        const draft = await deps.drafts.read('ta.signer', id);
        if (draft.revision !== revision)
          throw new AppError(
            'CONFLICT',
            'This draft was changed in another window. Reload it and try again.',
          );
        const { problems, review } = await judged(draft.data);
        return { problems, review };
      },
      async setUp({ draft: id, revision, digest }) {
        const draft = await deps.drafts.read('ta.signer', id);
        const { order, review, problems } = await judged(draft.data);
        if (draft.signed) throw new AppError('NOT_ALLOWED_NOW', 'This signer was set up already.');
        if (draft.revision !== revision || review.digest !== digest)
          throw new AppError('CONFLICT', 'Something changed since the review. Look at it again.');
        if (order === null)
          throw new AppError('INVALID_INPUT', problems[0]?.message ?? 'It cannot be set up yet.');
        const title = 'Set up the trust anchor signer';
        return {
          job: jobs.start({
            kind: 'ta.setUp',
            title,
            async run(job) {
              const ids = await setUpSigner({ random, router, session, now }, order, { id, revision }, job);
              changed('ta', []);
              changed('keys', []);
              changed('drafts', [id]);
              return ids;
            },
            refused: refusedEntry('ta.setUp', title),
          }),
        };
      },
      async exchanges({ cursor, limit }) {
        const page = await session().store.run('ta.exchanges', { cursor, limit });
        return { ...page, rows: page.rows.map(exchangeRow) };
      },
      async exchange({ id }) {
        const { store } = session();
        const files = await store.run('ta.exchangeFiles', { id });
        const { past, ...held } = files.half === 'signer' ? await signer() : await online.asAnchor();
        const earlier = past.slice(
          0,
          Math.max(
            0,
            past.findIndex((one) => one.id === id),
          ),
        );
        const last = earlier.at(-1);
        const previous = last === undefined ? null : await store.run('ta.exchangeFiles', { id: last.id });
        return { row: exchangeRow(files), ...pastExchange(held, files, earlier, previous) };
      },
      async export({ what, id, target, overwrite }) {
        const held = await signer();
        const content = await exportContent(session(), held, { what, id });
        return writeOut(deps, {
          action: 'ta.export',
          what,
          id: id ?? held.anchor.objects.keyId,
          content,
          target,
          overwrite,
        });
      },
      async reissue(order) {
        const held = await signer();
        requireReissuable(held, order, now());
        const title = 'Reissue of the TA certificate';
        return {
          job: jobs.start({
            kind: 'ta.reissue',
            title,
            async run(job) {
              const ids = await reissue({ session, now }, held, order, job);
              changed('ta', []);
              return ids;
            },
            refused: refusedEntry('ta.reissue', title),
          }),
        };
      },
    },
  };
}
