import { describe, expect, test } from 'vitest';
import { guard } from './guard.ts';
import { formatPath, parsePath } from './router.ts';
import { ROUTES, routeEntry } from './route-table.ts';
import type { RouteEntry, RouteName } from './route-table.ts';
import { VIEWS } from './views.tsx';

const entries: readonly RouteEntry[] = ROUTES;
const sample: Record<string, string> = { id: 'c-1', draft: 'd-1' };

describe('paths', () => {
  test('every screen and every wizard step reads back as itself', () => {
    for (const entry of entries) {
      for (const step of entry.steps ?? [undefined]) {
        const path = formatPath(entry.name as RouteName, { ...sample, step }, { tab: 'a b&c' });
        const route = parsePath(`#${path}`);
        expect(route?.name).toBe(entry.name);
        expect(route?.params['step']).toBe(step);
        expect(route?.query).toEqual({ tab: 'a b&c' });
      }
    }
  });

  test('what no screen has is null', () => {
    for (const path of [
      '',
      '#',
      '/nowhere',
      '/certificates/a/b',
      '/issue',
      '/create/nonsense',
      '/%E0%A4%A',
    ]) {
      expect(parsePath(path)).toBeNull();
    }
  });

  test('parents exist and views are there for what is in the navigation', () => {
    for (const entry of entries) {
      if (entry.parent !== null) expect(entries.some((other) => other.name === entry.parent)).toBe(true);
    }
    for (const name of Object.keys(VIEWS)) expect(routeEntry(name as RouteName).name).toBe(name);
  });
});

describe('guard', () => {
  const at = (path: string) => parsePath(path);
  const none = { state: 'none', recoveryVerified: true } as const;
  const locked = { state: 'locked', recoveryVerified: true } as const;
  const unlocked = { state: 'unlocked', recoveryVerified: true } as const;

  test('without a workspace: start, creating and what needs nothing', () => {
    expect(guard(null, none, null)).toMatchObject({ route: { name: 'start' }, redirect: true });
    expect(guard(at('/overview'), none, null).route.name).toBe('start');
    expect(guard(at('/unlock'), none, null).route.name).toBe('start');
    expect(guard(at('/inspect'), none, null)).toMatchObject({ route: { name: 'inspect' }, redirect: false });
    expect(guard(at('/create/passphrase'), none, null).redirect).toBe(false);
    expect(guard(at('/create/recovery'), none, null).route).toMatchObject({
      name: 'create-workspace',
      params: {},
    });
  });

  test('locked: the gate, and what was asked for is remembered with its query', () => {
    expect(guard(at('/certificates/c-1?tab=pem'), locked, null)).toMatchObject({
      route: { name: 'unlock' },
      redirect: true,
      wanted: '/certificates/c-1?tab=pem',
    });
    // A dialog that was open is not: its words would cover the screen.
    expect(guard(at('/certificates/c-1?open=export&tab=pem'), locked, null).wanted).toBe(
      '/certificates/c-1?tab=pem',
    );
    expect(guard(at('/recover'), locked, null).redirect).toBe(false);
    expect(guard(at('/create/recovery'), locked, null).route.name).toBe('unlock');
  });

  test('unlocked: back to what was wanted, never to a gate', () => {
    expect(guard(at('/unlock'), unlocked, '/certificates/c-1').route).toMatchObject({
      name: 'certificate',
      params: { id: 'c-1' },
    });
    expect(guard(at('/unlock'), unlocked, '/unlock').route.name).toBe('overview');
    expect(guard(null, unlocked, null).route.name).toBe('overview');
    expect(guard(at('/create'), unlocked, null).route.name).toBe('overview');
    expect(guard(at('/create/verify'), unlocked, null).redirect).toBe(false);
  });

  test('a workspace made this moment goes on with its recovery key', () => {
    const fresh = { state: 'unlocked', recoveryVerified: false } as const;
    expect(guard(at('/create/passphrase'), fresh, null).route).toMatchObject({
      name: 'create-workspace',
      params: { step: 'recovery' },
    });
    expect(guard(at('/overview'), fresh, null).redirect).toBe(false);
  });

  test('never sends in a circle', () => {
    const paths = entries.flatMap((entry) =>
      (entry.steps ?? [undefined]).map((step) => formatPath(entry.name as RouteName, { ...sample, step })),
    );
    for (const gate of [none, locked, unlocked, { state: 'unlocked', recoveryVerified: false } as const]) {
      for (const path of paths) {
        const first = guard(at(path), gate, null);
        expect(guard(first.route, gate, first.wanted).redirect, `${gate.state} ${path}`).toBe(false);
      }
    }
  });
});
