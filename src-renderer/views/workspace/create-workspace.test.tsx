import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useEffect, useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import type { Session } from '../../app/session.ts';
import { parsePath } from '../../app/router.ts';
import type { Route } from '../../app/router.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { CreateWorkspace } from './create-workspace.tsx';

const NONE = { state: 'none', workspace: null, notices: [] } as unknown as Session;

let follow = (): void => undefined;

/** The screen as the application shows it: it follows the address. */
function Window() {
  const [route, setRoute] = useState(parsePath(location.hash) as Route);
  useEffect(() => {
    follow = () => setRoute(parsePath(location.hash) as Route);
  }, []);
  return <CreateWorkspace route={route} session={NONE} />;
}

const heading = () => screen.getByRole('heading', { level: 1 }).textContent;
const settle = () => act(() => vi.advanceTimersByTimeAsync(400));
const press = async (name: RegExp | string) => {
  fireEvent.click(screen.getByRole('button', { name }));
  act(() => follow());
  await settle();
};

let bridge: FakeBridge;
beforeEach(() => {
  vi.useFakeTimers();
  dropWorkspaceData();
  location.hash = '#/create';
  bridge = installBridge({
    'workspace.suggestFolder': ({ name }: { name: string }) => ({
      path: `/home/u/Baleen/${name}`,
      taken: name === 'Practice',
    }),
    'workspace.recoveryParts': () => ({ positions: [0, 3] }),
    'workspace.strength': () => ({ score: 4, crackTime: 'centuries', advice: [] }),
    'dialogs.folder': () => ({ chosen: { ticket: 'place-1', path: '/mnt/keys', exists: true } }),
  });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

async function toPassphrase(): Promise<void> {
  render(<Window />);
  await settle();
  fireEvent.click(screen.getByRole('radio', { name: /Offline/ }));
  await press('Next');
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Root & Co' } });
  await settle();
}

test('a reload goes on at the same step with kind and name; the passphrase is in no address', async () => {
  await toPassphrase();
  expect(screen.getByText('/home/u/Baleen/Root & Co')).toBeTruthy();
  await press('Next');
  fireEvent.change(screen.getByLabelText('Passphrase'), { target: { value: 'tundra-Okapi 7' } });
  await settle();
  expect(bridge.callsOf('workspace.strength').at(-1)).toEqual({
    passphrase: 'tundra-Okapi 7',
    of: { name: 'Root & Co', kind: 'offline', folder: '/home/u/Baleen/Root & Co' },
  });
  await settle();
  expect(decodeURIComponent(location.hash)).not.toContain('tundra');
  cleanup();
  render(<Window />);
  await settle();
  expect(heading()).toBe('Choose the passphrase');
  expect(screen.getByText('Root & Co')).toBeTruthy();
  expect(screen.getByText(/offline/i)).toBeTruthy();
  expect(screen.getByText('/home/u/Baleen/Root & Co')).toBeTruthy();
  expect(screen.getByLabelText('Passphrase')).toHaveProperty('value', '');
});

test('an address of a later step with nothing typed leads to the first, and says so', async () => {
  location.hash = '#/create/passphrase';
  render(<Window />);
  await settle();
  expect(heading()).toBe('What is this workspace for?');
  expect(location.hash).toBe('#/create/kind');
});

test('a folder that was chosen is not replaced silently by the suggested one', async () => {
  await toPassphrase();
  await press(/Choose another/);
  expect(screen.getByText('/mnt/keys')).toBeTruthy();
  await press('Next');
  cleanup();
  render(<Window />);
  await settle();
  expect(heading()).toBe('Name it and say where it lives');
  expect(screen.getByText(/not known any more after the reload/)).toBeTruthy();
  await press('Use the suggested one');
  await press('Next');
  expect(heading()).toBe('Choose the passphrase');
  expect(screen.getByText('/home/u/Baleen/Root & Co')).toBeTruthy();
});

test('a name whose folder is taken is said where it is typed; another name or folder goes on', async () => {
  await toPassphrase();
  const name = screen.getByLabelText('Name');
  fireEvent.change(name, { target: { value: 'Practice' } });
  await settle();
  expect(screen.getAllByText(/There is something in its folder already/).length).toBeGreaterThan(0);
  expect(name.getAttribute('aria-invalid')).toBe('true');
  await press('Next');
  expect(heading()).toBe('Name it and say where it lives');
  await press(/Choose another/);
  expect(name.getAttribute('aria-invalid')).not.toBe('true');
  await press('Next');
  expect(heading()).toBe('Choose the passphrase');
});

test('once the workspace is there, what was chosen is no button any more', async () => {
  location.hash = '#/create/verify';
  const workspace = { name: 'W', kind: 'online', recoveryFresh: true, recoveryVerified: false };
  const session = { state: 'unlocked', workspace, notices: [] } as unknown as Session;
  render(<CreateWorkspace route={parsePath(location.hash) as Route} session={session} />);
  await settle();
  expect(heading()).toBe('Type part of it back');
  for (const step of ['Kind', 'Name and folder', 'Passphrase'])
    expect(screen.queryByRole('button', { name: new RegExp(`^${step}`) })).toBeNull();
  expect(screen.getByRole('button', { name: /^Recovery key/ })).toBeTruthy();
});
