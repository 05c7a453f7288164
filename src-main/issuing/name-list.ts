/**
 * The wizard's four name fields turned into the list that goes into the certificate: split, read, without repeats,
 * in the order typed. It decides nothing about whether a name may be certified.
 */
import { type AlternativeName, type NameType, readAlternativeName } from './alternative-name.ts';
import { problem, type Problem, sentence } from './problem.ts';

export interface NameList {
  names: AlternativeName[];
  problems: Problem[];
  /** What was made of a typed text: "recognised as an IP address". */
  notes: string[];
}

/** More would not fit into a TLS handshake of common servers. */
const MOST_NAMES = 1000;
const FIELDS: readonly NameType[] = ['dns', 'ip', 'uri', 'email'];

/** A value that holds one of these is more than one entry to this list. */
export const SEPARATOR = /[,;\r\n]/;

/** Entries of a list as people type it: commas, semicolons, white space or lines between them. */
export function splitList(text: string): string[] {
  return text.split(/[\s,;]+/u).filter((entry) => entry !== '');
}

/** The e-mail and DNS fields may hold blanks inside one wrong entry ("a b"), so only lines and commas split there. */
function splitNames(text: string): string[] {
  return text
    .split(/[,;\r\n]+/u)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** `fields`: as typed. Paths of problems are "names.dns" and so on. */
export function readNames(fields: Record<NameType, string>): NameList {
  const list: NameList = { names: [], problems: [], notes: [] };
  const seen = new Set<string>();
  for (const field of FIELDS) {
    for (const entry of splitNames(fields[field])) {
      const reading = readAlternativeName(entry, field);
      if (!reading.ok) {
        list.problems.push(problem(`names.${field}`, sentence(reading.message), reading.fix));
        continue;
      }
      const key = `${reading.name.type}:${reading.name.value}`;
      if (seen.has(key)) continue;
      seen.add(key);
      list.names.push(reading.name);
      if (reading.note !== '') list.notes.push(`${reading.name.value}: ${reading.note}`);
    }
  }
  if (list.names.length > MOST_NAMES)
    list.problems.push(
      problem('names.dns', `${list.names.length} names are too many, the most is ${MOST_NAMES}.`),
    );
  return list;
}
