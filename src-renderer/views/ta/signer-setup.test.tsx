import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Session } from '../../app/session.ts';
import { installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Overview } from '../overview/overview.tsx';
import { NoSigner } from './no-signer.tsx';
import { SignerSetup } from './signer-setup.tsx';

let begun: { id: string; kind: string; step: string }[];
let bridge: ReturnType<typeof installBridge>;
let halves: string[];

beforeEach(() => {
  dropWorkspaceData();
  begun = [];
  halves = [];
  bridge = installBridge({
    'drafts.list': () => ({ drafts: begun }),
    'drafts.create': () => ({ id: 'd-new' }),
    'drafts.get': () => ({ id: 'd-1', kind: 'other' }),
    'overview.get': () => ({
      checkedAt: '2026-11-24T12:00:00.000Z',
      attention: [],
      signers: [],
      trustAnchor: halves,
      counts: { authorities: 0, certificates: 0, keys: 2, drafts: 0 },
      lanes: [],
      recent: [],
    }),
  });
});
afterEach(cleanup);

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
const setUp = async (): Promise<void> => {
  render(
    <SignerSetup {...({ route: { name: 'ta-signer', params: {}, query: {} } } as unknown as ViewProps)} />,
  );
  await settle();
};

test('the set-up goes on where one was begun, and begins otherwise', async () => {
  await setUp();
  expect(bridge.callsOf('drafts.create')).toEqual([{ kind: 'ta.signer' }]);
  expect(location.hash).toContain('d-new/proxy');
  cleanup();
  begun = [
    { id: 'd-7', kind: 'ca.issue', step: 'who' },
    { id: 'd-8', kind: 'ta.signer', step: 'locations' },
  ];
  await setUp();
  expect(bridge.callsOf('drafts.create')).toHaveLength(1);
  expect(location.hash).toContain('d-8/locations');
});

test('a set-up that was begun is continued, not begun beside it', async () => {
  begun = [{ id: 'd-8', kind: 'ta.signer', step: 'locations' }];
  render(<NoSigner testBed={false} primary />);
  await settle();
  expect(screen.getByRole('link', { name: 'Continue the set-up' }).className).toContain('button');
  expect(screen.queryByRole('link', { name: 'Set up a signer…' })).toBeNull();
});

const session = (kind: 'online' | 'offline'): Session => ({ workspace: { kind } }) as unknown as Session;

test('the overview of a trust anchor does not tell anybody to begin with a root authority', async () => {
  const { unmount } = render(<Overview session={session('online')} />);
  await settle();
  expect(screen.getByText('Begin with a root authority')).toBeTruthy();
  unmount();
  const station = render(<Overview session={session('offline')} />);
  await settle();
  expect(screen.getByText("Begin with a trust anchor's signer, or a root authority")).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Trust anchor' })).toBeTruthy();
  station.unmount();
  dropWorkspaceData();
  halves = ['proxy', 'signer'];
  render(<Overview session={session('online')} />);
  await settle();
  expect(screen.queryByText('Begin with a root authority')).toBeNull();
  expect(screen.getByRole('link', { name: 'proxy and signer' })).toBeTruthy();
});
