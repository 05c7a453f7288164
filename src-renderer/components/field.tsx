/**
 * The parts every field has: label, help text, the explanation behind "What is this?" (L-009), the error.
 * The inputs themselves are in text-field.tsx and choices.tsx.
 */
import { CircleX } from 'lucide-react';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { FieldError, Label, Text } from 'react-aria-components';
import { datedText } from './dated.tsx';

/** What a field says about itself besides its label. */
export interface FieldTexts {
  label: string;
  /** One line that is always there. */
  help?: ReactNode;
  /** A short lesson, folded away: what it is, why it matters, what to choose. */
  explain?: ReactNode;
  /** What is wrong with the present value, as one sentence. */
  error?: string | null | undefined;
  optional?: boolean;
  /** The label is read aloud only: the words stand right beside the field. */
  hideLabel?: boolean;
}

/** "What is this?" and the lesson it opens. `about` completes the accessible name. */
export function Explain({ about, children }: { about: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <button
        type="button"
        className="explain-button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        What is this?<span className="visually-hidden"> {about}</span>
      </button>
      <div id={id} className="explain" hidden={!open}>
        {children}
      </div>
    </>
  );
}

/** Label line of a React Aria field; `group` when it names a group instead of one input. */
export function FieldHead({ texts }: { texts: FieldTexts }) {
  return (
    <div className={texts.hideLabel ? 'visually-hidden' : 'field-head'}>
      <Label className="field-label">{texts.label}</Label>
      {texts.optional ? <span className="field-optional">optional</span> : null}
      {texts.explain === undefined ? null : <Explain about={texts.label}>{texts.explain}</Explain>}
    </div>
  );
}

/** Help and error below a React Aria field. */
export function FieldFoot({ texts }: { texts: FieldTexts }) {
  return (
    <>
      {texts.help === undefined ? null : (
        <Text slot="description" className="field-help">
          {texts.help}
        </Text>
      )}
      {texts.error ? (
        <FieldError className="field-error">
          <CircleX aria-hidden />
          <span>{datedText(texts.error)}</span>
        </FieldError>
      ) : null}
    </>
  );
}
