/** The files a proxy hands out: set-up messages, its request, what relying parties fetch. Public, all of them. */
import type { ProxyExport } from '#shared/contract/ta-proxy.ts';
import type { recordExports } from '#shared/contract/ta-record.ts';
import { AppError } from '../../lib/app-error.ts';
import { toJson } from '../../lib/json-shape.ts';
import {
  writeParentResponseXml,
  writePublisherRequestXml,
  writeRepositoryResponseXml,
} from '../../rpki/setup-xml.ts';
import { printed } from '../export.ts';
import { repositoryContactJson } from '../repository-contact.ts';
import { talText } from '../signer/signer-view.ts';
import { identityJson } from '../signer/trust-anchor.ts';
import { requireChild } from './change-children.ts';
import { noneOpen } from './make-request.ts';
import type { ProxyRepository, ProxyState } from './proxy-state.ts';
import { TA_HANDLE } from './repository.ts';

export type ProxyRecord = (typeof recordExports)[number];
/** Both files of the response that was taken last, for a signer that lost it with a restore. */
export type LastTaken = 'last-request' | 'last-response';

function repositoryOf({ repository }: ProxyState): ProxyRepository {
  if (repository === null)
    throw new AppError(
      'NOT_ALLOWED_NOW',
      'The trust anchor proxy has no repository yet. Configure it first.',
    );
  return repository;
}

function signerOf({ signer }: ProxyState): NonNullable<ProxyState['signer']> {
  if (signer === null)
    throw new AppError('NOT_ALLOWED_NOW', 'The trust anchor proxy has no associated signer yet.');
  return signer;
}

/** The repository's answer for a publisher, as a publication server would give it: a folder's is made here. */
export function repositoryAnswer(
  repository: ProxyRepository,
  publisher: { handle: string; base: string },
): Uint8Array {
  const { contact } = repository;
  return writeRepositoryResponseXml({
    publisherHandle: publisher.handle,
    serviceUri: contact.serviceUri,
    siaBase: publisher.base,
    rrdpNotificationUri: contact.notify,
    identityDer: repository.serverIdentityDer,
    tag: null,
  });
}

/** The bytes of what is asked. `serviceUri`: where the child sends its messages. Throws AppError. */
export function proxyFile(
  state: ProxyState,
  asked: {
    what: Exclude<ProxyExport, ProxyRecord | LastTaken>;
    child: string | null;
    serviceUri: string;
  },
): Uint8Array {
  switch (asked.what) {
    case 'pub-req':
      return writePublisherRequestXml({
        publisherHandle: TA_HANDLE,
        identityDer: state.identity.certificateDer,
        tag: null,
      });
    case 'repo-res': {
      const repository = repositoryOf(state);
      return repositoryAnswer(repository, {
        handle: repository.publisherHandle,
        base: repository.contact.base,
      });
    }
    case 'proxy-id':
      return printed(identityJson(state.identity));
    case 'proxy-repo':
      return printed(toJson(repositoryContactJson(repositoryOf(state).contact)));
    case 'request':
      if (state.open === null) throw noneOpen();
      return state.open.file;
    case 'tal':
      return Buffer.from(talText(signerOf(state)), 'utf8');
    case 'certificate':
      return signerOf(state).certificate.der;
    case 'parent-response': {
      const child = requireChild(state, asked.child ?? '');
      return writeParentResponseXml({
        parentHandle: TA_HANDLE,
        childHandle: child.handle,
        serviceUri: asked.serviceUri,
        identityDer: state.identity.certificateDer,
        tag: null,
      });
    }
  }
}
