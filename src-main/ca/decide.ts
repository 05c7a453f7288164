/**
 * From a draft to an order, or to what stands in its way: names, limits, key, issuer, places. It signs nothing and looks
 * nothing up; the review and the signature both decide here, with the same answer.
 */
import { algorithmName, type KeyAlgorithm } from '#shared/contract/keys.ts';
import { checkLimits, decideLifetime } from '../issuing/lifetime.ts';
import { outsideOf, readSubtrees } from '../issuing/name-constraints.ts';
import { readNames, splitList } from '../issuing/name-list.ts';
import type { IssuerIdentity, Order } from '../issuing/order.ts';
import { problem, type Problem } from '../issuing/problem.ts';
import { checkSubject, markedSubject } from '../issuing/subject-rules.ts';
import { type RoutedKey } from '../signers/router.ts';
import type { SignerFacts } from '../signers/signer.ts';
import { keyAlgorithmOf, routedKey } from '../signers/stored-key.ts';
import { decoded } from '../x509/certificate-view.ts';
import { readNameConstraints, readSubjectKeyId } from '../x509/extension-reader.ts';
import { EXTENSION } from '../x509/oids.ts';
import { keyId } from '../x509/public-key.ts';
import { whyNoKey, whyNoRequest } from './certified-key.ts';
import type { IssueContext, IssuerContext } from './issue-context.ts';
import { isAuthorityPurpose, profileOf } from './issue-preset.ts';
import { checkPathLength } from './path-length.ts';
import { checkReplaced } from './replacement.ts';

export interface Decision {
  problems: Problem[];
  /** What was made of the typed text. */
  notes: string[];
  /** null when there are problems. */
  order: Order | null;
  issuer: IssuerIdentity | null;
  /** The subject's public key, or the algorithm of the key that will be made. */
  subjectKey: Uint8Array | KeyAlgorithm;
  /** What signs: a key, or the algorithm of the root's own that will be made. */
  signedBy: RoutedKey | KeyAlgorithm;
}

/** Why the chosen signer cannot make the key, as far as is known without contacting it; null when it may. */
function whyNoHolder(
  holder: SignerFacts | null,
  algorithm: KeyAlgorithm,
): { message: string; fix: string } | null {
  if (holder === null)
    return { message: 'The chosen signer is no longer configured.', fix: 'Choose another one.' };
  if (holder.state === 'unusable')
    return {
      message: `“${holder.name}” cannot be used now.`,
      fix: 'Ask its doctor under Signers, or choose another one.',
    };
  return holder.algorithms.length === 0 || holder.algorithms.includes(algorithm)
    ? null
    : {
        message: `“${holder.name}” makes no ${algorithmName(algorithm)} keys.`,
        fix: `Choose ${holder.algorithms.map(algorithmName).join(', ')}, or another signer.`,
      };
}

function checkKey(context: IssueContext): { subjectKey: Uint8Array | KeyAlgorithm; problems: Problem[] } {
  const { data, key, request, holder } = context;
  const { allowed, preset } = profileOf(data.purpose).keys;
  const refuse = (message: string, fix: string) => ({
    subjectKey: preset,
    problems: [problem('key', message, fix)],
  });
  const noHolder = data.key.from === 'new' ? whyNoHolder(holder, data.key.algorithm) : null;
  if (noHolder !== null) return refuse(noHolder.message, noHolder.fix);
  if (data.key.from === 'new')
    return allowed.includes(data.key.algorithm)
      ? { subjectKey: data.key.algorithm, problems: [] }
      : refuse('This type of key is not used for that purpose.', `Choose ${allowed.join(', ')}.`);
  const spkiDer = request?.spkiDer ?? key?.spkiDer;
  if (spkiDer === undefined)
    return refuse('The chosen key is no longer here.', 'Choose another or make a new one.');
  if (request !== null && isAuthorityPurpose(data.purpose))
    return refuse(
      'An authority is not made from a request here: its key must be in this workspace.',
      'Choose a leaf.',
    );
  const no = request === null ? whyNoKey(spkiDer, allowed) : whyNoRequest(request, allowed);
  if (no !== null) return refuse(no.message, no.fix);
  if (key !== null && isAuthorityPurpose(data.purpose) && !key.uses.includes('certificate'))
    return refuse('This key is not meant for signing certificates.', 'Make a new key for the authority.');
  return { subjectKey: spkiDer, problems: [] };
}

function checkIssuer(context: IssueContext): Problem[] {
  const { data, issuer } = context;
  if (data.purpose === 'root') return [];
  if (issuer === null)
    return [
      problem(
        'issuer',
        'Choose the authority that signs it.',
        'Only authorities whose key is here can be chosen.',
      ),
    ];
  const { certificate } = issuer.authority;
  if (issuer.key === null)
    return [
      problem(
        'issuer',
        `The key of ${certificate.name} is not in this workspace.`,
        'Choose another authority.',
      ),
    ];
  if (certificate.replacedBy !== null)
    return [
      problem('issuer', `${certificate.name} was replaced by a newer certificate.`, 'Choose the newer one.'),
    ];
  if (certificate.state === 'revoked')
    return [problem('issuer', `${certificate.name} was revoked.`, 'Choose another authority.')];
  return [];
}

const URL_START = /^https?:\/\/[^/]+/;

function urls(text: string, field: string): { values: string[]; problems: Problem[] } {
  const values = splitList(text);
  return {
    values,
    problems: values
      .filter((value) => !URL_START.test(value) || !URL.canParse(value) || !/^[\u0021-\u007e]+$/.test(value))
      .map((value) =>
        problem(`status.${field}`, `Invalid URL: ${value}.`, 'It begins with http:// or https://.'),
      ),
  };
}

function statusOf({ data }: IssueContext): { status: Order['status']; problems: Problem[] } {
  if (data.status.mode === 'none' || data.purpose === 'root')
    return { status: { crl: [], ocsp: [], caIssuers: [] }, problems: [] };
  const [crl, ocsp, caIssuers] = [
    urls(data.status.crl, 'crl'),
    urls(data.status.ocsp, 'ocsp'),
    urls(data.status.caIssuers, 'caIssuers'),
  ];
  const none = crl.values.length + ocsp.values.length + caIssuers.values.length === 0;
  return {
    status: { crl: crl.values, ocsp: ocsp.values, caIssuers: caIssuers.values },
    problems: [
      ...(none
        ? [problem('status.crl', 'No address is given.', 'Type one, or leave them out on purpose.')]
        : []),
      ...crl.problems,
      ...ocsp.problems,
      ...caIssuers.problems,
    ],
  };
}

export function identityOf({ certificate }: Pick<IssuerContext, 'certificate'>): IssuerIdentity {
  const own = decoded(certificate.extensions, EXTENSION.subjectKeyIdentifier, readSubjectKeyId, null);
  return { nameDer: certificate.subject.raw, keyIdentifier: own ?? keyId(certificate.spkiDer) };
}

function checkNames(context: IssueContext): { names: Order['names']; problems: Problem[]; notes: string[] } {
  const { data, issuer } = context;
  if (isAuthorityPurpose(data.purpose)) return { names: [], problems: [], notes: [] };
  const { names, problems, notes } = readNames(data.names);
  if (names.length === 0 && problems.length === 0)
    problems.push(
      problem(
        'names.dns',
        'No name is given: programs look at nothing else.',
        'Type at least one DNS name, address, URI or e-mail.',
      ),
    );
  for (const ancestor of issuer?.ancestors ?? []) {
    const { permitted } = decoded(ancestor.extensions, EXTENSION.nameConstraints, readNameConstraints, {
      permitted: [],
      excluded: [],
    });
    for (const name of outsideOf(names, permitted))
      problems.push(
        problem(
          `names.${name.type}`,
          `${name.value} lies outside of what its issuer may certify (${permitted.map(({ value }) => value).join(', ')}).`,
          'Remove it or choose another authority.',
        ),
      );
  }
  return { names, problems, notes };
}

/** The answer for a draft as it is now. */
export function decide(context: IssueContext): Decision {
  const { data, issuer, now, rehearsal } = context;
  const profile = profileOf(data.purpose);
  const authority = isAuthorityPurpose(data.purpose);
  const subject = markedSubject(data.subject, rehearsal);
  const key = checkKey(context);
  const names = checkNames(context);
  const status = statusOf(context);
  const subtrees = authority ? readSubtrees(data.namesPermitted) : { subtrees: [], problems: [] };
  const lifetime = decideLifetime(
    { lifetimeSeconds: data.lifetimeSeconds, backdateSeconds: data.backdateSeconds, outlive: data.outlive },
    {
      now,
      profile,
      issuer: issuer === null ? null : issuer.certificate,
      limits: authority || issuer === null ? null : issuer.authority.leafLimits,
    },
  );
  const problems = [
    ...checkSubject(data.subject, authority),
    ...checkIssuer(context),
    ...checkReplaced(context),
    ...key.problems,
    ...(authority ? [...checkPathLength(context), ...checkLimits(data.leafLimits)] : []),
    ...lifetime.problems,
    ...status.problems,
    ...names.problems,
    ...subtrees.problems,
  ];
  const algorithm =
    typeof key.subjectKey === 'string' ? key.subjectKey : (keyAlgorithmOf(key.subjectKey) ?? 'p-256');
  return {
    problems,
    notes: [...names.notes, ...lifetime.notes],
    order:
      problems.length > 0 || lifetime.validity === null
        ? null
        : {
            profile,
            subject,
            names: names.names,
            validity: lifetime.validity,
            pathLength: authority ? data.pathLength : null,
            permitted: subtrees.subtrees,
            status: status.status,
          },
    issuer: issuer === null ? null : identityOf(issuer),
    subjectKey: key.subjectKey,
    signedBy:
      data.purpose === 'root'
        ? context.key === null
          ? algorithm
          : routedKey(context.key)
        : issuer?.key
          ? routedKey(issuer.key)
          : algorithm,
  };
}
