/** What is said of settings that will be others: above all where they lead, and whom they believe there. Pure. */
import { inFours } from '#shared/fingerprint-text.ts';
import type { KmipSettings, Pkcs11Settings, SignerSettings } from '#shared/contract/signer-settings.ts';

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

function serverChanges(name: string, before: KmipSettings, next: KmipSettings): string[] {
  const { insecure, serverSha256: pin, serverCertPath: cert, serverCaCertPath: authority } = next;
  const said: string[] = [];
  if (before.host !== next.host || before.port !== next.port)
    said.push(`${name} leads to another server: ${next.host}, port ${next.port}.`);
  if (before.insecure !== insecure)
    said.push(
      insecure
        ? `${name} does not check the certificate of its server any more.`
        : `${name} checks the certificate of its server again.`,
    );
  if (before.serverSha256 !== pin)
    said.push(
      pin === null
        ? `The certificate of the server of ${name} is pinned no more.`
        : `The certificate of the server of ${name} is pinned: SHA-256 ${inFours(pin)}.`,
    );
  if ((before.serverCertPath ?? '') !== (cert ?? ''))
    said.push(
      cert
        ? `${name} believes the one certificate in ${cert}.`
        : `${name} does not ask for the certificate in ${before.serverCertPath} any more.`,
    );
  if ((before.serverCaCertPath ?? '') !== (authority ?? ''))
    said.push(
      authority
        ? `${name} believes the authorities in ${authority}.`
        : `${name} does not ask for the authorities in ${before.serverCaCertPath} any more.`,
    );
  return said;
}

/** Fields that have a sentence of their own. */
const SAID = new Set<string>([
  ...(['host', 'port', 'insecure', 'serverSha256', 'serverCertPath'] satisfies (keyof KmipSettings)[]),
  ...(['serverCaCertPath'] satisfies (keyof KmipSettings)[]),
  ...(['libPath'] satisfies (keyof Pkcs11Settings)[]),
]);

const rest = (settings: SignerSettings): unknown =>
  Object.entries(settings).filter(([field]) => !SAID.has(field));

/** A sentence each; none when they are the same. */
export function settingChanges(
  name: string,
  before: SignerSettings | null,
  next: SignerSettings | null,
): string[] {
  const other = `${name} has other settings.`;
  if (before === null || next === null || before.kind !== next.kind) return same(before, next) ? [] : [other];
  const said: string[] = [];
  if (before.kind === 'kmip' && next.kind === 'kmip') said.push(...serverChanges(name, before, next));
  if (before.kind === 'pkcs11' && next.kind === 'pkcs11' && before.libPath !== next.libPath)
    said.push(`${name} loads another library: ${next.libPath}.`);
  return same(rest(before), rest(next)) ? said : [...said, other];
}
