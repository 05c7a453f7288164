/** The content of a Ghostbusters record (RFC 6493 5): one vCard (RFC 6350) of few properties, read only. */
import { X509Error } from '../x509/x509-error.ts';
import type { Faults } from './fault.ts';

export const GHOSTBUSTERS_OID = '1.2.840.113549.1.9.16.1.35';

const CLAUSE = 'RFC 6493 5';
const ALLOWED = new Set(['BEGIN', 'VERSION', 'FN', 'ORG', 'ADR', 'TEL', 'EMAIL', 'END']);
const ONCE = ['BEGIN', 'VERSION', 'END'];
/** RFC 6350 3.3: group, name, parameters, value. */
const LINE =
  /^(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,])*(?:,(?:"[^"]*"|[^";:,])*)*)*):(.*)$/su;

function textOf(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new X509Error('the vCard is not UTF-8');
  }
}

/** Its content lines, unfolded (RFC 6350 3.2). */
function linesOf(content: Uint8Array): string[] {
  const text = textOf(content);
  if (!text.endsWith('\r\n') || /[^\r]\n|\r[^\n]/.test(text))
    throw new X509Error('a line of the vCard does not end with carriage return and line feed');
  return text
    .slice(0, -2)
    .replaceAll(/\r\n[ \t]/g, '')
    .split('\r\n');
}

/** Its properties by name. Throws X509Error when it is no text of lines. */
export function readGhostbusters(content: Uint8Array, faults: Faults): Map<string, string[]> {
  const lines = linesOf(content);
  const found = new Map<string, string[]>();
  for (const line of lines) {
    const [, named = '', , value = ''] = LINE.exec(line) ?? [];
    const name = named.toUpperCase();
    faults.check(ALLOWED.has(name), `the property "${name || line.slice(0, 40)}" is not allowed`, CLAUSE);
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  faults.check(
    lines[0]?.toUpperCase() === 'BEGIN:VCARD' && lines.at(-1)?.toUpperCase() === 'END:VCARD',
    'it is not one vCard',
    CLAUSE,
  );
  for (const name of ONCE) faults.check(found.get(name)?.length === 1, `${name} does not stand once`, CLAUSE);
  faults.check(
    LINE.exec(lines[1] ?? '')?.[1]?.toUpperCase() === 'VERSION' && found.get('VERSION')?.[0] === '4.0',
    'the second line is not the version, 4.0',
    CLAUSE,
  );
  faults.check(
    found.get('FN')?.every((name) => name.trim() !== '') === true,
    'there is no formatted name',
    CLAUSE,
  );
  faults.check(
    ['ADR', 'TEL', 'EMAIL'].some((name) => found.has(name)),
    'there is no way to reach anybody: no address, telephone or email',
    CLAUSE,
  );
  return found;
}
