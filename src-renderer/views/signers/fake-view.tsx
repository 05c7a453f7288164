/** What the tests of these screens share: a view at a path, a press, a moment for what was asked. Test files only. */
import { act, fireEvent, render, screen } from '@testing-library/react';
import { type ComponentType, useEffect, useState } from 'react';
import { vi } from 'vitest';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { parsePath, type Route } from '../../app/router.ts';
import type { Session } from '../../app/session.ts';
import type { ViewProps } from '../../app/view-props.ts';
import type { SignerList } from './signer-words.ts';

/** A DOM without layout: large tables get the size they have in the window. */
export function giveSize(): void {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200);
}

export const AT = '2026-11-27T12:00:00.000Z';
const SESSION: Session = { state: 'unlocked', workspace: null, retryAt: null, notices: [] };

export const settle = (): Promise<void> =>
  act(async () => void (await new Promise((done) => setTimeout(done, 20))));

export async function press(name: string | RegExp): Promise<void> {
  fireEvent.click(screen.getByRole('button', { name }));
  await settle();
}

export function type(label: string | RegExp, value: string): void {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
}

/** The screen as the address changes on it: a dialog opens by one. Another screen is not shown. */
function AtPath(props: { View: ComponentType<ViewProps>; first: Route; session: Session }) {
  const { View, first, session } = props;
  const [route, setRoute] = useState(first);
  useEffect(() => {
    const follow = (): void => {
      const next = parsePath(location.hash);
      if (next?.name === first.name) setRoute(next);
    };
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, [first]);
  return <View route={route} session={session} />;
}

/** Shows the screen of a path. */
export async function show(
  View: ComponentType<ViewProps>,
  path: string,
  session: Session = SESSION,
): Promise<void> {
  location.hash = `#${path}`;
  const route = parsePath(path);
  if (route === null) throw new Error(`no screen at ${path}`);
  render(<AtPath View={View} first={route} session={session} />);
  await settle();
}

/** A bridge that knows these signers, nothing on their devices, and jobs that ended well. */
export function signerBridge(
  list: SignerList,
  answers: Parameters<typeof installBridge>[0] = {},
): FakeBridge {
  return installBridge({
    'signers.list': () => list,
    'signers.deviceKeys': () => ({ job: 'j-keys' }),
    'signers.deviceKeysFound': () => ({ at: AT, keys: [] }),
    ...answers,
    'jobs.get': (asked: { id: string }) =>
      asked.id === 'j-keys'
        ? endedJob(asked.id)
        : (answers['jobs.get']?.(asked as never) ?? endedJob(asked.id)),
  });
}

/** A job that has ended as told. */
export function endedJob(id: string, error: { code: string; message: string } | null = null) {
  return {
    id,
    kind: 'signers',
    title: 'The work',
    state: error === null ? 'done' : 'failed',
    progress: null,
    step: '',
    cancellable: false,
    startedAt: AT,
    endedAt: AT,
    resultIds: [],
    error,
  };
}
