/** What the proxy wants of the CAs below it that are in the same workspace. Types only; they live in ta/child. */
import type { Identity } from '../signer/trust-anchor.ts';
import type { Publication } from '../publish/publication.ts';

export interface LocalCas {
  /** Their identities by handle. */
  identities(): Promise<ReadonlyMap<string, Identity>>;
  /** Each asks its parent for what it needs and fetches what is ready. Answers a sentence for each. */
  askAll(): Promise<string[]>;
  /** What each publishes. */
  publications(): Promise<Publication[]>;
}
