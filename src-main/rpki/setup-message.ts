/** The four messages by which two parties get to know each other (RFC 8183), as values. How they are written is elsewhere. */
import { isPlainUri } from './plain-name.ts';

interface SetupMessage {
  /** A certificate in the form of krill-ta.md 5.5. */
  identityDer: Uint8Array;
  /** What the sender calls the matter, to be repeated in the answer. */
  tag: string | null;
}

/** RFC 8183 5.2.1: a child to its parent. */
export interface ChildRequest extends SetupMessage {
  childHandle: string;
}

/** RFC 8183 5.2.2: a parent to its child. */
export interface ParentResponse extends SetupMessage {
  parentHandle: string;
  /** As the parent calls it, whatever the child asked for. */
  childHandle: string;
  /** Where RFC 6492 messages go: http or https. */
  serviceUri: string;
}

/** RFC 8183 5.2.3: an authority to its publication server. */
export interface PublisherRequest extends SetupMessage {
  publisherHandle: string;
}

/** RFC 8183 5.2.4: a publication server to an authority. */
export interface RepositoryResponse extends SetupMessage {
  publisherHandle: string;
  /** Where RFC 8181 messages go: http or https. */
  serviceUri: string;
  /** The rsync folder it may publish in; ends in "/". */
  siaBase: string;
  rrdpNotificationUri: string | null;
}

/** One line of at most 1,024 characters (RFC 8183 appendix A). */
export function isTag(text: string): boolean {
  return /^\P{Cc}{0,1024}$/u.test(text);
}

/** Whether it is an rsync folder once it ends in "/", which APNIC leaves out. */
export function isSiaBase(uri: string): boolean {
  return isPlainUri(asFolder(uri), 'rsync');
}

export function asFolder(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}
