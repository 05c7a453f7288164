/**
 * Where a proxy publishes: taken from a publication server's answer, or answered by Baleen itself when it is a folder
 * (RFC 8183 5.2.3, 5.2.4, T-020..T-023). With the signer it is decided for ever: everything that is issued points there.
 */
import { AppError } from '../../lib/app-error.ts';
import { equalBytes } from '../../lib/bytes.ts';
import type { RepositoryResponse } from '../../rpki/setup-message.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { isNotificationUri, isPlainUri, NOTIFICATION_FIX } from '../../rpki/plain-name.ts';
import type { Identity } from '../signer/trust-anchor.ts';
import type { ProxyRepository, ProxyState } from './proxy-state.ts';

/** The handle that publishes at the base itself (T-023). */
export const TA_HANDLE = 'ta';

/** The same place under the same identity: what is issued points there, however the server is reached. */
function isSamePlace(a: ProxyRepository, b: ProxyRepository): boolean {
  return (
    a.target.kind === 'server' &&
    b.target.kind === 'server' &&
    a.publisherHandle === b.publisherHandle &&
    a.contact.base === b.contact.base &&
    a.contact.notify === b.contact.notify &&
    equalBytes(a.serverIdentityDer, b.serverIdentityDer)
  );
}

/**
 * Before a signer is associated nothing is issued, so another one may be chosen. Throws AppError CONFLICT afterwards; a server
 * may have another address or TLS certificate by now.
 */
export function requireNoOther(state: ProxyState, repository: ProxyRepository): void {
  if (state.signer !== null && state.repository !== null && !isSamePlace(state.repository, repository))
    throw new AppError(
      'CONFLICT',
      `The trust anchor proxy already has a repository: ${state.repository.contact.base}. It can never be changed once a signer is associated.`,
    );
}

/** The same folder repository at another place of this machine: nothing that is issued names that. Throws AppError NOT_ALLOWED_NOW. */
export function movedFolder({ repository }: ProxyState, path: string): ProxyRepository {
  if (repository?.target.kind !== 'folder')
    throw new AppError('NOT_ALLOWED_NOW', 'The trust anchor proxy does not publish into a folder.');
  return { ...repository, target: { kind: 'folder', path } };
}

/** `pin`: SHA-256 of the server's TLS certificate as the operator compared it; null: public CAs decide. */
export function serverRepository(answer: RepositoryResponse, pin: string | null): ProxyRepository {
  return {
    contact: {
      base: answer.siaBase,
      notify: answer.rrdpNotificationUri,
      serverSpki: parseCertificate(answer.identityDer).spkiDer,
      serviceUri: answer.serviceUri,
    },
    serverIdentityDer: answer.identityDer,
    publisherHandle: answer.publisherHandle,
    target: { kind: 'server', pin },
  };
}

/** Throws AppError INVALID_INPUT at the field. */
export function folderRepository(
  order: { base: string; notify: string | null; path: string },
  identity: Identity,
): ProxyRepository {
  const base = order.base.endsWith('/') ? order.base : `${order.base}/`;
  if (!isPlainUri(base, 'rsync') || !/^rsync:\/\/[^/]+\/[^/]+\//.test(base))
    throw new AppError('INVALID_INPUT', 'The base must be an rsync URI with a module.', {
      fields: [{ path: 'base', message: 'Write it like rsync://rpki.example.net/repo/' }],
    });
  if (order.notify !== null && !isNotificationUri(order.notify))
    throw new AppError(
      'INVALID_INPUT',
      'The RRDP notification must be an https URI that ends in a file name with .xml, or left out.',
      {
        fields: [
          { path: 'notify', message: `It does not end in a file name with .xml. ${NOTIFICATION_FIX}` },
        ],
      },
    );
  const host = base.slice('rsync://'.length).split('/')[0] ?? '';
  return {
    contact: {
      base,
      notify: order.notify,
      serverSpki: identity.spkiDer,
      // Nobody answers there: files are laid into a folder. Krill's signer wants the field, and does not use it.
      serviceUri: `https://${host}/rfc8181/${TA_HANDLE}/`,
    },
    serverIdentityDer: identity.certificateDer,
    publisherHandle: TA_HANDLE,
    target: { kind: 'folder', path: order.path },
  };
}
