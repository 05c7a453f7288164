/** The whole report as text for a support ticket. It holds what the lines hold, and no secret: none is in them. */
import type { DoctorReport } from '#shared/contract/signer-doctor.ts';

const WORD = { running: '...', good: 'good', careful: 'CAREFUL', bad: 'BAD', skipped: 'skipped' } as const;

export function reportText(
  report: Omit<DoctorReport, 'text'>,
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
