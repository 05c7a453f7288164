/**
 * One certificate as it was decided: profile, names, times. What every issuer (wizard, mesh, later ACME) hands to the
 * builder; nothing is decided here.
 */
import type { AlternativeName } from './alternative-name.ts';
import type { Validity } from './lifetime.ts';
import type { Profile } from './profile.ts';
import type { SubjectAttribute } from './subject-rules.ts';
import type { Subtree } from '../x509/extension-writer.ts';

export interface Order {
  profile: Profile;
  subject: readonly SubjectAttribute[];
  names: readonly AlternativeName[];
  validity: Validity;
  /** Authorities only; null writes none. */
  pathLength: number | null;
  /** Authorities only: permitted subtrees. */
  permitted: readonly Subtree[];
  status: { crl: readonly string[]; ocsp: readonly string[]; caIssuers: readonly string[] };
}

/** Who signs, as far as it stands in the certificate. */
export interface IssuerIdentity {
  /** The subject of the issuer's own certificate, byte by byte. */
  nameDer: Uint8Array;
  /** Its subject key identifier as it stands, upper-case hex; method 1 where it has none. */
  keyIdentifier: string;
}
