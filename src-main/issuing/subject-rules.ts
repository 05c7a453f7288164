/**
 * What a distinguished name may hold: lengths of RFC 5280 appendix A and X.520, no control characters, and the mark of
 * a rehearsal. It encodes nothing.
 */
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { hidesSomething } from '#shared/hidden-characters.ts';
import { problem, type Problem } from './problem.ts';

export type SubjectAttribute = IssueDraft['subject'][number];

/** RFC 5280 A.1 upper bounds; X.520 where that has none. */
const LONGEST: Record<SubjectAttribute['type'], number> = {
  CN: 64,
  O: 64,
  OU: 64,
  C: 2,
  ST: 128,
  L: 128,
  STREET: 128,
  postalCode: 40,
  serialNumber: 64,
  emailAddress: 255,
  DC: 63,
  GN: 64,
  SN: 64,
  title: 64,
  UID: 256,
};

/** The first relative name of everything made in a rehearsal workspace; a rehearsal cannot be signed without it. */
export const REHEARSAL_MARK: SubjectAttribute = { type: 'OU', value: 'REHEARSAL - NOT FOR PRODUCTION' };

function isMark(attribute: SubjectAttribute): boolean {
  return attribute.type === REHEARSAL_MARK.type && attribute.value === REHEARSAL_MARK.value;
}

/** The subject as it will be signed. Applying it twice changes nothing. */
export function markedSubject(subject: readonly SubjectAttribute[], rehearsal: boolean): SubjectAttribute[] {
  const own = subject.filter((attribute) => !isMark(attribute));
  return rehearsal ? [REHEARSAL_MARK, ...own] : own;
}

function faultOf(
  { type, value }: SubjectAttribute,
  needsCommonName: boolean,
): { message: string; fix: string } | null {
  if (value.trim() === '') return { message: `${type} is empty`, fix: 'Type a value or remove the row.' };
  // Direction and zero-width characters make one name look like another.
  if (hidesSomething(value) || /[\p{Co}\p{Cn}]/u.test(value))
    return {
      message: `${type} holds control or invisible characters`,
      fix: 'Type it again instead of pasting it.',
    };
  if (value !== value.trim())
    return { message: `${type} begins or ends with a blank`, fix: 'Remove the blank.' };
  if (!value.isWellFormed()) return { message: `${type} holds half a character`, fix: 'Type it again.' };
  const length = Array.from(value).length;
  if (type === 'C')
    return /^[A-Z]{2}$/.test(value)
      ? null
      : { message: 'C is a country code of two capital letters', fix: 'Such as CH, DE or US (ISO 3166).' };
  if (length > LONGEST[type])
    return {
      message: `${type} has ${length} characters, the most is ${LONGEST[type]} (RFC 5280)`,
      fix:
        type === 'CN' && !needsCommonName
          ? 'Leave a long host name out of the CN; the SAN carries it.'
          : 'Shorten it.',
    };
  if (type === 'CN' && /[/\\]/.test(value))
    return {
      message: 'A common name holds no slashes: files are named after it',
      fix: `Write it without "/" and "\\".`,
    };
  if (type === 'CN' && /^\.+$/.test(value))
    return { message: 'A common name is more than dots', fix: 'Type a name.' };
  // RFC 5280 A.1: these are PrintableString or IA5String.
  if (['DC', 'emailAddress'].includes(type) && !/^[\u0020-\u007e]+$/.test(value))
    return { message: `${type} holds ASCII only`, fix: 'Use punycode for a domain.' };
  if (type === 'serialNumber' && !/^[A-Za-z0-9 '()+,./:=?-]+$/.test(value))
    return {
      message: 'serialNumber holds letters, digits and a few signs only',
      fix: 'See PrintableString.',
    };
  return null;
}

/** Problems have the path "subject.<index>", or "subject" where a name is missing. */
export function checkSubject(subject: readonly SubjectAttribute[], needsCommonName: boolean): Problem[] {
  const problems: Problem[] = [];
  subject.forEach((attribute, index) => {
    const fault = faultOf(attribute, needsCommonName);
    if (fault !== null) problems.push(problem(`subject.${index}`, `${fault.message}.`, fault.fix));
  });
  const names = subject.filter((attribute) => attribute.type === 'CN').length;
  if (needsCommonName && names === 0)
    problems.push(
      problem('subject', 'The name has no CN.', 'Add a common name: people find an authority by it.'),
    );
  if (names > 1) problems.push(problem('subject', 'There is more than one CN.', 'Keep one.'));
  if (subject.filter((attribute) => attribute.type === 'C').length > 1)
    problems.push(problem('subject', 'There is more than one C.', 'Keep one.'));
  return problems;
}
