/** The dark column on the left: brand, workspace, screens by group. Counts only where a person must act. */
import { useQuery } from './use-query.ts';
import { useNow } from './clock.ts';
import { ROUTE_ICONS } from './route-icons.ts';
import { NAV_GROUPS, ROUTES, routeEntry } from './route-table.ts';
import type { RouteEntry, RouteName } from './route-table.ts';
import { hrefOf } from './router.ts';
import type { Session } from './session.ts';
import { BrandMark } from '../components/brand-mark.tsx';
import { durationText } from '../components/time.tsx';

/** The entry of the navigation that a screen belongs to: itself, or the nearest one above it. */
function navOwner(name: RouteName): RouteName {
  let entry: RouteEntry = routeEntry(name);
  while (entry.nav === null && entry.parent !== null) entry = routeEntry(entry.parent as RouteName);
  return entry.name as RouteName;
}

const KIND_WORD = { online: '', offline: 'offline station', rehearsal: 'rehearsal' } as const;

function WorkspaceCard({ session }: { session: Session }) {
  const now = useNow(20_000);
  const workspace = session.workspace;
  if (!workspace) return null;
  const left = workspace.locksAt === null ? null : durationText(Date.parse(workspace.locksAt) - now);
  const words = [
    KIND_WORD[workspace.kind],
    session.state,
    session.state === 'unlocked' && left !== null ? `locks in ${left}` : '',
  ];
  return (
    <div className="workspace-card">
      {workspace.name}
      <small>{words.filter(Boolean).join(' · ')}</small>
    </div>
  );
}

export function Navigation(props: {
  session: Session;
  current: RouteName;
  /** The screen the present one says it stands under. */
  under: RouteName | null;
}) {
  const { session, current, under } = props;
  const unlocked = session.state === 'unlocked';
  const overview = useQuery('overview.get', {}, ['certificates', 'authorities', 'keys', 'drafts', 'audit'], {
    skip: !unlocked,
  });
  const attention = overview.data?.attention.filter((item) => item.severity !== 'good') ?? [];
  const owner = navOwner(under ?? current);

  const item = (entry: RouteEntry) => {
    const name = entry.name as RouteName;
    const Icon = ROUTE_ICONS[routeEntry(name).icon];
    const count = name === 'overview' ? attention.length : 0;
    const hot = attention.some((one) => one.severity === 'bad');
    return (
      <li key={name}>
        <a
          className="nav-link"
          href={hrefOf(name)}
          title={entry.title}
          {...(name === owner
            ? { 'aria-current': name === current ? ('page' as const) : ('true' as const) }
            : {})}
        >
          <Icon aria-hidden />
          <span>{entry.title}</span>
          {count > 0 ? (
            <span className="nav-count" {...(hot ? { 'data-hot': true } : {})}>
              {count}
              <span className="visually-hidden"> need you</span>
            </span>
          ) : null}
        </a>
      </li>
    );
  };

  const entries: readonly RouteEntry[] = ROUTES;
  const visible = entries.filter((entry) => entry.nav !== null && (unlocked || entry.needs === 'nothing'));
  // Without an unlocked workspace its door stands where the overview will be.
  const door =
    session.state === 'none' ? routeEntry('start') : session.state === 'locked' ? routeEntry('unlock') : null;
  const top = door ? [door] : visible.filter((entry) => entry.nav === 'top');
  return (
    <nav className="nav" aria-label="Screens">
      <div className="brand">
        <BrandMark />
        <span>Baleen</span>
      </div>
      <WorkspaceCard session={session} />
      <ul className="nav-list">{top.map(item)}</ul>
      {NAV_GROUPS.map((group) => {
        const inGroup = visible.filter((entry) => entry.nav === group);
        return inGroup.length === 0 ? null : (
          <div key={group}>
            <h2 className="nav-group">{group}</h2>
            <ul className="nav-list">{inGroup.map(item)}</ul>
          </div>
        );
      })}
    </nav>
  );
}
