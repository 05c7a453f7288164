/** What is out at each base, remembered as a digest of the whole set, and what of it differs from what is to be there. */
import { createHash } from 'node:crypto';
import type { PublishedFile } from './object-paths.ts';
import type { Publication } from './publication.ts';

/** By base: SHA-256 of the set that is out there; a base where nothing is out is missing. */
export type OutThere = ReadonlyMap<string, string>;

/** Of all URIs and octets, in whatever order they come; null: there is none. */
function setDigest(files: readonly PublishedFile[]): string | null {
  if (files.length === 0) return null;
  const hash = createHash('sha256');
  for (const { uri, der } of files.toSorted((a, b) => (a.uri < b.uri ? -1 : 1)))
    hash.update(`${uri} ${der.length}\n`).update(der);
  return hash.digest('hex').toUpperCase();
}

/** Whose set is another one than is out: handles, and bases of those that are no publishers any more and whose objects are still out. */
export function notOut(out: OutThere, wanted: readonly Publication[]): { publisher: string; base: string }[] {
  const bases = new Set(wanted.map(({ contact }) => contact.base));
  return [
    ...wanted
      .filter(({ contact, files }) => (out.get(contact.base) ?? null) !== setDigest(files))
      .map(({ publisher, contact }) => ({ publisher, base: contact.base })),
    ...[...out.keys()].filter((base) => !bases.has(base)).map((base) => ({ publisher: base, base })),
  ];
}

/** After `all` were published but the `refused` ones: what these had is out as before, and of whoever is no publisher any more nothing. */
export function nowOut(
  out: OutThere,
  all: readonly Publication[],
  refused: ReadonlySet<Publication>,
): OutThere {
  return new Map(
    all.flatMap((one) => {
      const { base } = one.contact;
      const digest = refused.has(one) ? (out.get(base) ?? null) : setDigest(one.files);
      return digest === null ? [] : [[base, digest] as const];
    }),
  );
}

export const sameOut = (a: OutThere, b: OutThere): boolean =>
  a.size === b.size && [...a].every(([base, digest]) => b.get(base) === digest);
