/** A length of time: usual ones to press, any other as number and unit. Seconds in, seconds out. */
import { CircleX } from 'lucide-react';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { onDrop } from '../../app/query-store.ts';
import { Segmented, Select } from '../../components/choices.tsx';
import { Explain } from '../../components/field.tsx';
import { NumberField, parseNumber } from '../../components/text-field.tsx';
import { type Unit, unitFor, UNITS, unitSeconds } from './issue-model.ts';

export interface DurationFieldProps {
  label: string;
  seconds: number;
  onChange: (seconds: number) => void;
  presets?: readonly { label: string; seconds: number }[];
  help?: string;
  explain?: string;
  error?: string | null;
  /** What follows the error: a link to what must be changed. */
  errorFoot?: ReactNode;
}

/** The unit in which a length was typed, by field and seconds: "1.5 years" comes back as that, not as hours. */
const typedIn = new Map<string, Unit>();
onDrop(() => typedIn.clear());

/** In whole seconds it may be no round number of the unit: as few digits as give the same seconds again. */
function textIn(seconds: number, unit: Unit): string {
  return String(Number((seconds / unitSeconds(unit)).toFixed(8)));
}

export function DurationField(props: DurationFieldProps) {
  const [unit, setUnit] = useState<Unit>(
    () => typedIn.get(`${props.label} ${props.seconds}`) ?? unitFor(props.seconds),
  );
  const [text, setText] = useState(() => textIn(props.seconds, unit));
  const change = (typed: string, as: Unit): void => {
    setText(typed);
    setUnit(as);
    // What is no number becomes 0, which main refuses in words.
    const seconds = Math.round((parseNumber(typed) ?? 0) * unitSeconds(as));
    typedIn.set(`${props.label} ${seconds}`, as);
    props.onChange(seconds);
  };
  const id = useId();
  const error = props.error ?? (text.trim() !== '' && parseNumber(text) === null ? 'Type a number.' : null);
  const pressed = props.presets?.find((preset) => preset.seconds === props.seconds);
  return (
    <div className="stack-tight">
      {props.presets === undefined ? null : (
        <Segmented
          label={`${props.label}, usual ones`}
          value={pressed?.label ?? 'Other'}
          onChange={(label) => {
            const preset = props.presets?.find((one) => one.label === label);
            if (preset) change(textIn(preset.seconds, unitFor(preset.seconds)), unitFor(preset.seconds));
          }}
          options={[
            ...props.presets.map(({ label }) => ({ value: label, label })),
            { value: 'Other', label: 'Other' },
          ]}
        />
      )}
      {/* The error is as wide as the form, not as the number. */}
      <div className="duration">
        <NumberField
          label={props.label}
          value={text}
          onChange={(typed) => change(typed, unit)}
          {...(error === null ? {} : { wrongBy: id })}
        />
        <Select
          label={`Unit of ${props.label.toLowerCase()}`}
          hideLabel
          value={unit}
          onChange={(as) => change(text, as)}
          options={UNITS}
        />
      </div>
      {error === null ? null : (
        <div className="field-error" id={id} role="alert">
          <CircleX aria-hidden />
          <span>
            {error}
            {props.errorFoot === undefined ? null : <> {props.errorFoot}</>}
          </span>
        </div>
      )}
      {props.help === undefined ? null : <p className="field-help">{props.help}</p>}
      {props.explain === undefined ? null : (
        <div>
          <Explain about={props.label}>{props.explain}</Explain>
        </div>
      )}
    </div>
  );
}
