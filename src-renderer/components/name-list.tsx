/** Alternative names as they count: one a line, many of them folded with their count. */
import { useState } from 'react';
import type { SanView } from '#shared/contract/certificate-view.ts';
import { Button } from './button.tsx';

/** So many are read at a glance. */
const MOST = 12;

/** Whether the list is long enough for room of its own. */
export function isLong(names: readonly SanView[]): boolean {
  return names.length > MOST;
}

/** The type stands in front when it is not DNS. */
export function NameList({ names }: { names: readonly SanView[] }) {
  const [all, setAll] = useState(false);
  if (names.length === 0) return <span className="quiet">none</span>;
  const shown = all || !isLong(names) ? names : names.slice(0, MOST);
  return (
    <div className="stack-tight">
      <ul className="name-list" data-many={isLong(names) || undefined}>
        {shown.map(({ type, value }) => (
          <li key={`${type} ${value}`} className="mono wrap">
            {type === 'dns' ? null : <span className="quiet">{type} </span>}
            {value}
          </li>
        ))}
      </ul>
      {isLong(names) ? (
        <div className="row-wrap">
          <span className="quiet num" role="status">
            {shown.length} of {names.length} shown
          </span>
          <Button size="small" onPress={() => setAll(!all)}>
            {all ? `Show the first ${MOST}` : `Show all ${names.length} names`}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
