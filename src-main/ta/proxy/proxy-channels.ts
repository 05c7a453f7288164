/** The channels of a trust anchor's proxy: its set-up and what it hands out. Decisions are in the files it calls. */
import type { ProxyExport } from '#shared/contract/ta-proxy.ts';
import { AppError } from '../../lib/app-error.ts';
import { tooLarge } from '../../lib/atomic-file.ts';
import type { Domain } from '../../lib/domain.ts';
import { RpkiError } from '../../rpki/rpki-error.ts';
import { readRepositoryResponseXml } from '../../rpki/setup-xml.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import { exchangesFile } from '../export.ts';
import { pinFault, pinOf } from '../net/try-server.ts';
import { requireFile } from '../require-file.ts';
import { requireFolderFree } from '../publish/folder-check.ts';
import { timingProblems } from '../signer/setup.ts';
import type { TaDeps } from '../ta.ts';
import { writeOut } from '../write-out.ts';
import { associate, parseSignerInfo, signerInfoView } from './associate.ts';
import { createHeldFiles } from './held-files.ts';
import { initProxy, requireNoProxy } from './init-proxy.ts';
import type { LocalCas } from './local-cas.ts';
import { proxyFile } from './proxy-files.ts';
import type { AssociatedSigner, ProxyRepository } from './proxy-state.ts';
import { proxyView } from './proxy-view.ts';
import type { Publisher } from './publisher.ts';
import { folderRepository, movedFolder, requireNoOther, serverRepository } from './repository.ts';
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
  | 'proxyInit'
  | 'readRepository'
  | 'proxyRepository'
  | 'proxyPin'
  | 'proxyFolder'
  | 'proxyFolderMove'
  | 'setProxyTiming'
  | 'openSignerInfo'
  | 'signerInfo'
  | 'associate'
  | 'publish'
  | 'proxyExport';

const SETUP_BYTES = 1_048_576;

function repositoryAnswer(name: string, bytes: Uint8Array) {
  if (bytes.length > SETUP_BYTES) throw tooLarge(name, bytes.length, SETUP_BYTES);
  requireFile(name, bytes, 'repository-response');
  try {
    return readRepositoryResponseXml(bytes);
  } catch (error) {
    if (!(error instanceof RpkiError)) throw error;
    throw new AppError('INVALID_INPUT', `${name} cannot be used: ${error.message}`);
  }
}

/** `openSignerInfo` and `file`: the same as the channels, for files that come and go another way. */
export function proxyChannels(deps: ProxyDeps): {
  channels: Pick<Domain<'ta'>, Names>;
  openSignerInfo(name: string, bytes: Uint8Array): Promise<string>;
  file(what: ProxyExport, child: string | null): Promise<{ content: Uint8Array; id: string }>;
  clear(): void;
} {
  const { session, jobs, random, clock, changed, proxy, locals, publisher, refusedEntry } = deps;
  const now = (): Date => clock.now();
  const infos = createHeldFiles<{ name: string; signer: AssociatedSigner }>(deps, 'info');

  const setRepository = (repository: ProxyRepository): Promise<unknown> =>
    proxy.change(
      ({ state }) => {
        requireNoOther(state, repository);
        return { ...state, repository };
      },
      () => ({
        action: 'ta.proxyRepository',
        summary: `The proxy publishes at ${repository.contact.base} by ${repository.target.kind === 'folder' ? `the folder ${repository.target.path}` : repository.contact.serviceUri}`,
        subjects: [
          {
            type: 'repository',
            id: repository.contact.base,
            sha256: sha256Hex(repository.serverIdentityDer),
          },
          ...(repository.target.kind === 'server' && repository.target.pin !== null
            ? [
                {
                  type: 'tls-certificate',
                  id: repository.contact.serviceUri,
                  sha256: repository.target.pin,
                },
              ]
            : []),
        ],
      }),
    );

  async function openSignerInfo(name: string, bytes: Uint8Array): Promise<string> {
    await proxy.required();
    requireFile(name, bytes, 'signer-info');
    return infos.put({ name, signer: parseSignerInfo(name, bytes) });
  }

  async function file(what: ProxyExport, child: string | null): Promise<{ content: Uint8Array; id: string }> {
    const { state, past } = await proxy.required();
    const serviceUri = what === 'parent-response' ? await deps.serviceUri(child ?? '') : '';
    const content =
      what === 'exchanges-text' || what === 'exchanges-json'
        ? await exchangesFile(session(), past, what === 'exchanges-text' ? 'text' : 'json')
        : proxyFile(state, { what, child, serviceUri });
    return { content, id: child ?? state.identity.keyId };
  }

  return {
    openSignerInfo,
    file,
    clear: infos.clear,
    channels: {
      async proxy() {
        const held = await proxy.held();
        if (held === null) return { proxy: null };
        const local = new Set([...(await locals.identities()).values()].map(({ keyId }) => keyId));
        const signerHere = (await session().store.run('ta.version', { half: 'signer' })) !== null;
        const view = proxyView(held, now(), { local, signerHere });
        const problem = publisher.problem();
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
      async proxyInit() {
        await requireNoProxy(deps);
        const title = 'Make the trust anchor proxy';
        return {
          job: jobs.start({
            kind: 'ta.proxyInit',
            title,
            async run(job) {
              const ids = await initProxy({ random, router: deps.router, session, now }, job);
              changed('ta', []);
              changed('keys', []);
              return ids;
            },
            refused: refusedEntry('ta.proxyInit', title),
          }),
        };
      },
      async readRepository({ blob }) {
        const { name, bytes } = deps.blobs.take(blob);
        const answer = repositoryAnswer(name, bytes);
        return {
          name,
          base: answer.siaBase,
          notify: answer.rrdpNotificationUri,
          serviceUri: answer.serviceUri,
          publisher: answer.publisherHandle,
          identity: sha256Hex(answer.identityDer),
        };
      },
      async proxyPin({ pin }) {
        const { repository } = (await proxy.required()).state;
        if (repository?.target.kind !== 'server')
          throw new AppError('NOT_ALLOWED_NOW', 'The proxy publishes through no server.');
        const plain = pinOf(pin);
        const fault = await pinFault(deps.net, repository.contact.serviceUri, plain);
        if (fault !== null)
          throw new AppError('INVALID_INPUT', fault, { fields: [{ path: 'pin', message: fault }] });
        await setRepository({ ...repository, target: { kind: 'server', pin: plain } });
        return {};
      },
      async proxyRepository({ blob, pin }) {
        const { name, bytes } = deps.blobs.take(blob);
        await setRepository(serverRepository(repositoryAnswer(name, bytes), pinOf(pin)));
        return {};
      },
      async proxyFolder({ folder, base, notify }) {
        const { state } = await proxy.required();
        const path = deps.tickets.path(folder);
        const repository = folderRepository({ base: base.trim(), notify, path }, state.identity);
        requireNoOther(state, repository);
        await requireFolderFree(path, repository.contact.base);
        await setRepository(repository);
        deps.tickets.end(folder);
        return {};
      },
      async proxyFolderMove({ folder }) {
        const path = deps.tickets.path(folder);
        const { state } = await proxy.required();
        await requireFolderFree(path, movedFolder(state, path).contact.base);
        const after = await proxy.change(
          (held) => ({ ...held.state, repository: movedFolder(held.state, path) }),
          ({ repository }, before) => ({
            action: 'ta.proxyFolderMove',
            summary:
              `The folder of ${repository?.contact.base} is ${path} from now on, before ${before.repository?.target.kind === 'folder' ? before.repository.target.path : 'none'}`.slice(
                0,
                300,
              ),
            subjects: [],
          }),
        );
        deps.tickets.end(folder);
        if (after.signer !== null) await publisher.publishOrNote();
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
        const { name, signer } = infos.get(id);
        return signerInfoView((await proxy.required()).state, name, signer, now());
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
              await proxy.change(
                ({ state }) => associate(state, signer, fingerprint, now()),
                (_, before) => ({
                  action: 'ta.associate',
                  summary: `${before.signer === null ? 'Associated' : 'Updated'} the signer ${signer.identity.keyId} of the trust anchor ${signer.objects.keyId}`,
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
