/** The channels of a review: open, look, approve, reject. */
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import { stopped } from '../../lib/sentence.ts';
import { summaryOf } from '../../audit/audit-record.ts';
import { AppError } from '../../lib/app-error.ts';
import { momentText } from '../../lib/moment-text.ts';
import type { Domain } from '../../lib/domain.ts';
import { requireDate } from '../signer/clock.ts';
import type { HeldSigner } from '../signer/held-signer.ts';
import { createHeldFiles } from '../proxy/held-files.ts';
import { processRequest } from '../signer/process.ts';
import { OTHER_DIGITS, REFUSED_REQUEST } from '../record-events.ts';
import type { TaDeps } from '../ta.ts';
import { writeOut } from '../write-out.ts';
import { readApprovers, requireNames } from './approvers.ts';
import { setAsideOf } from './history.ts';
import { keepRejection, rejectionOf } from './rejected.ts';
import type { HeldReviews, ReviewContext } from './held-reviews.ts';

export interface ReviewDeps extends TaDeps {
  reviews: HeldReviews;
  signer(): Promise<HeldSigner>;
  /** The key identifier of the proxy in this workspace, or null. */
  proxyHere(): Promise<string | null>;
  refusedEntry(action: string, title: string): (error: AppError) => Promise<void>;
}

type Names = 'openRequest' | 'review' | 'approve' | 'reject' | 'rejectionExport';

/** `openFetched`: as the channel, for a request that its proxy sent over the network. */
export function reviewChannels(deps: ReviewDeps): {
  channels: Pick<Domain<'ta'>, Names>;
  /** The same as the channel, for a file that was carried here another way. */
  openCarried(name: string, bytes: Uint8Array): Promise<string>;
  openFetched(name: string, bytes: Uint8Array): Promise<string>;
  clear(): void;
} {
  const { session, jobs, random, clock, changed, reviews, signer, refusedEntry } = deps;
  const now = (): Date => clock.now();
  /** Texts of rejections, for the proxy's operators. */
  const texts = createHeldFiles<{ nonce: string; text: string }>(deps, 'rejection');

  /** By review: it is on record that it does not hold. */
  const refused = new Set<string>();

  /** What the review of an opened request needs, with the exchange that used its nonce. */
  async function contextOf(
    held: HeldSigner,
    id: string,
    number: ReviewContext['number'],
  ): Promise<ReviewContext> {
    const nonce = reviews.nonce(id);
    const used = held.past.findLast((one) => one.nonce === nonce);
    const why = used === undefined ? undefined : held.setAside.get(used.id);
    const setAside = used === undefined || why === undefined ? null : setAsideOf(used, why);
    const before = used === undefined ? null : await session().store.run('ta.exchangeFiles', { id: used.id });
    const { keyId } = held.anchor.objects;
    const taken =
      nonce !== null && (await session().store.run('ta.nonceTaken', { half: 'signer', keyId, nonce }));
    const rejected = await rejectionOf(session, reviews.sha256(id));
    return { held, now: now(), before, lost: taken && used === undefined, setAside, number, rejected };
  }

  /** A request that cannot be signed is on record once for each time it was opened. */
  async function noteRefused(id: string, { file, verdict, faults, nonce, ...view }: ExchangeReview) {
    if (refused.has(id)) return;
    refused.add(id);
    const wishes = view.children.flatMap((child) => child.wishes.flatMap(({ problems }) => problems));
    const found = [...faults, ...wishes].map(({ text, clause }) => `${text} (${clause})`);
    const why = [verdict.title, ...found, ...nonce.differs];
    // SECURITY: not the digits of a file that are asked for when it is opened again.
    const content = view.contentSha256 === '' ? null : view.contentSha256;
    const subject =
      file.sha256 === null
        ? { type: 'request-content', sha256: content }
        : { type: 'request', sha256: file.sha256 };
    await session().store.run('audit.add', {
      audit: {
        action: REFUSED_REQUEST,
        outcome: 'refused',
        summary: summaryOf(`${file.name}: ${why.join('; ')}`),
        subjects: [{ ...subject, id: nonce.value || 'unreadable' }],
      },
    });
    changed('ta', []);
  }

  /** Digits that are others, the one sign of a file that is not the proxy's, are in the record with what was signed in it; once. */
  function requireDigits(id: string, { file, contentSha256 }: ExchangeReview, groups: readonly string[]) {
    const wrong = reviews.wrongDigits(id, groups);
    if (wrong === null) return;
    const once = `digits of ${id}`;
    const known = refused.has(once);
    refused.add(once);
    // SECURITY: not the digits of the file, which are asked for when it is opened again.
    const about = { name: file.name, sha256: contentSha256 === '' ? null : contentSha256 };
    throw new AppError('INVALID_INPUT', wrong.message, {
      fields: wrong.fields,
      subject: file.name,
      ...(known ? {} : { file: { ...about, kind: OTHER_DIGITS } }),
    });
  }

  async function open(name: string, bytes: Uint8Array, carried: boolean): Promise<string> {
    const { anchor } = await signer();
    // Krill signs what it sends anew each time: no screen shows digits of these bytes (krill-ta.md 5.6).
    const airGapped = carried && (await deps.proxyHere()) !== anchor.proxy.keyId;
    return reviews.open(name, bytes, { approvers: await readApprovers(session), airGapped });
  }

  const channels: Pick<Domain<'ta'>, Names> = {
    async openRequest({ blob }) {
      await signer();
      const { name, bytes } = deps.blobs.take(blob);
      return { review: await open(name, bytes, true) };
    },
    async review({ id, number }) {
      const { view, wrong } = reviews.look(id, await contextOf(await signer(), id, number));
      // One that was answered is no wrong one unless it was altered since, nor is one that this clock alone does not let through.
      if (wrong && view.verdict.severity === 'bad') await noteRefused(id, view);
      return view;
    },
    async approve({ id, groups, names, number, today }) {
      const held = await signer();
      const context = await contextOf(held, id, number);
      const { view, request, bytes, wrong } = reviews.look(id, context);
      const [fault] = view.faults;
      if (wrong && view.verdict.severity === 'bad') await noteRefused(id, view);
      if (!view.canSign || request === null)
        throw new AppError(
          'NOT_ALLOWED_NOW',
          fault === undefined || view.nonce.state !== 'new'
            ? `${view.verdict.title}.`
            : `It cannot be signed: ${stopped(fault.text)}`,
        );
      if (view.dateAsked !== null) requireDate(today, context.now);
      requireDigits(id, view, groups);
      const approvers = requireNames(
        names,
        view.approvers,
        'Two different people approve here: each gives a name and reads own groups.',
      );
      const chosen = number === null ? held.highest + 1n : BigInt(number.value);
      if (chosen <= held.highest)
        throw new AppError(
          'INVALID_INPUT',
          `The number must be above ${held.highest}: relying parties refuse one that goes back.`,
          { fields: [{ path: 'number', message: `Choose ${held.highest + 1n} or more` }] },
        );
      const title = `Response ${chosen}`;
      return {
        job: jobs.start({
          kind: 'ta.approve',
          title,
          async run(job) {
            const ids = await processRequest(
              { random, session, now },
              {
                held,
                request,
                requestAt: view.signedAt,
                file: bytes,
                number: chosen,
                numberReason: number?.reason ?? '',
                approvers,
                again: context.setAside !== null,
                approvedBy: `approved${approvers.length > 0 ? ` by ${approvers.join(' and ')}` : ''}, ${view.airGapped ? `groups ${view.groups.join(', ')} of the file's SHA-256` : 'not air-gapped: no digest was compared'}`,
              },
              job,
            );
            reviews.forget(id);
            changed('ta', ids);
            return ids;
          },
          refused: refusedEntry('ta.approve', title),
        }),
      };
    },
    async reject({ id, reason }) {
      const held = await signer();
      const { view } = reviews.look(id, await contextOf(held, id, null));
      // SECURITY: not of the file, whose digits are asked for when it is opened again.
      const contentSha256 = view.contentSha256 === '' ? null : view.contentSha256;
      await keepRejection(
        session,
        { sha256: reviews.sha256(id), at: now().toISOString(), reason },
        {
          action: 'ta.reject',
          outcome: 'done',
          summary: summaryOf(`Rejected request ${view.nonce.value}: ${reason}`),
          subjects: [{ type: 'request', id: view.nonce.value || 'unreadable', sha256: contentSha256 }],
        },
      );
      reviews.forget(id);
      changed('ta', []);
      const text = [
        // By what stands on the proxy's own screen. Not by the digits of the file, which are asked for when it is opened again.
        `Request ${view.nonce.value} was not signed.`,
        `File: ${view.file.name}${view.signedAt === null ? '' : `, signed by the proxy at ${momentText(view.signedAt)}`}`,
        `Reason: ${reason}`,
        ...view.faults.map(({ text: found, clause }) => `Found: ${found} (${clause})`),
        ...view.children.flatMap(({ wishes }) =>
          wishes.flatMap(({ problems }) =>
            problems.map(({ text: found, clause }) => `Found: ${found} (${clause})`),
          ),
        ),
        `Trust anchor ${held.anchor.objects.keyId}, ${momentText(now())}`,
      ].join('\n');
      return { text, rejection: texts.put({ nonce: view.nonce.value || 'unreadable', text }) };
    },
    async rejectionExport({ rejection, target, overwrite }) {
      const { nonce, text } = texts.get(rejection);
      return writeOut(deps, {
        action: 'ta.rejectionExport',
        what: 'rejection',
        id: nonce,
        content: Buffer.from(`${text}\n`, 'utf8'),
        target,
        overwrite,
      });
    },
  };
  return {
    channels,
    openCarried: (name, bytes) => open(name, bytes, true),
    openFetched: (name, bytes) => open(name, bytes, false),
    clear() {
      texts.clear();
      refused.clear();
    },
  };
}
