/**
 * Fields that are typed into: text, secret, number. They hold no value of their own; a secret lives in the
 * state of the view that asked for it and goes with it.
 */
import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Input, TextArea, TextField as AriaTextField } from 'react-aria-components';
import { Button } from './button.tsx';
import { FieldFoot, FieldHead } from './field.tsx';
import type { FieldTexts } from './field.tsx';

export interface TextFieldProps extends FieldTexts {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  mono?: boolean;
  /** More than one line. */
  lines?: number;
  autoFocus?: boolean;
  disabled?: boolean;
  maxLength?: number;
  onBlur?: () => void;
  /** A button or unit at the end of the input. */
  end?: ReactNode;
  inputMode?: 'text' | 'numeric' | 'decimal';
  className?: string;
  /** It is wrong; the id of what says why, for a group of fields that says it once. */
  wrongBy?: string;
}

const STILL = { autoComplete: 'off', spellCheck: 'false', autoCorrect: 'off' } as const;

export function TextField(props: TextFieldProps) {
  const className = `input ${props.mono ? 'mono' : ''} ${props.className ?? ''}`;
  const own = {
    className,
    ...(props.placeholder === undefined ? {} : { placeholder: props.placeholder }),
    ...(props.inputMode === undefined ? {} : { inputMode: props.inputMode }),
  };
  return (
    <AriaTextField
      className="field"
      value={props.value}
      onChange={props.onChange}
      // Native validation would keep a form with a refused value from ever being sent again.
      validationBehavior="aria"
      isInvalid={props.wrongBy !== undefined || Boolean(props.error)}
      {...(props.wrongBy === undefined ? {} : { 'aria-describedby': props.wrongBy })}
      isDisabled={props.disabled === true}
      {...(props.maxLength === undefined ? {} : { maxLength: props.maxLength })}
      {...(props.autoFocus ? { autoFocus: true } : {})}
      {...(props.onBlur ? { onBlur: props.onBlur } : {})}
      {...STILL}
    >
      <FieldHead texts={props} />
      <div className="input-group">
        {props.lines === undefined ? <Input {...own} /> : <TextArea {...own} rows={props.lines} />}
        {props.end}
      </div>
      <FieldFoot texts={props} />
    </AriaTextField>
  );
}

export interface SecretFieldProps extends FieldTexts {
  value: string;
  onChange: (value: string) => void;
  autoFocus?: boolean;
  disabled?: boolean;
  /** A new secret may be looked at while it is typed; so may an old one, until it is sent. */
  mono?: boolean;
}

/** A passphrase or PIN: hidden unless asked, never kept by the browser. */
export function SecretField(props: SecretFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <AriaTextField
      className="field"
      type={shown ? 'text' : 'password'}
      value={props.value}
      onChange={props.onChange}
      // Native validation would keep a form with a refused value from ever being sent again.
      validationBehavior="aria"
      isInvalid={Boolean(props.error)}
      isDisabled={props.disabled === true}
      maxLength={1024}
      {...(props.autoFocus ? { autoFocus: true } : {})}
      {...STILL}
      autoComplete="off"
    >
      <FieldHead texts={props} />
      <div className="input-group">
        <Input className={`input ${props.mono ? 'mono' : ''}`} data-secret />
        <Button
          label={`${shown ? 'Hide' : 'Show'} ${props.label.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}`}
          icon={shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          onPress={() => setShown(!shown)}
        />
      </div>
      <FieldFoot texts={props} />
    </AriaTextField>
  );
}

export interface NumberFieldProps extends FieldTexts {
  /** As typed; `parseNumber` reads it. Text, so that "-1" and "" stay visible with their error. */
  value: string;
  onChange: (value: string) => void;
  unit?: string;
  autoFocus?: boolean;
  disabled?: boolean;
  wrongBy?: string;
}

/**
 * A whole or decimal number as text. Not React Aria's NumberField: its spin button clears an announcer by
 * `innerHTML`, which trusted types forbid, and it silently replaces what was typed.
 */
export function NumberField({ unit, ...props }: NumberFieldProps) {
  return (
    <TextField
      {...props}
      inputMode="decimal"
      className="input-number"
      {...(unit === undefined ? {} : { end: <span className="input-unit">{unit}</span> })}
    />
  );
}

/** The number in a field, or null when it is not a plain decimal number. */
export function parseNumber(text: string): number | null {
  const trimmed = text.trim();
  return /^[+-]?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : null;
}
