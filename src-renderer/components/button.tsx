/**
 * Buttons and links that look like them. A button that cannot be pressed stays reachable by keyboard and says
 * why; there is no silent grey button.
 */
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { Hint } from './hint.tsx';

export interface ButtonProps {
  children?: ReactNode;
  onPress?: () => void;
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  size?: 'normal' | 'small';
  icon?: ReactNode;
  /** An icon alone: then `label` is its name. */
  label?: string;
  /** Why it cannot be pressed now; empty or missing: it can. */
  whyDisabled?: string | null | undefined;
  /** It was pressed and the step runs. */
  busy?: boolean;
  type?: 'button' | 'submit';
  autoFocus?: boolean;
  /** It shows and hides something: whether that is shown. */
  expanded?: boolean;
}

export function Button(props: ButtonProps) {
  const why = props.busy ? 'One moment' : props.whyDisabled || '';
  const disabled = why !== '';
  const button = (
    <AriaButton
      type={props.type ?? 'button'}
      className="button"
      data-kind={props.kind ?? 'plain'}
      data-size={props.size ?? 'normal'}
      {...(props.children === undefined ? { 'data-shape': 'icon' } : {})}
      {...(props.label === undefined ? {} : { 'aria-label': props.label })}
      {...(props.expanded === undefined ? {} : { 'aria-expanded': props.expanded })}
      {...(props.autoFocus ? { autoFocus: true } : {})}
      // Not `isDisabled`: that would take it out of the tab order, and with it the reason.
      {...(disabled ? { 'aria-disabled': true } : {})}
      onPress={() => {
        if (!disabled) props.onPress?.();
      }}
    >
      {props.busy ? <span className="spinner" aria-hidden /> : props.icon}
      {props.children}
    </AriaButton>
  );
  const hint = props.busy ? '' : why || (props.children === undefined ? (props.label ?? '') : '');
  // Always inside: a button that moved into a hint would be another element, and lose the focus.
  return (
    <Hint text={hint} className="hint-of-button">
      {button}
    </Hint>
  );
}

/** A link that looks like a button: for going somewhere. `href` comes from the router. */
export function LinkButton(props: {
  href: string;
  children: ReactNode;
  kind?: ButtonProps['kind'];
  size?: ButtonProps['size'];
  icon?: ReactNode;
}) {
  return (
    <a
      className="button"
      href={props.href}
      data-kind={props.kind ?? 'plain'}
      data-size={props.size ?? 'normal'}
    >
      {props.icon}
      {props.children}
    </a>
  );
}
