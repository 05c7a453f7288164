/** What one publisher has to publish: a complete set of objects below its base. Types and the trust anchor's own set. */
import type { TaObjects } from '../objects.ts';
import type { RepositoryContact } from '../repository-contact.ts';
import type { PublishTarget } from '../proxy/proxy-state.ts';
import type { PublishedFile } from './object-paths.ts';
import type { MessageSigning } from '../signer/signing.ts';

export interface Publication {
  /** RFC 8183 publisher handle. */
  publisher: string;
  contact: RepositoryContact;
  target: PublishTarget;
  signing: MessageSigning;
  files: PublishedFile[];
}

/** CRL, manifest and certificates, directly at the base (krill-ta.md 6.1). */
export function anchorFiles({ baseUri, crl, manifest, issued }: TaObjects): PublishedFile[] {
  return [
    { uri: `${baseUri}${crl.name}`, der: crl.der },
    { uri: `${baseUri}${manifest.name}`, der: manifest.der },
    ...[...issued].map(([key, { der }]) => ({ uri: `${baseUri}${key}.cer`, der })),
  ];
}
