/** The passphrase a key file gets: typed twice, or left out on purpose with what that means. */
import { Checkbox } from './choices.tsx';
import { SecretField } from './text-field.tsx';
import { Notice } from './verdict.tsx';

export interface KeyPassphraseValue {
  first: string;
  second: string;
  plain: boolean;
}

export const NO_KEY_PASSPHRASE: KeyPassphraseValue = { first: '', second: '', plain: false };

/** What is still missing, or null. */
export function keyPassphraseProblem({ first, second, plain }: KeyPassphraseValue): string | null {
  if (plain) return null;
  if (first === '') return 'Type a passphrase for the file';
  if ([...new Intl.Segmenter().segment(first)].length < 8) return 'At least 8 characters';
  return first === second ? null : 'Type the passphrase a second time';
}

export function KeyPassphrase(props: {
  value: KeyPassphraseValue;
  onChange: (value: KeyPassphraseValue) => void;
  /** The format can hold an unencrypted key. */
  mayBePlain?: boolean;
}) {
  const { value, onChange } = props;
  const differs = value.second !== '' && !value.first.startsWith(value.second);
  return (
    <>
      {value.plain ? (
        <Notice severity="bad">
          Whoever reads the file has the key: on this disk, in each copy and in every backup of it.
        </Notice>
      ) : (
        <>
          <SecretField
            label="Passphrase for the file"
            help="At least 8 characters."
            value={value.first}
            onChange={(first) => onChange({ ...value, first })}
          />
          <SecretField
            label="The same again"
            value={value.second}
            onChange={(second) => onChange({ ...value, second })}
            error={differs ? 'The two are not the same' : null}
          />
        </>
      )}
      {props.mayBePlain ? (
        <Checkbox value={value.plain} onChange={(plain) => onChange({ ...value, plain })}>
          Write it unencrypted, for a server that cannot ask for a passphrase
        </Checkbox>
      ) : null}
    </>
  );
}
