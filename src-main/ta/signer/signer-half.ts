/** The offline half of a trust anchor: its set-up, what it is, what it hands out, its reissue. Exchanges are reviewed in review/. */
import type { TaExport } from '#shared/contract/ta.ts';
import type { SignerDraft } from '#shared/contract/ta-setup.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Domain } from '../../lib/domain.ts';
import { checkKey } from '../../rpki/certificate-fields.ts';
import { recogniseFile } from '../../rpki/exchange-file.ts';
import { whatFileIs } from '../../rpki/file-damage.ts';
import { Faults } from '../../rpki/fault.ts';
import type { SignerFacts } from '../../signers/signer.ts';
import type { Store } from '../../store/store-contract.ts';
import { exportContent } from '../export.ts';
import { requireApproval } from '../review/approvers.ts';
import type { TaDeps } from '../ta.ts';
import { writeOut } from '../write-out.ts';
import { goOn, requireGoOn } from './go-on.ts';
import { type HeldSigner, heldSigner, requireSigner } from './held-signer.ts';
import { movesAttention } from './moves.ts';
import { reissue, requireReissuable } from './reissue.ts';
import { setUpSigner } from './set-up.ts';
import { type ChosenKey, judgeSetup, type Setup } from './setup.ts';
import { type Attention, attentionOf, signerView, waitingResponse } from './signer-view.ts';
import { WRITERS } from '../writers.ts';

const SETUP_FILE_BYTES = 65_536;

type Names = 'signer' | 'recognise' | 'setupReview' | 'setUp' | 'export' | 'reissue' | 'goOn';

export interface SignerHalf {
  channels: Pick<Domain<'ta'>, Names>;
  /** Throws AppError NOT_ALLOWED_NOW while there is none. */
  signer(): Promise<HeldSigner>;
  /** `carried`: its responses go to a proxy elsewhere by hand. */
  attention(carried: boolean): Promise<Attention[]>;
  /** A file it hands out, and whose it is. Throws AppError as `exportContent` does. */
  file(asked: { what: TaExport; id: string | null }): Promise<{ content: Uint8Array; id: string }>;
  clear(): void;
}

/** A fingerprint that is another one, or a file that is: not what is still to be filled in. */
const isRefusal = ({ path, message }: Setup['problems'][number]): boolean =>
  (path === 'fingerprint' && /another fingerprint/.test(message)) ||
  (['proxyId', 'repository'].includes(path) && !/not chosen yet/.test(message));

export function createSignerHalf(
  deps: TaDeps & {
    refusedEntry(action: string, title: string): (error: AppError) => Promise<void>;
    /** The key identifier of the proxy in this workspace, or null. */
    proxyHere(): Promise<string | null>;
    /** The signer went on from this clock, with the date compared: so may what else this machine signed. Never rejects. */
    wentOn(): Promise<void>;
  },
): SignerHalf {
  const { clock, random, jobs, session, router, changed, refusedEntry } = deps;
  const now = (): Date => clock.now();
  /** The overview asks after every change anywhere: the state of a large anchor is not read anew for each. */
  let seen: { store: Store; held: HeldSigner } | null = null;
  const signer = async (): Promise<HeldSigner> =>
    requireSigner(await heldSigner(session(), { random, router }));

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

  async function holderOf(data: SignerDraft): Promise<SignerFacts | null> {
    const chosen = data.signer ?? router.defaultSigner();
    return (await router.describe()).find(({ id }) => id === chosen) ?? null;
  }

  const judged = async (data: SignerDraft): Promise<Setup> =>
    judgeSetup(data, await chosenKey(data.key), now(), {
      holder: await holderOf(data),
      proxyHere: await deps.proxyHere(),
    });

  /** By draft: what was wrong when it was looked at last. */
  const refusedInDraft = new Map<string, string>();

  const refusedInSetUp = (said: string): Promise<void> =>
    session().store.run('audit.add', {
      audit: {
        action: 'ta.setUp',
        outcome: 'refused',
        summary: `Set up the trust anchor signer: ${said}`.slice(0, 300),
        subjects: [],
      },
    });

  async function file(asked: { what: TaExport; id: string | null }) {
    const held = await signer();
    const content = await exportContent(session(), held, asked);
    return { content, id: asked.id ?? held.anchor.objects.keyId };
  }

  return {
    signer,
    file,
    clear() {
      seen = null;
      refusedInDraft.clear();
    },
    async attention(carried) {
      const { store } = session();
      const version = await store.run('ta.version', { half: 'signer' });
      if (version === null) return [];
      if (seen?.store !== store || seen.held.version !== version) {
        const held = await heldSigner(session(), { random, router });
        seen = held === null ? null : { store, held };
      }
      if (seen === null) return [];
      const { held } = seen;
      const waiting = carried ? waitingResponse(held) : null;
      const hashes = waiting === null ? [] : [waiting.responseSha256];
      const written = await store.run('audit.recorded', { actions: [...WRITERS], hashes });
      return [
        ...attentionOf(held, now(), written.length < hashes.length ? waiting : null),
        ...(await movesAttention(session())),
      ];
    },
    channels: {
      async signer() {
        const held = await heldSigner(session(), { random, router });
        return { signer: held === null ? null : signerView(held, now()) };
      },
      async recognise({ blob }) {
        const { name, bytes } = deps.blobs.take(blob);
        const kind = bytes.length > SETUP_FILE_BYTES ? 'unknown' : recogniseFile(bytes);
        const says =
          bytes.length > SETUP_FILE_BYTES ? 'too large for a file of the set-up' : whatFileIs(bytes, kind);
        const isWanted = kind === 'proxy-id' || kind === 'proxy-repo';
        if (!isWanted) await refusedInSetUp(`${name} is ${says}`);
        const text = isWanted ? bytes.toString('utf8') : '';
        return { kind, name, text, says: `${name} is ${says}.` };
      },
      async setupReview({ draft: id, revision }) {
        const draft = await deps.drafts.read('ta.signer', id);
        if (draft.revision !== revision)
          throw new AppError(
            'CONFLICT',
            'This draft was changed in another window. Reload it and try again.',
          );
        const { problems, review } = await judged(draft.data);
        // The wizard asks at every change: what is wrong with what came from the proxy is on record once.
        const found = draft.data.proxyId === null ? [] : problems.filter(isRefusal);
        const said = found.map(({ message }) => message).join(' ');
        if (said !== '' && said !== refusedInDraft.get(id)) await refusedInSetUp(said);
        if (said === '') refusedInDraft.delete(id);
        else refusedInDraft.set(id, said);
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
      async export({ what, id, target, overwrite }) {
        return writeOut(deps, {
          action: 'ta.export',
          what,
          ...(await file({ what, id })),
          target,
          overwrite,
        });
      },
      async reissue({ names, ...order }) {
        const held = await signer();
        requireReissuable(held, order, now());
        const approvers = await requireApproval(session, names, 'a reissue');
        const title = 'Reissue of the TA certificate';
        return {
          job: jobs.start({
            kind: 'ta.reissue',
            title,
            async run(job) {
              const ids = await reissue({ session, now }, held, { ...order, approvers }, job);
              changed('ta', []);
              return ids;
            },
            refused: refusedEntry('ta.reissue', title),
          }),
        };
      },
      async goOn({ today, names }) {
        const held = await signer();
        requireGoOn(held, today, now());
        const approvers = await requireApproval(session, names, 'going on from this clock');
        const title = 'Going on from this clock';
        return {
          job: jobs.start({
            kind: 'ta.goOn',
            title,
            async run(job) {
              const ids = await goOn({ session, now }, held, approvers, job);
              changed('ta', []);
              await deps.wentOn();
              return ids;
            },
            refused: refusedEntry('ta.goOn', title),
          }),
        };
      },
    },
  };
}
