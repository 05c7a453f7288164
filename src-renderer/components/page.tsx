/**
 * One screen's frame: heading with tags and actions. The heading takes the focus when the screen is new,
 * and names the last crumb in the top bar.
 */
import { createContext, useContext, useEffect } from 'react';
import type { ReactNode } from 'react';
import type { RouteName } from '../app/route-table.ts';

export interface Crumb {
  text: string;
  /** The screen it stands under, when that is not the one the route table names. */
  under: RouteName | null;
}

/** Told by the frame: sets the last crumb; it is forgotten with the screen. */
export const CrumbContext = createContext<(crumb: Crumb | null) => void>(() => undefined);

/** Names the present screen by its object ("relay-02.example.net") in the top bar. null: the route's title. */
export function useCrumb(text: string | null, under: RouteName | null = null): void {
  const set = useContext(CrumbContext);
  useEffect(() => {
    set(text === null ? null : { text, under });
    return () => set(null);
  }, [set, text, under]);
}

export interface PageProps {
  title: string;
  /** Tags or counts right after the heading. */
  tags?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Its one table fills the height that is left. */
  fill?: boolean;
  /** For reading and forms: not wider than about 74 characters of a table. */
  narrow?: boolean;
  /** The last crumb, when it is not the route's title. */
  crumb?: string | null;
}

export function Page(props: PageProps) {
  useCrumb(props.crumb ?? null);
  return (
    <div
      className="page"
      {...(props.fill ? { 'data-fill': true } : {})}
      {...(props.narrow ? { 'data-narrow': true } : {})}
    >
      <div className="page-head">
        <h1 tabIndex={-1} data-page-heading>
          {props.title}
        </h1>
        {props.tags}
        {props.actions === undefined ? null : <div className="page-actions">{props.actions}</div>}
      </div>
      {props.children}
    </div>
  );
}
