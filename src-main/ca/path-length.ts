/**
 * How many authorities may still stand below an issuer: the path length of everything above counts, not the issuer's alone
 * (RFC 5280 6.1.4 m). What goes beyond it is refused, because no verifier would accept it.
 */
import { problem, type Problem } from '../issuing/problem.ts';
import type { Certificate } from '../x509/certificate.ts';
import { decoded } from '../x509/certificate-view.ts';
import { readBasicConstraints } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import type { IssueContext } from './issue-context.ts';

/** `ancestors`: the issuer first. null: nothing bounds it; 0: leaves only; negative: not even leaves. */
export function roomBelow(ancestors: readonly Certificate[]): number | null {
  const rooms = ancestors.flatMap((ancestor, depth) => {
    const { pathLength } = decoded(ancestor.extensions, EXTENSION.basicConstraints, readBasicConstraints, {
      isCa: true,
      pathLength: null,
    });
    return pathLength === null ? [] : [pathLength - depth];
  });
  return rooms.length === 0 ? null : Math.min(...rooms);
}

export function checkPathLength({ data, issuer }: IssueContext): Problem[] {
  const room = issuer === null ? null : roomBelow(issuer.ancestors);
  const name = issuer?.authority.certificate.name ?? '';
  if (room !== null && room < 0)
    return [
      problem(
        'issuer',
        `${name} stands below more authorities than one above it allows: nothing it signs is accepted.`,
        'Choose another authority.',
      ),
    ];
  if (data.purpose !== 'root' && data.purpose !== 'intermediate') return [];
  if (data.purpose === 'intermediate' && room === 0)
    return [
      problem(
        'issuer',
        `${name} may sign leaves, no further authority: its own path length or that of one above it says so.`,
        'Choose the authority above it.',
      ),
    ];
  const { pathLength } = data;
  const most = room === null || data.purpose === 'root' ? null : room - 1;
  if (pathLength === null)
    return most === null
      ? []
      : [
          problem(
            'pathLength',
            `The authorities above allow ${most} at most; without a limit it would promise more.`,
            most === 0 ? 'Choose 0.' : `Choose ${most} or less.`,
          ),
        ];
  if (!Number.isInteger(pathLength) || pathLength < 0 || pathLength > 10)
    return [
      problem('pathLength', 'A path length is a whole number from 0 to 10.', '0: it signs leaves only.'),
    ];
  if (most !== null && pathLength > most)
    return [
      problem(
        'pathLength',
        most === 0
          ? 'The authorities above allow no further layer.'
          : `The authorities above allow ${most} at most.`,
        most === 0 ? 'Choose 0: it signs leaves only.' : `Choose ${most} or less: more would never hold.`,
      ),
    ];
  return [];
}
