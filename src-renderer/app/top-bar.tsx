/** The slim bar above the content: where am I, search, lock. */
import { LockKeyhole, Search } from 'lucide-react';
import { Fragment } from 'react';
import { Button } from '../components/button.tsx';
import type { Crumb } from '../components/page.tsx';
import { toastError } from './call.ts';
import { routeEntry } from './route-table.ts';
import type { RouteEntry, RouteName } from './route-table.ts';
import { hrefOf } from './router.ts';
import { lock } from './session.ts';
import { setPaletteOpen } from './state.ts';

/** The screens above the given one, the outermost first. */
function ancestors(name: RouteName): (RouteEntry & { name: RouteName })[] {
  const parent = routeEntry(name).parent as RouteName | null;
  return parent === null ? [] : [...ancestors(parent), routeEntry(parent)];
}

export function TopBar({
  current,
  crumb,
  unlocked,
}: {
  current: RouteName;
  crumb: Crumb | null;
  unlocked: boolean;
}) {
  const under = crumb?.under ?? null;
  const above = under === null ? ancestors(current) : [...ancestors(under), routeEntry(under)];
  return (
    <header className="top-bar">
      <nav className="crumbs" aria-label="Where you are">
        {above.map((entry) => (
          <Fragment key={entry.name}>
            <a href={hrefOf(entry.name)}>{entry.title}</a>
            <span aria-hidden>/</span>
          </Fragment>
        ))}
        <span aria-current="page">{crumb?.text ?? routeEntry(current).title}</span>
      </nav>
      <button
        type="button"
        className="search-button"
        aria-keyshortcuts="Control+K"
        onClick={() => setPaletteOpen(true)}
      >
        <Search aria-hidden />
        <span>Find a certificate, key, signer, screen or action</span>
        <kbd aria-hidden>Ctrl K</kbd>
      </button>
      {unlocked ? (
        <Button
          size="small"
          icon={<LockKeyhole aria-hidden />}
          onPress={() => {
            lock().catch(toastError);
          }}
        >
          Lock
        </Button>
      ) : null}
    </header>
  );
}
