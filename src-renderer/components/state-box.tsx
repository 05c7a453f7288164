/**
 * What is shown instead of content: nothing there yet, on its way, refused. An empty place says what it is for;
 * an error says what happened, what was not changed, what to do next.
 */
import { CircleX, RotateCcw } from 'lucide-react';
import { useId } from 'react';
import type { ReactNode } from 'react';
import type { CallError } from '../app/call.ts';
import { ERROR_GUIDE, PLACE_NOT_FOUND } from '../app/error-guide.ts';
import { Button } from './button.tsx';
import { Dated } from './dated.tsx';

export function EmptyState(props: {
  icon?: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="state-box">
      {props.icon}
      <h2>{props.title}</h2>
      <div className="dim">{props.children}</div>
      {props.action === undefined ? null : <div className="row-wrap">{props.action}</div>}
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p className="load-line" role="status">
      <span className="spinner" aria-hidden />
      Loading {what}
    </p>
  );
}

export interface ErrorStateProps {
  error: CallError;
  /** Offered when trying the same again makes sense. */
  onRetry?: (() => void) | undefined;
  /** Another way on: a link or button. */
  action?: ReactNode;
}

const UNCHANGED = 'Nothing was changed.';

export function ErrorState({ error, onRetry, action }: ErrorStateProps) {
  const id = useId();
  const { library, subject, fields } = error.details;
  const guide =
    error.code === 'NOT_FOUND' && subject !== undefined ? PLACE_NOT_FOUND : ERROR_GUIDE[error.code];
  // Said once: the sentence of main may say it already.
  const next = error.message.includes(UNCHANGED) ? guide.next.replace(UNCHANGED, '').trim() : guide.next;
  const known = new Set([error.message, guide.title]);
  // A sentence is said once: what stands above already, or at another field, is left out.
  const said = [...new Set((fields ?? []).map(({ message }) => message))].filter(
    (message) => !error.message.includes(message),
  );
  return (
    <section className="error-state" role="alert" aria-labelledby={id}>
      <h2 id={id}>
        <CircleX aria-hidden />
        {guide.title}
      </h2>
      {known.has(guide.title) && error.message !== guide.title ? (
        <p className="wrap">
          <Dated text={error.message} />
        </p>
      ) : null}
      {said.length > 0 ? (
        <ul>
          {said.map((message) => (
            <li key={message}>
              <Dated text={message} />
            </li>
          ))}
        </ul>
      ) : null}
      {next === '' ? null : <p className="dim">{next}</p>}
      <details className="details">
        <summary>Details</summary>
        <pre className="code">
          {[
            `code: ${error.code}`,
            error.reply.ref === '' ? null : `log reference: ${error.reply.ref}`,
            subject === undefined ? null : `about: ${subject}`,
            fields && fields.length > 0 ? `fields: ${fields.map(({ path }) => path).join(', ')}` : null,
            library ?? null,
          ]
            .filter((line) => line !== null)
            .join('\n')}
        </pre>
      </details>
      {(guide.retry && onRetry) || action ? (
        <div className="row-wrap">
          {guide.retry && onRetry ? (
            <Button icon={<RotateCcw aria-hidden />} onPress={onRetry}>
              Try again
            </Button>
          ) : null}
          {action}
        </div>
      ) : null}
    </section>
  );
}
