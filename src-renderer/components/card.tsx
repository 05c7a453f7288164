/** The surfaces that evidence lies on: card, key-value list, hatched box for what no signature covers. */
import { Fragment, useId } from 'react';
import type { ReactNode } from 'react';

export interface CardProps {
  title?: ReactNode;
  /** Quiet words after the title. */
  note?: ReactNode;
  /** Tags, segments or a button at the end of the head. */
  aside?: ReactNode;
  /** The body has no padding: for tables and lists. */
  flush?: boolean;
  children?: ReactNode;
}

export function Card(props: CardProps) {
  const id = useId();
  const named = props.title !== undefined;
  return (
    <section className="card" {...(named ? { 'aria-labelledby': id } : {})}>
      {named ? (
        <header className="card-head">
          <h2 id={id}>{props.title}</h2>
          {props.note === undefined ? null : <span className="quiet">{props.note}</span>}
          {props.aside === undefined ? null : <div className="card-aside">{props.aside}</div>}
        </header>
      ) : null}
      <div className="card-body" {...(props.flush ? { 'data-flush': true } : {})}>
        {props.children}
      </div>
    </section>
  );
}

export type KeyValueItem = readonly [label: string, value: ReactNode];

/** A description list; null and false items are left out, so that conditions read well where it is used. */
export function KeyValue({ items }: { items: readonly (KeyValueItem | null | false)[] }) {
  return (
    <dl className="kv">
      {items.map((item) =>
        item ? (
          <Fragment key={item[0]}>
            <dt>{item[0]}</dt>
            <dd>{item[1]}</dd>
          </Fragment>
        ) : null,
      )}
    </dl>
  );
}
