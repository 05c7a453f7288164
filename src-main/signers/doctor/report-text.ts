/** The whole report as text for a support ticket. It holds what the lines hold, and no secret: none is in them. */
import type { DoctorReport } from '#shared/contract/signer-doctor.ts';
import type { HsmEndpoint } from '../../lib/net-gate.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { hsmAddress } from '#shared/offline-hsm.ts';

export function endpointOf(settings: SignerSettings): HsmEndpoint | null {
  return settings.kind === 'kmip' ? { address: settings.host, port: settings.port } : null;
}

/** By name; that of a server with its address, which the record has then. */
export function titleOf({ name, settings }: { name: string; settings: SignerSettings }): string {
  const address = hsmAddress(settings);
  return address === null ? name : `${name} (${address})`;
}

export const KIND = { software: 'software', pkcs11: 'PKCS#11', kmip: 'KMIP' } as const;

const WORD = { running: '...', good: 'good', careful: 'CAREFUL', bad: 'BAD', skipped: 'skipped' } as const;

export function reportText(
  report: Pick<DoctorReport, 'at' | 'lines' | 'toml'>,
  about: { name: string; kind: string; version: string },
): string {
  const lines = report.lines.flatMap(({ state, title, text, cause, check, fix, details }) => [
    `[${WORD[state]}] ${title}: ${text}`,
    ...(cause === '' ? [] : [`    Cause: ${cause}`]),
    ...(check === '' ? [] : [`    Check: ${check}`]),
    ...(fix === '' ? [] : [`    Fix: ${fix}`]),
    ...details.flatMap((one) => one.split('\n')).map((one) => `    ${one}`),
  ]);
  return [
    `Baleen's doctor on the signer "${about.name}" (${about.kind})`,
    `${report.at}, ${about.version}`,
    '',
    ...lines,
    ...(report.toml === '' ? [] : ['', report.toml.trimEnd()]),
    '',
  ].join('\n');
}
