/** What the proxy wants of the CAs below it that are in the same workspace. Types only; they live in ta/child. */
import type { ResourceClass } from '../../rpki/provisioning-message.ts';
import type { Identity } from '../signer/trust-anchor.ts';
import type { Publication } from '../publish/publication.ts';

/** What the CAs of this workspace would do next. */
export interface LocalWants {
  /** What they would ask for, were they asked now, in a sentence each; what was asked already is not among it. */
  wishes: string[];
  /** Handles of those whose new key waits for its activation. */
  activate: string[];
}

export interface LocalCas {
  /** Their identities by handle. */
  identities(): Promise<ReadonlyMap<string, Identity>>;
  /** Each asks its parent for what it needs and fetches what is ready. Answers a sentence for each. */
  askAll(): Promise<string[]>;
  /** `offer`: what the proxy would list for the child it knows as that; null: nothing. Nobody is asked by this. */
  wants(offer: (handle: string) => ResourceClass | null, now: Date): Promise<LocalWants>;
  /** What each publishes. */
  publications(): Promise<Publication[]>;
}
