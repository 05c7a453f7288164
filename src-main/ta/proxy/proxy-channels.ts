/** The channels of a trust anchor's proxy: its set-up and what it hands out. Decisions are in the files it calls. */
import type { ProxyExport } from '#shared/contract/ta-proxy.ts';
import { summaryOf } from '../../audit/audit-record.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Domain } from '../../lib/domain.ts';
import { equalBytes, sha256Hex } from '../../lib/bytes.ts';
import { exchangesFile, printed } from '../export.ts';
import { recordJson, REFUSED_INFO } from '../record-events.ts';
import { requireFile } from '../require-file.ts';
import { rejectionOf } from '../review/rejected.ts';
import { timingProblems } from '../signer/setup.ts';
import type { TaDeps } from '../ta.ts';
import { writeOut } from '../write-out.ts';
import { associate, parseSignerInfo, signerInfoView } from './associate.ts';
import { createHeldFiles } from './held-files.ts';
import { initProxy, requireNoProxy } from './init-proxy.ts';
import type { LocalCas } from './local-cas.ts';
import { proxyFile } from './proxy-files.ts';
import type { AssociatedSigner, ProxyState } from './proxy-state.ts';
import { localWants, proxyView } from './proxy-view.ts';
import { associatedText } from './signer-changes.ts';
import type { Publisher } from './publisher.ts';
import { isPutOut, notePutOut } from './put-out.ts';
import type { RunningProxy } from './running-proxy.ts';

export interface ProxyDeps extends TaDeps {
  proxy: RunningProxy;
  locals: LocalCas;
  publisher: Publisher;
  refusedEntry(action: string, title: string): (error: AppError) => Promise<void>;
  /** Where children send their messages. */
  serviceUri(child: string): Promise<string>;
}

type Names =
  | 'proxy'
  | 'proxySetup'
  | 'proxyInit'
  | 'putOut'
  | 'setProxyTiming'
  | 'openSignerInfo'
  | 'signerInfo'
  | 'associate'
  | 'publish'
  | 'proxyExport';

/** `openSignerInfo` and `file`: the same as the channels, for files that come and go another way. */
export function proxyChannels(deps: ProxyDeps): {
  channels: Pick<Domain<'ta'>, Names>;
  openSignerInfo(name: string, bytes: Uint8Array): Promise<string>;
  file(what: ProxyExport, child: string | null): Promise<{ content: Uint8Array; id: string }>;
  clear(): void;
} {
  const { session, jobs, random, clock, changed, proxy, locals, publisher, refusedEntry } = deps;
  const now = (): Date => clock.now();
  const infos = createHeldFiles<{ name: string; signer: AssociatedSigner; sha256: string }>(deps, 'info');

  /** What the signer of this workspace decided about the open request, when that was a no. */
  async function rejectedHere({ open }: ProxyState): Promise<{ at: string; reason: string } | null> {
    const rejection = open === null ? null : await rejectionOf(session, sha256Hex(open.file));
    return rejection === null ? null : { at: rejection.at, reason: rejection.reason };
  }

  /** By file: it is on record that it does not fit. */
  const refused = new Set<string>();

  async function noteRefused(id: string, why: string, sha256: string): Promise<void> {
    if (refused.has(id)) return;
    refused.add(id);
    await session().store.run('audit.add', {
      audit: {
        action: REFUSED_INFO,
        outcome: 'refused',
        summary: summaryOf(why),
        subjects: [{ type: 'signer-info', id, sha256 }],
      },
    });
    changed('ta', []);
  }

  async function openSignerInfo(name: string, bytes: Uint8Array): Promise<string> {
    await proxy.required();
    requireFile(name, bytes, 'signer-info');
    return infos.put({ name, signer: parseSignerInfo(name, bytes), sha256: sha256Hex(bytes) });
  }

  async function file(what: ProxyExport, child: string | null): Promise<{ content: Uint8Array; id: string }> {
    const { state, past } = await proxy.required();
    if (what === 'last-request' || what === 'last-response') {
      const last = past.at(-1);
      if (last === undefined)
        throw new AppError('NOT_ALLOWED_NOW', 'No response was taken here yet. Process one first.');
      const { request, response } = await session().store.run('ta.exchangeFiles', { id: last.id });
      return { content: what === 'last-request' ? request : response, id: last.id };
    }
    const serviceUri = what === 'parent-response' ? await deps.serviceUri(child ?? '') : '';
    const content =
      what === 'exchanges-text' || what === 'exchanges-json'
        ? await exchangesFile(session(), past, what === 'exchanges-text' ? 'text' : 'json')
        : what === 'record-json'
          ? printed(await recordJson(session(), 'proxy'))
          : proxyFile(state, { what, child, serviceUri });
    return { content, id: child ?? state.identity.keyId };
  }

  return {
    openSignerInfo,
    file,
    clear() {
      refused.clear();
      infos.clear();
    },
    channels: {
      async proxy() {
        const held = await proxy.held();
        if (held === null) return { proxy: null };
        const local = new Set([...(await locals.identities()).values()].map(({ keyId }) => keyId));
        const signerHere = (await session().store.run('ta.version', { half: 'signer' })) !== null;
        const unpublished = (await publisher.pending()).map(({ publisher: name }) => name);
        const view = proxyView(held, now(), {
          local,
          wants: await localWants(locals, held.state, now()),
          signerHere,
          rejected: signerHere ? await rejectedHere(held.state) : null,
          putOut: await isPutOut(session(), held.state.signer),
          unpublished,
        });
        // What is out all the same lacks nothing.
        const problem = unpublished.length === 0 ? null : publisher.problem();
        return {
          proxy: {
            ...view,
            warnings:
              problem === null
                ? view.warnings
                : [{ severity: 'bad' as const, text: `Publishing failed: ${problem}` }, ...view.warnings],
          },
        };
      },
      async proxySetup() {
        const state = (await proxy.held())?.state ?? null;
        if (state === null || state.repository === null) return { files: null };
        const text = (what: 'proxy-id' | 'proxy-repo'): string =>
          Buffer.from(proxyFile(state, { what, child: null, serviceUri: '' })).toString('utf8');
        return {
          files: {
            proxyId: text('proxy-id'),
            repository: text('proxy-repo'),
            fingerprint: sha256Hex(state.identity.certificateDer),
          },
        };
      },
      async proxyInit({ signer }) {
        await requireNoProxy(deps);
        const title = 'Make the trust anchor proxy';
        return {
          job: jobs.start({
            kind: 'ta.proxyInit',
            title,
            async run(job) {
              const ids = await initProxy({ random, router: deps.router, session, now }, { signer }, job);
              changed('ta', []);
              changed('keys', []);
              return ids;
            },
            refused: refusedEntry('ta.proxyInit', title),
          }),
        };
      },
      async putOut() {
        const { signer } = (await proxy.required()).state;
        if (signer === null)
          throw new AppError('NOT_ALLOWED_NOW', 'There is no ta.cer before a signer is associated.');
        await notePutOut(session(), signer, false);
        changed('ta', []);
        return {};
      },
      async setProxyTiming({ timing }) {
        const [problem] = timingProblems(timing);
        if (problem !== undefined)
          throw new AppError('INVALID_INPUT', `${problem.message} ${problem.fix}`, {
            fields: [{ path: problem.path, message: problem.message }],
          });
        await proxy.change(
          ({ state }) => ({ ...state, timing }),
          () => ({
            action: 'ta.setProxyTiming',
            summary: `The proxy's times from now on: certificates ${timing.issuedCertificateValidityWeeks} weeks, due ${timing.issuedCertificateReissueWeeksBefore} weeks before, manifest ${timing.mftNextUpdateWeeks} weeks, messages ${timing.signedMessageValidityDays} days`,
            subjects: [],
          }),
        );
        return {};
      },
      async openSignerInfo({ blob }) {
        await proxy.required();
        const { name, bytes } = deps.blobs.take(blob);
        return { info: await openSignerInfo(name, bytes) };
      },
      async signerInfo({ id }) {
        const { name, signer, sha256 } = infos.get(id);
        const view = signerInfoView((await proxy.required()).state, name, signer, now());
        if (view.faults.length > 0) await noteRefused(id, `${name}: ${view.faults.join('; ')}`, sha256);
        return view;
      },
      async associate({ id, fingerprint }) {
        const { signer } = infos.get(id);
        // Refused before the job, so that the form can say it at its field.
        associate((await proxy.required()).state, signer, fingerprint, now());
        const title = 'Associate the signer';
        return {
          job: jobs.start({
            kind: 'ta.associate',
            title,
            async run(job) {
              job.commit();
              const known = (await proxy.required()).state.signer;
              await proxy.change(
                ({ state }) => associate(state, signer, fingerprint, now()),
                (_, before) => ({
                  action: 'ta.associate',
                  summary: summaryOf(associatedText(before, signer)),
                  subjects: [
                    {
                      type: 'signer-id',
                      id: signer.identity.keyId,
                      sha256: sha256Hex(signer.identity.certificateDer),
                    },
                    {
                      type: 'ta-certificate',
                      id: signer.objects.keyId,
                      sha256: sha256Hex(signer.certificate.der),
                    },
                  ],
                }),
              );
              infos.forget(id);
              if (known !== null && !equalBytes(known.certificate.der, signer.certificate.der))
                session().notice(
                  'careful',
                  'The TA certificate is a new one: put ta.cer at every place of the TAL, and hand ta.tal out again if its places changed.',
                );
              job.report(0.6, 'Publishing');
              await publisher.publishOrNote();
              return ['proxy'];
            },
            refused: refusedEntry('ta.associate', title),
          }),
        };
      },
      publish() {
        const title = 'Publish the trust anchor';
        return {
          job: jobs.start({
            kind: 'ta.publish',
            title,
            async run(job) {
              job.commit();
              job.report(0.2, 'Publishing');
              await publisher.publish();
              return ['proxy'];
            },
            refused: refusedEntry('ta.publish', title),
          }),
        };
      },
      async proxyExport({ what, child, target, overwrite }) {
        const { content, id } = await file(what, child);
        return writeOut(deps, {
          action: 'ta.proxyExport',
          what,
          id,
          content,
          target,
          overwrite,
        });
      },
    },
  };
}
