/** The one HSM of an offline station: which address the doctor may connect to there. Main refuses by it, the screens say it before. */
import type { SignerSettings } from './contract/signer-settings.ts';

/** Where a KMIP server is, as `10.0.0.1:5696` or `[2001:db8::1]:5696`. */
export function addressText({ address, port }: { address: string; port: number }): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** The address of a KMIP server; null: a signer that no socket of ours reaches. */
export function hsmAddress(settings: SignerSettings | null): string | null {
  return settings?.kind === 'kmip' ? addressText({ address: settings.host, port: settings.port }) : null;
}

/**
 * Why an offline station does not examine the signer with these settings, as a sentence; null: it may. It reaches the address that
 * is in force and nothing else, and with none in force the one that is pending.
 */
export function whyNotExamined(
  asked: SignerSettings | null,
  about: { inForce: readonly (SignerSettings | null)[]; pending: readonly (SignerSettings | null)[] },
): string | null {
  const address = hsmAddress(asked);
  if (address === null) return null;
  const others = (all: readonly (SignerSettings | null)[]): string[] =>
    all.map(hsmAddress).filter((one) => one !== null && one !== address) as string[];
  const inForce = about.inForce.map(hsmAddress);
  if (inForce.includes(address)) return null;
  const [known] = others(about.inForce);
  if (known !== undefined)
    return `This offline station reaches ${known} and nothing else while that is in force, so ${address} is not examined: put it in the place of the one in force and apply that, or discard it.`;
  return others(about.pending).length === 0
    ? null
    : 'An offline station may speak with one HSM only. Leave one KMIP server in what is pending, then examine it.';
}
