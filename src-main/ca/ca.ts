/** The `ca.*` channels: authorities, inventory, review and signature, export. Decisions are in decide.ts, the signature in sign.ts. */
import type { Topic } from '#shared/bridge.ts';
import { AppError } from '../lib/app-error.ts';
import { sha256Hex } from '../lib/bytes.ts';
import type { Domain, TicketPaths } from '../lib/domain.ts';
import type { Jobs } from '../lib/jobs.ts';
import type { Clock, Random } from '../ports.ts';
import { jobRefusal } from '../audit/job-refusal.ts';
import { issueTitle } from '../drafts/draft-title.ts';
import type { Drafts } from '../drafts/drafts.ts';
import { readableDuration } from '../issuing/go-duration.ts';
import type { Issuing } from '../issuing/issuing.ts';
import { checkLimits } from '../issuing/lifetime.ts';
import type { SignerRouter } from '../signers/router.ts';
import type { SoftwareSigner } from '../signers/software/software-signer.ts';
import type { Session } from '../store/store-contract.ts';
import { certificateView } from '../x509/certificate-view.ts';
import { linkChain } from '../x509/links.ts';
import { toPem } from '../x509/pem.ts';
import { fullChain } from '../issuing/full-chain.ts';
import { exportCertificate, suggestedName } from './export.ts';
import type { HandedReviews } from './handed-reviews.ts';
import { issueContext } from './issue-context.ts';
import { isAuthorityPurpose, issuePreset, onlyIssuer } from './issue-preset.ts';
import { reviewOf } from './review.ts';
import { authorityRow, certificateRow } from './rows.ts';
import { signDraft } from './sign.ts';
import { currentIssuer, whyNoReplacement } from './replacement.ts';
import { organisationOf, replacementDraft, requestPart } from './start-draft.ts';

export interface CaDeps {
  clock: Clock;
  random: Random;
  jobs: Jobs;
  blobs: { take(id: string): { name: string; bytes: Buffer } };
  tickets: TicketPaths;
  session(): Session;
  drafts: Drafts;
  issuing: Issuing;
  reviews: HandedReviews;
  router: SignerRouter;
  software: SoftwareSigner;
  changed(topic: Topic, ids: string[]): void;
}

export function createCa(deps: CaDeps): Domain<'ca'> {
  const { clock, session, drafts, changed } = deps;

  async function replacementParts(id: string) {
    const { store } = session();
    const row = await store.run('certificates.get', { id });
    const issuer = await currentIssuer(store, row);
    return { store, row, issuer, whyNot: whyNoReplacement(row, issuer) };
  }

  return {
    async authorities() {
      return { rows: (await session().store.run('authorities.list', {})).map(authorityRow) };
    },
    async authority({ id }) {
      return authorityRow(await session().store.run('authorities.get', { id }));
    },
    async setLimits({ id, leafLimits }) {
      const [wrong] = checkLimits(leafLimits);
      if (wrong !== undefined)
        throw new AppError('INVALID_INPUT', `${wrong.message} ${wrong.fix}`, {
          fields: [{ path: wrong.path, message: wrong.message }],
        });
      const { store } = session();
      const { certificate } = await store.run('authorities.get', { id });
      const { minSeconds, defaultSeconds, maxSeconds } = leafLimits;
      await store.run('authorities.setLimits', {
        id,
        limits: leafLimits,
        audit: {
          action: 'ca.setLimits',
          outcome: 'done',
          summary: `Leaves of "${certificate.name}" now live ${readableDuration(minSeconds)} to ${readableDuration(maxSeconds)}, ${readableDuration(defaultSeconds)} by default`,
          subjects: [{ type: 'certificate', id, sha256: certificate.sha256 }],
        },
      });
      changed('authorities', [id]);
      return {};
    },
    async certificates(asked) {
      const page = await session().store.run('certificates.list', asked);
      return { ...page, rows: page.rows.map(certificateRow) };
    },
    counts: (asked) => session().store.run('certificates.counts', asked),
    async certificate({ id }) {
      const { store, row, whyNot } = await replacementParts(id);
      const [der, ...above] = await store.run('certificates.ancestors', { id });
      if (der === undefined)
        throw new AppError('NOT_FOUND', 'This certificate is no longer in the workspace.');
      const history = await store.run('certificates.history', { lineage: row.lineage });
      return {
        row: certificateRow(row),
        view: certificateView(der, { now: clock.now() }),
        chain: linkChain(der, above, clock.now()).map(({ der: link, ...shown }) => ({
          ...shown,
          sha256: sha256Hex(link),
          from: 'workspace' as const,
        })),
        history: history.map(({ id: own, name, serial, notBefore, notAfter, action }) => ({
          id: own,
          name,
          serial,
          notBefore,
          notAfter,
          action,
        })),
        key: row.keyId,
        canRenew: whyNot === '',
        whyNot,
        whyNotForget: await store.run('certificates.whyNotForgotten', { id }),
      };
    },
    async preset({ purpose, issuer: asked }) {
      const preset = issuePreset(purpose);
      const { store } = session();
      const issuer = asked ?? onlyIssuer(await store.run('authorities.list', {}), purpose);
      if (issuer === null || purpose === 'root') return preset;
      const { leafLimits } = await store.run('authorities.get', { id: issuer });
      return isAuthorityPurpose(purpose)
        ? { ...preset, issuer, subject: organisationOf(await store.run('certificates.der', { id: issuer })) }
        : { ...preset, issuer, lifetimeSeconds: leafLimits.defaultSeconds };
    },
    async startReplace({ id, action }) {
      const { store, row, issuer, whyNot } = await replacementParts(id);
      if (whyNot !== '') throw new AppError('NOT_ALLOWED_NOW', whyNot, { ids: [id] });
      const authority = row.isCa ? await store.run('authorities.get', { id }) : null;
      const der = await store.run('certificates.der', { id });
      const draft = await drafts.start(
        'ca.issue',
        replacementDraft({ row, der, issuer, authority, action, now: clock.now() }),
      );
      return { draft: draft.id };
    },
    readRequest({ blob }) {
      const { name, bytes } = deps.blobs.take(blob);
      return requestPart(name, bytes);
    },
    async startFromRequest({ request }) {
      const { name, der } = await session().store.run('objects.get', { id: request });
      const draft = await drafts.start('ca.issue', { ...issuePreset('server'), ...requestPart(name, der) });
      return { draft: draft.id };
    },
    async startFromFile({ blob }) {
      const { name, bytes } = deps.blobs.take(blob);
      const draft = await drafts.start('ca.issue', { ...issuePreset('server'), ...requestPart(name, bytes) });
      return { draft: draft.id };
    },
    async review({ draft: id, revision }) {
      const context = await issueContext(deps, id);
      if (context.draft.revision !== revision)
        throw new AppError('CONFLICT', 'This draft was changed in another window. Reload it and try again.');
      return reviewOf(context, deps);
    },
    async sign(asked) {
      const context = await issueContext(deps, asked.draft);
      const title = issueTitle(context.data);
      return {
        job: deps.jobs.start({
          kind: 'ca.sign',
          title,
          run: (job) => signDraft(deps, context, asked, job),
          refused: jobRefusal(deps, 'ca.sign', title, [{ type: 'draft', id: asked.draft, sha256: null }]),
        }),
      };
    },
    async pem({ id, what }) {
      const { store } = session();
      const row = await store.run('certificates.get', { id });
      const ders =
        what === 'chain'
          ? await fullChain(store, row, clock.now())
          : [await store.run('certificates.der', { id })];
      return { pem: ders.map((der) => toPem('CERTIFICATE', der)).join('') };
    },
    async suggestExport({ id, format }) {
      const row = await session().store.run('certificates.get', { id });
      return { name: suggestedName(row, format), holdsKey: format === 'pkcs12' || format === 'key' };
    },
    export: (asked) => exportCertificate(deps, asked),
    async forget({ id, confirm }) {
      const { store } = session();
      const row = await store.run('certificates.get', { id });
      const whyNotForget = await store.run('certificates.whyNotForgotten', { id });
      if (whyNotForget !== '') throw new AppError('NOT_ALLOWED_NOW', whyNotForget);
      if (row.source === 'issued' && confirm.replaceAll(/[\s:]/g, '').toUpperCase() !== row.sha256.slice(-8))
        throw new AppError(
          'INVALID_INPUT',
          'The digits do not match: type the last 8 of the SHA-256 fingerprint.',
          {
            fields: [{ path: 'confirm', message: 'Type the last 8 digits of the SHA-256 fingerprint' }],
          },
        );
      await store.run('certificates.forget', {
        id,
        audit: {
          action: 'ca.forget',
          outcome: 'done',
          summary: `Forgot the certificate "${row.name}", serial ${row.serial}`,
          subjects: [{ type: 'certificate', id, sha256: row.sha256 }],
        },
      });
      changed('certificates', [id]);
      changed('authorities', []);
      changed('keys', []);
      return {};
    },
  };
}
