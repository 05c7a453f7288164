/** The channels of where a proxy publishes: a server by its answer and certificate, or a folder. Decided once; how it is reached may change. */
import { AppError } from '../../lib/app-error.ts';
import { tooLarge } from '../../lib/atomic-file.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Domain } from '../../lib/domain.ts';
import { RpkiError } from '../../rpki/rpki-error.ts';
import { readRepositoryResponseXml } from '../../rpki/setup-xml.ts';
import { pinFault, pinOf } from '../net/try-server.ts';
import { requireFolderFree } from '../publish/folder-check.ts';
import { requireFile } from '../require-file.ts';
import type { ProxyDeps } from './proxy-channels.ts';
import type { ProxyRepository } from './proxy-state.ts';
import { folderRepository, movedFolder, requireNoOther, serverRepository, TA_HANDLE } from './repository.ts';

type Names = 'readRepository' | 'proxyRepository' | 'proxyPin' | 'proxyFolder' | 'proxyFolderMove';

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

export function repositoryChannels(deps: ProxyDeps): Pick<Domain<'ta'>, Names> {
  const { proxy, publisher } = deps;
  const setRepository = (repository: ProxyRepository): Promise<unknown> =>
    proxy.change(
      ({ state }) => {
        requireNoOther(state, repository);
        // A server at another address may have nothing yet.
        return { ...state, repository, out: new Map() };
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

  return {
    async readRepository({ blob }) {
      const { name, bytes } = deps.blobs.take(blob);
      const answer = repositoryAnswer(name, bytes);
      return {
        name,
        base: answer.siaBase,
        notify: answer.rrdpNotificationUri,
        serviceUri: answer.serviceUri,
        publisher: answer.publisherHandle,
        remark:
          answer.publisherHandle === TA_HANDLE
            ? null
            : `pub-req.xml asked for the publisher “${TA_HANDLE}”, and this answers “${answer.publisherHandle}”: it may be the answer for another one. Once a signer is associated, where the trust anchor publishes can never be changed.`,
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
      const path = deps.tickets.path(folder, 'export');
      const repository = folderRepository({ base: base.trim(), notify, path }, state.identity);
      requireNoOther(state, repository);
      await requireFolderFree(path, repository.contact.base);
      await setRepository(repository);
      deps.tickets.end(folder);
      return {};
    },
    async proxyFolderMove({ folder }) {
      const path = deps.tickets.path(folder, 'export');
      const { state } = await proxy.required();
      await requireFolderFree(path, movedFolder(state, path).contact.base);
      const after = await proxy.change(
        // At this place nothing was published yet, also when it is the old one made anew.
        (held) => ({
          ...held.state,
          repository: movedFolder(held.state, path),
          published: null,
          out: new Map(),
        }),
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
  };
}
