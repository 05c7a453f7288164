/**
 * Paths in the location's hash and back: parse, format, go. It does not decide whether a screen may be shown
 * (guard.ts) and knows no component.
 */
import { ROUTES, routeEntry } from './route-table.ts';
import type { RouteEntry, RouteName } from './route-table.ts';

export interface Route {
  name: RouteName;
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
}

type Params = Record<string, string | undefined>;

function match(pattern: string, segments: string[]): Record<string, string> | null {
  const parts = pattern.split('/').filter(Boolean);
  if (segments.length > parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index];
    if (!part.startsWith(':')) {
      if (part !== segment) return null;
      continue;
    }
    const optional = part.endsWith('?');
    if (segment === undefined || segment === '') {
      if (!optional) return null;
      continue;
    }
    params[part.slice(1, optional ? -1 : undefined)] = segment;
  }
  return params;
}

/** Reads "/certificates/c-1?tab=pem", with or without a leading '#'. null when no screen has that path. */
export function parsePath(text: string): Route | null {
  const [path = '', search = ''] = text.replace(/^#/, '').split('?', 2);
  let segments: string[];
  try {
    segments = path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    // A malformed %-sequence typed into the address: no screen has it.
    return null;
  }
  for (const entry of ROUTES) {
    const params = match(entry.path, segments);
    if (!params) continue;
    const step = params['step'];
    const steps: readonly string[] | null = entry.steps;
    if (step !== undefined && steps && !steps.includes(step)) return null;
    return { name: entry.name, params, query: Object.fromEntries(new URLSearchParams(search)) };
  }
  return null;
}

/** The path of a screen, without '#'. Throws when a parameter it needs is missing: that is a bug of the caller. */
export function formatPath(name: RouteName, params: Params = {}, query: Params = {}): string {
  const entry: RouteEntry = routeEntry(name);
  const segments: string[] = [];
  for (const part of entry.path.split('/').filter(Boolean)) {
    if (!part.startsWith(':')) {
      segments.push(part);
      continue;
    }
    const optional = part.endsWith('?');
    const value = params[part.slice(1, optional ? -1 : undefined)];
    if (value === undefined) {
      if (optional) break;
      throw new Error(`route ${name} needs ${part}`);
    }
    segments.push(encodeURIComponent(value));
  }
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, value);
  const tail = search.size > 0 ? `?${search.toString()}` : '';
  return `/${segments.join('/')}${tail}`;
}

/** For `href`: a link that works by click, keyboard and middle button alike. */
export function hrefOf(name: RouteName, params?: Params, query?: Params): string {
  return `#${formatPath(name, params, query)}`;
}

/** Goes to a screen; `replace` leaves no step in the history. */
export function navigate(name: RouteName, params?: Params, query?: Params): void {
  goToPath(formatPath(name, params, query));
}

/** Goes to a path as main names one in an attention item ("/certificates/c-1"). */
export function goToPath(path: string): void {
  location.hash = `#${path}`;
}

/** Puts another path in place of the present one, so that Back does not return to it. */
export function replacePath(path: string): void {
  location.replace(`#${path}`);
}
