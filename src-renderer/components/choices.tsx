/**
 * Fields that are chosen from: select, cards, check box, switch, segments. All are React Aria's behaviour
 * in our clothes; none keeps a value of its own.
 */
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  ListBox,
  ListBoxItem,
  Popover,
  Radio,
  RadioGroup,
  Select as AriaSelect,
  SelectValue,
  Switch as AriaSwitch,
  ToggleButton,
  ToggleButtonGroup,
} from 'react-aria-components';
import { FieldFoot, FieldHead } from './field.tsx';
import type { FieldTexts } from './field.tsx';
import { Tag } from './tag.tsx';

export interface Option<T extends string> {
  value: T;
  label: string;
  /** Its consequence, in one line. */
  detail?: string;
  disabled?: boolean;
  /** A short mark beside the label: "usual", "for ever". */
  tag?: string;
}

interface ChoiceProps<T extends string> extends FieldTexts {
  value: T | null;
  onChange: (value: T) => void;
  options: readonly Option<T>[];
  disabled?: boolean;
}

export function Select<T extends string>(props: ChoiceProps<T> & { placeholder?: string }) {
  const disabledKeys = props.options.filter((option) => option.disabled).map((option) => option.value);
  return (
    <AriaSelect
      className="field"
      value={props.value}
      onChange={(key) => {
        if (typeof key === 'string') props.onChange(key as T);
      }}
      validationBehavior="aria"
      isInvalid={Boolean(props.error)}
      isDisabled={props.disabled === true}
      disabledKeys={disabledKeys}
      placeholder={props.placeholder ?? 'Choose'}
    >
      <FieldHead texts={props} />
      <AriaButton className="select-button">
        <SelectValue>{({ selectedText, defaultChildren }) => selectedText || defaultChildren}</SelectValue>
        <ChevronDown aria-hidden />
      </AriaButton>
      <FieldFoot texts={props} />
      <Popover className="popover">
        <ListBox className="listbox">
          {props.options.map((option) => (
            <ListBoxItem key={option.value} id={option.value} textValue={option.label} className="option">
              {/* No slots: label and detail together are the option's name, as they are seen. */}
              <span className="option-text">
                {option.label}
                {option.detail === undefined ? null : <small> {option.detail}</small>}
              </span>
              <Check aria-hidden />
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

/** One of a few, each with its consequence. */
export function RadioCards<T extends string>(props: ChoiceProps<T> & { columns?: 1 }) {
  return (
    <RadioGroup
      className="field"
      value={props.value}
      onChange={(value) => props.onChange(value as T)}
      validationBehavior="aria"
      isInvalid={Boolean(props.error)}
      isDisabled={props.disabled === true}
    >
      <FieldHead texts={props} />
      <div className="radio-cards" data-columns={props.columns}>
        {props.options.map((option) => (
          <Radio
            key={option.value}
            value={option.value}
            className="radio-card"
            isDisabled={option.disabled === true}
          >
            <span className="radio-card-dot" aria-hidden />
            <span className="radio-card-title">
              {option.label}
              {option.tag === undefined ? null : <Tag tone="accent">{option.tag}</Tag>}
            </span>
            {option.detail === undefined ? null : <span className="radio-card-text">{option.detail}</span>}
          </Radio>
        ))}
      </div>
      <FieldFoot texts={props} />
    </RadioGroup>
  );
}

interface OnOffProps {
  children: ReactNode;
  value: boolean;
  onChange: (value: boolean) => void;
  disabled?: boolean;
}

export function Checkbox(props: OnOffProps) {
  return (
    <AriaCheckbox
      className="choice"
      isSelected={props.value}
      onChange={props.onChange}
      isDisabled={props.disabled === true}
    >
      <span className="choice-box" aria-hidden>
        <Check />
      </span>
      <span>{props.children}</span>
    </AriaCheckbox>
  );
}

export function Switch(props: OnOffProps) {
  return (
    <AriaSwitch
      className="choice"
      isSelected={props.value}
      onChange={props.onChange}
      isDisabled={props.disabled === true}
    >
      <span className="switch-track" aria-hidden />
      <span>{props.children}</span>
    </AriaSwitch>
  );
}

/** One of a few views of the same thing; `label` names the group. */
export function Segmented<T extends string>(props: {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: readonly { value: T; label: string }[];
}) {
  return (
    <ToggleButtonGroup
      className="segmented"
      aria-label={props.label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[props.value]}
      onSelectionChange={(keys) => {
        const [key] = keys;
        if (typeof key === 'string') props.onChange(key as T);
      }}
    >
      {props.options.map((option) => (
        <ToggleButton key={option.value} id={option.value} className="segment">
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
