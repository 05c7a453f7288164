/** Whether two settings lead to one place. Pure. */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';

/** Whether a PIN or password that is sent by these settings goes to where it went by those. */
export function samePlace(one: SignerSettings | null, other: SignerSettings | null): boolean {
  if (one?.kind === 'pkcs11' && other?.kind === 'pkcs11')
    return (
      one.libPath === other.libPath &&
      same(one.slot, other.slot) &&
      same(one.serial, other.serial) &&
      // Some name the file that says where the tokens are.
      same(sorted(one.environment), sorted(other.environment))
    );
  if (one?.kind !== 'kmip' || other?.kind !== 'kmip') return one === other;
  // SECURITY: whom nobody checks may be anybody.
  return (
    one.host === other.host &&
    one.port === other.port &&
    one.serverCaCertPath === other.serverCaCertPath &&
    one.serverSha256 === other.serverSha256 &&
    one.serverCertPath === other.serverCertPath &&
    (one.insecure || !other.insecure)
  );
}

const sorted = (variables: Readonly<Record<string, string>>): string[] =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted((left, right) => (left < right ? -1 : 1));
const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);
