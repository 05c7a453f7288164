/**
 * What an authority and its publication server say to each other (RFC 8181), as values, and what each error means to the
 * operator. How it is written is elsewhere.
 */

/** `tag` names the element in an error; hashes are SHA-256 in upper-case hex. */
export type PublicationElement =
  /** `hash` of what it replaces; null: nothing is there yet. */
  | { type: 'publish'; tag: string; uri: string; der: Uint8Array; hash: string | null }
  | { type: 'withdraw'; tag: string; uri: string; hash: string };

export type PublicationQuery =
  | { type: 'list' }
  /** All of it is done or nothing (RFC 8181 2.2). */
  | { type: 'delta'; elements: PublicationElement[] };

/** Each code of RFC 8181 2.5, with what it means and what to do. */
export const PUBLICATION_ERRORS = {
  xml_error:
    'The publication server could not read the message; it may be of another version, so compare the versions of both sides.',
  permission_failure:
    'The publication server does not let this authority publish there; check that the handle is enrolled and that each URI lies below its sia_base.',
  bad_cms_signature:
    'The publication server did not accept the signature; the enrolled identity is another one, or the clocks differ.',
  object_already_present:
    'An object lies at that URI already, though nothing was said of replacing it; ask for the list and publish again.',
  no_object_present:
    'Nothing lies at the URI that was to be replaced or withdrawn; ask for the list and publish again.',
  no_object_matching_hash:
    'Another object lies at the URI than the one to be replaced or withdrawn; somebody else may publish with this identity, so ask for the list and look before publishing again.',
  consistency_problem:
    'The publication server found that the objects do not fit together and took none of them; publish the whole set again.',
  other_error: 'The publication server failed for a reason of its own; its text says more.',
} as const;

export type PublicationErrorCode = keyof typeof PUBLICATION_ERRORS;

export interface PublicationError {
  code: PublicationErrorCode;
  /** Of the element that failed; null: the whole message did. */
  tag: string | null;
  /** The server's own words. */
  text: string | null;
  failed: PublicationElement | { type: 'list' } | null;
}

export interface PublishedObject {
  uri: string;
  /** SHA-256, upper-case hex. */
  hash: string;
}

export type PublicationReply =
  | { type: 'list'; objects: PublishedObject[] }
  | { type: 'success' }
  | { type: 'error'; errors: PublicationError[] };
