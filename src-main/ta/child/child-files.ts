/** The files a local child hands out: online.json, child request, publisher request. Public, all of them. */
import type { ChildExport } from '#shared/contract/ta-child.ts';
import { writeChildInfo } from '../../rpki/child-info.ts';
import { writeChildRequestXml, writePublisherRequestXml } from '../../rpki/setup-xml.ts';
import { keyIn, type LocalChild } from './local-child.ts';

export function childFile(child: LocalChild, what: ChildExport): Uint8Array {
  const { handle, identity } = child;
  const identityDer = identity.certificateDer;
  switch (what) {
    case 'online':
      return writeChildInfo({ handle, identityDer }, keyIn(child, 'active')?.certificate?.resources);
    case 'child-request':
      return writeChildRequestXml({ childHandle: handle, identityDer, tag: null });
    case 'pub-req':
      return writePublisherRequestXml({ publisherHandle: handle, identityDer, tag: null });
  }
}
