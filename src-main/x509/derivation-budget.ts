/**
 * What opening one file may cost in all. Each derivation has its own limit (password-encryption.ts); a file can hold a
 * thousand of them, so they are added up before the first is done.
 */
import { children, expectTag, TAG, type Tlv } from './der-reader.ts';
import {
  algorithm,
  OWN_SCHEMES,
  PBES2,
  PBKDF2,
  rounds,
  SCRYPT,
  scryptParameters,
} from './password-encryption.ts';
import { X509Error } from './x509-error.ts';

/** Thirty keys as OpenSSL and Baleen write them today; about twenty seconds of work. */
const MOST_IN_ALL = 20_000_000;

export interface DerivationBudget {
  /** Throws X509Error when the file asks for more than it may. */
  take(rounds: number): void;
}

export function derivationBudget(most = MOST_IN_ALL): DerivationBudget {
  let left = most;
  return {
    take(count) {
      left -= count;
      if (left < 0)
        throw new X509Error(
          `The file asks for more than ${most} rounds of key derivation in all. Split it, or have it written anew.`,
        );
    },
  };
}

function costOfDerivation(scheme: Tlv | undefined): number {
  const { oid, parameters } = algorithm(scheme);
  const [, ...rest] = children(expectTag(parameters, TAG.sequence, 'the parameters of an algorithm'));
  if (oid === PBKDF2) return rounds(rest[0]);
  if (oid !== SCRYPT) return 0;
  const { N, r, p } = scryptParameters(rest);
  return N * r * p;
}

/** Rounds that decrypting under this AlgorithmIdentifier takes; 0 for what is refused anyway. */
export function costOf(scheme: Tlv | undefined): number {
  const { oid, parameters } = algorithm(scheme);
  const parts = (): Tlv[] => children(expectTag(parameters, TAG.sequence, 'the parameters of an algorithm'));
  if (oid === PBES2) return costOfDerivation(parts()[0]);
  const own = OWN_SCHEMES[oid];
  // SHA-1 gives 20 octets a turn; the initialisation vector is a turn of its own (RFC 7292 B.2).
  return own === undefined ? 0 : rounds(parts()[1]) * (Math.ceil(own.keyLength / 20) + 1);
}

/** The same of a PBMAC1 AlgorithmIdentifier's parameters. */
export function costOfMac(parameters: Tlv | undefined): number {
  return costOfDerivation(children(expectTag(parameters, TAG.sequence, 'the parameters of a MAC'))[0]);
}
