/** The content of a Ghostbusters record (RFC 6493 5): a vCard of few properties, read only. */
import type { Faults } from './fault.ts';

export const GHOSTBUSTERS_OID = '1.2.840.113549.1.9.16.1.35';

const ALLOWED = new Set(['BEGIN', 'VERSION', 'FN', 'ORG', 'ADR', 'TEL', 'EMAIL', 'END']);

/** Its properties by name, lines unfolded. */
export function readGhostbusters(content: Uint8Array, faults: Faults): Map<string, string[]> {
  const lines = Buffer.from(content)
    .toString('utf8')
    .replaceAll(/\r\n[ \t]/g, '')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  const found = new Map<string, string[]>();
  const names = lines.map((line) => (/^[A-Za-z0-9-]+(?=[;:])/.exec(line)?.[0] ?? '').toUpperCase());
  for (const [at, name] of names.entries()) {
    faults.check(ALLOWED.has(name), `the property "${name}" is not allowed`, 'RFC 6493 5');
    const line = lines[at] ?? '';
    found.set(name, [...(found.get(name) ?? []), line.slice(line.indexOf(':') + 1)]);
  }
  faults.check(
    lines[0]?.toUpperCase() === 'BEGIN:VCARD' && lines.at(-1)?.toUpperCase() === 'END:VCARD',
    'it is not one vCard',
    'RFC 6493 5',
  );
  faults.check(found.get('VERSION')?.join() === '4.0', 'the version is not 4.0', 'RFC 6493 5');
  faults.check(found.get('FN')?.length === 1, 'there is not one formatted name', 'RFC 6493 5');
  faults.check(
    ['ORG', 'ADR', 'TEL', 'EMAIL'].some((name) => found.has(name)),
    'there is no way to reach anybody',
    'RFC 6493 5',
  );
  return found;
}
