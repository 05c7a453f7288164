/** The files of a local child: online.json, child request, publisher request, and a folder's answer to that. Public, all of them. */
import type { ChildExport } from '#shared/contract/ta-child.ts';
import { writeChildInfo } from '../../rpki/child-info.ts';
import {
  writeChildRequestXml,
  writePublisherRequestXml,
  writeRepositoryResponseXml,
} from '../../rpki/setup-xml.ts';
import { AppError } from '../../lib/app-error.ts';
import { type ChildRepository, keyIn, type LocalChild } from './local-child.ts';

/** `folder`: what the trust anchor's folder answers it; null where a server has to. Throws AppError NOT_ALLOWED_NOW. */
export function childFile(child: LocalChild, what: ChildExport, folder: ChildRepository | null): Uint8Array {
  const { handle, identity } = child;
  const identityDer = identity.certificateDer;
  switch (what) {
    case 'online':
      return writeChildInfo({ handle, identityDer }, keyIn(child, 'active')?.certificate?.resources);
    case 'child-request':
      return writeChildRequestXml({ childHandle: handle, identityDer, tag: null });
    case 'pub-req':
      return writePublisherRequestXml({ publisherHandle: handle, identityDer, tag: null });
    case 'repo-res':
      if (folder === null)
        throw new AppError(
          'NOT_ALLOWED_NOW',
          'The trust anchor does not publish into a folder: its publication server answers pub-req.xml.',
        );
      return writeRepositoryResponseXml({
        publisherHandle: folder.handle,
        serviceUri: folder.serviceUri,
        siaBase: folder.base,
        rrdpNotificationUri: folder.notify,
        identityDer: folder.identityDer,
        tag: null,
      });
  }
}
