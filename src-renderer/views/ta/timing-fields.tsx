/** The five times of a trust anchor as fields, with krillta's own values beside them. What is typed is kept as text until it is a number. */
import { useEffect, useState } from 'react';
import type { SignerDraft } from '#shared/contract/ta-setup.ts';
import { NumberField, parseNumber } from '../../components/text-field.tsx';

export type Timing = SignerDraft['timing'];

interface Time {
  field: keyof Timing;
  label: string;
  unit: string;
  help: string;
}

export const TIMES: readonly Time[] = [
  { field: 'certificateValidityYears', label: 'TA certificate', unit: 'years', help: 'krillta: 100' },
  {
    field: 'issuedCertificateValidityWeeks',
    label: 'Certificates of children',
    unit: 'weeks',
    help: 'krillta: 52',
  },
  {
    field: 'issuedCertificateReissueWeeksBefore',
    label: 'They are due before their end',
    unit: 'weeks',
    help: 'krillta: 26',
  },
  {
    field: 'mftNextUpdateWeeks',
    label: 'Manifest and CRL',
    unit: 'weeks',
    help: 'krillta: 12. The next exchange must come before that.',
  },
  {
    field: 'signedMessageValidityDays',
    label: 'Signed messages',
    unit: 'days',
    help: 'krillta: 14. So long may the response travel.',
  },
];

interface TimingProps {
  timing: Timing;
  onChange: (timing: Timing) => void;
  /** The sentence about a field, or null. */
  problemOf: (field: keyof Timing) => string | null;
}

function TimeField({ time, timing, onChange, problemOf }: TimingProps & { time: Time }) {
  const value = timing[time.field];
  const [typed, setTyped] = useState(String(value));
  useEffect(() => {
    setTyped((old) => (parseNumber(old) === value ? old : String(value)));
  }, [value]);
  return (
    <NumberField
      label={time.label}
      unit={time.unit}
      value={typed}
      onChange={(text) => {
        setTyped(text);
        const number = parseNumber(text);
        if (number !== null) onChange({ ...timing, [time.field]: number });
      }}
      help={time.help}
      error={parseNumber(typed) === null ? 'This is no number.' : problemOf(time.field)}
    />
  );
}

/** `without`: a field that cannot be changed here. */
export function TimingFields({ without, ...props }: TimingProps & { without?: keyof Timing }) {
  return (
    <div className="limits">
      {TIMES.filter(({ field }) => field !== without).map((time) => (
        <TimeField key={time.field} {...props} time={time} />
      ))}
    </div>
  );
}
