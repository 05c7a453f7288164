/** The names of two people who approve together: wherever the workspace asks for two, it asks by these fields. */
import { type ReactNode, useState } from 'react';
import { useQuery } from '../../app/use-query.ts';
import { TextField } from '../../components/text-field.tsx';

const WHO = ['First approver', 'Second approver'] as const;
export const NO_NAMES: readonly string[] = WHO.map(() => '');

/** What the approver at that place is called. */
export const whoApproves = (at: number): string => WHO[at] ?? '';

/** What is missing of two names; whether they are different people is for main to say. */
export function namesMissing(names: readonly string[]): string | null {
  if (names.some((name) => name.trim() === '')) return 'Both approvers give their name';
  return names.some((name) => name.trim().length < 2) ? 'A name has two letters or more' : null;
}

export interface NamesProps {
  names: readonly string[];
  onNames: (names: readonly string[]) => void;
}

/** The field of one of them. */
export function ApproverName(props: NamesProps & { at: number; autoFocus?: boolean }) {
  const { names, onNames, at, autoFocus = false } = props;
  return (
    <TextField
      label={whoApproves(at)}
      className="input-name"
      maxLength={80}
      value={names[at] ?? ''}
      autoFocus={autoFocus}
      onChange={(name) => onNames(names.map((old, index) => (index === at ? name : old)))}
    />
  );
}

/** Both fields. */
export function ApproverNames(props: NamesProps & { autoFocus?: boolean }) {
  return WHO.map((who, at) => (
    <ApproverName key={who} {...props} at={at} autoFocus={at === 0 && props.autoFocus === true} />
  ));
}

/** For a dialog: two names where the workspace has two approve, and nothing where it has not. */
export function useApprovers(): {
  /** For main; empty where none are asked. */
  names: string[];
  /** What is missing of them; null: nothing. */
  why: string | null;
  fields: ReactNode;
  clear: () => void;
} {
  const found = useQuery('ta.approvers', {}, ['ta']);
  const [names, setNames] = useState(NO_NAMES);
  const two = found.data?.count === 2;
  return {
    names: two ? [...names] : [],
    why: two ? namesMissing(names) : null,
    fields: two ? (
      <>
        <p className="dim">Two people approve here: each gives a name, which goes on record.</p>
        <ApproverNames names={names} onNames={setNames} />
      </>
    ) : null,
    clear: () => setNames(NO_NAMES),
  };
}
