/** Numbers of a signer's settings in a row, each with its unit and what is wrong with it. */
import type { ReactNode } from 'react';
import { NumberField } from '../../components/text-field.tsx';
import type { FormProps } from './form-props.ts';
import { type NumberName, RANGES } from './signer-form.ts';

export interface NumberLine {
  name: NumberName;
  label: string;
  unit?: string;
  help?: ReactNode;
  /** What zero means. */
  zero?: string;
}

export function NumberFields(props: FormProps & { lines: readonly NumberLine[] }) {
  const { form, change, problems, lines } = props;
  return (
    <div className="form-pair">
      {lines.map(({ name, label, unit, help, zero }) => (
        <NumberField
          key={name}
          label={label}
          value={form.numbers[name]}
          onChange={(text) => change({ numbers: { ...form.numbers, [name]: text } })}
          error={problems[`settings.${name}`]}
          {...(unit === undefined ? {} : { unit })}
          help={help ?? `${zero === undefined ? '' : `0: ${zero}. `}Usual: ${RANGES[name].usual}`}
        />
      ))}
    </div>
  );
}

const RETRY_LINES: readonly NumberLine[] = [
  {
    name: 'retrySeconds',
    label: 'retry_seconds',
    unit: 's',
    help: 'Wait before the first retry. Usual: 2',
  },
  {
    name: 'backoffMultiplier',
    label: 'backoff_multiplier',
    help: 'Each wait is so many times as long as the one before. Usual: 1.5',
  },
  {
    name: 'maxRetrySeconds',
    label: 'max_retry_seconds',
    unit: 's',
    help: 'All retries of one call together end after this time; it is not the longest single wait. Usual: 30',
  },
];

export function RetryFields(props: FormProps) {
  return (
    <fieldset className="fieldset">
      <legend className="field-label">When a call fails for a moment</legend>
      <NumberFields {...props} lines={RETRY_LINES} />
    </fieldset>
  );
}
