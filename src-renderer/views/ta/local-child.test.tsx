import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChildKeyView, LocalChildView } from '#shared/contract/ta-child.ts';
import { installBridge } from '../../app/fake-bridge.ts';
import type { FakeBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { LocalChild } from './local-child.tsx';
import { LocalChildren } from './local-children.tsx';

const KEY = '98F7EDEF5A1F3C9C0E4F5A2B7C6D8E9F0A1B2C3D';

const key = (more: Partial<ChildKeyView> = {}): ChildKeyView => ({
  keyId: KEY,
  state: 'pending',
  csr: true,
  certificate: null,
  renewFrom: null,
  askedAt: null,
  word: null,
  number: null,
  nextUpdate: null,
  remakeFrom: null,
  ...more,
});

const certified: Partial<ChildKeyView> = {
  state: 'active',
  certificate: {
    sha256: 'AA'.repeat(32),
    notBefore: '2026-11-24T12:00:00.000Z',
    notAfter: '2027-11-23T12:00:00.000Z',
    serial: '1',
    uri: 'rsync://rpki.example.net/repo/x.cer',
  },
  renewFrom: '2027-05-25T12:00:00.000Z',
  number: '3',
  nextUpdate: '2027-02-16T12:00:00.000Z',
  remakeFrom: '2027-01-05T12:00:00.000Z',
};

const child = (more: Partial<LocalChildView> = {}): LocalChildView => ({
  handle: 'online',
  identity: { keyId: KEY, sha256: 'BB'.repeat(32) },
  step: 'parent',
  next: 'Add online under the trust anchor.',
  parent: null,
  repository: null,
  resources: [],
  keys: [key({ csr: false })],
  roll: null,
  rollSays: 'There is no active key to roll yet.',
  contact: null,
  publishes: [],
  warnings: [],
  aheadUntil: null,
  createdAt: '2026-11-24T12:00:00.000Z',
  ...more,
});

const running = child({
  step: 'running',
  next: 'Nothing to do.',
  parent: { handle: 'ta', childHandle: 'online', serviceUri: 'https://x/', sha256: 'CC'.repeat(32) },
  repository: { base: 'rsync://rpki.example.net/repo/online/', notify: null },
  resources: ['AS64496', '192.0.2.0/24'],
  keys: [key(certified)],
  roll: 'start',
  rollSays: 'No key roll is under way.',
});

let bridge: FakeBridge;
let children: LocalChildView[];
beforeEach(() => {
  dropWorkspaceData();
  bridge = installBridge({
    'ta.localChildren': () => ({ children }),
    'ta.localAsk': () => ({
      told: [{ handle: 'online', severity: 'note', says: 'The certificate is scheduled (1104).' }],
    }),
    'ta.localConnect': () => ({ says: 'online has its parent.' }),
    'ta.localRemove': () => ({}),
    'ta.localGoOn': () => ({ says: 'online goes on from this clock.' }),
    'ta.localRoll': () => ({ says: 'The new key is made.' }),
  });
});
afterEach(cleanup);

const props = { route: { name: 'ta-child', params: { id: 'online' }, query: {} } } as unknown as ViewProps;
const press = async (name: string): Promise<void> => {
  await act(async () => fireEvent.click(screen.getByRole('button', { name })));
};

describe('the page of a local child', () => {
  test('one that was removed is deleted with its handle typed, and asks for nothing', async () => {
    children = [child({ step: 'removed', next: 'online was removed from the trust anchor.' })];
    render(<LocalChild {...props} />);
    expect(await screen.findByText('online was removed from the trust anchor.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Ask the parent now' }).getAttribute('aria-disabled')).toBe(
      'true',
    );
    await press('Delete…');
    fireEvent.change(screen.getByLabelText('Handle of the child'), { target: { value: 'online' } });
    await press('Delete with its keys');
    expect(bridge.callsOf('ta.localRemove')).toEqual([{ handle: 'online', confirm: 'online' }]);
  });

  test('one whose objects are of the future goes on from this clock, with the date of another one', async () => {
    children = [child({ ...running, aheadUntil: '2026-12-24T12:00:00.000Z' })];
    render(<LocalChild {...props} />);
    fireEvent.click(await screen.findByRole('button', { name: 'Go on from this clock…' }));
    await press('Go on from this clock');
    expect(bridge.callsOf('ta.localGoOn')).toEqual([]);
    fireEvent.change(screen.getByLabelText(/^Today's date/), { target: { value: '2026-11-24' } });
    await press('Go on from this clock');
    expect(bridge.callsOf('ta.localGoOn')).toEqual([{ handle: 'online', today: '2026-11-24' }]);
  });

  test('without a parent: what comes next, the two ways to it, and no way to ask yet', async () => {
    children = [child()];
    render(<LocalChild {...props} />);
    expect(await screen.findByText('Add online under the trust anchor.')).toBeTruthy();
    expect(screen.getByText('none; its request is not made yet')).toBeTruthy();
    expect(screen.getByText('none until it has a certificate')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Ask the parent now' }).getAttribute('aria-disabled')).toBe(
      'true',
    );
    await press('Take it from this workspace');
    expect(bridge.callsOf('ta.localConnect')).toEqual([{ handle: 'online' }]);
    // For whom it is, and for whom not (T-046).
    expect(screen.getByText('Meant for')).toBeTruthy();
    expect(screen.getByText('Not needed')).toBeTruthy();
  });

  test('1104 is information with its time; the answer to asking is read aloud', async () => {
    children = [
      child({
        ...running,
        step: 'exchange',
        resources: [],
        roll: null,
        keys: [
          key({
            askedAt: '2026-11-24T12:00:00.000Z',
            word: {
              status: 1101,
              severity: 'note',
              text: 'It is under way (1101).',
              at: '2026-11-24T12:00:00.000Z',
            },
          }),
        ],
      }),
    ];
    render(<LocalChild {...props} />);
    const word = await screen.findByText(/It is under way \(1101\)/);
    expect(word.closest('.notice')?.getAttribute('data-severity')).toBe('note');
    expect(screen.getByText('none; 1 request is pending')).toBeTruthy();
    await press('Ask the parent now');
    expect(bridge.callsOf('ta.localAsk')).toEqual([{ handle: 'online' }]);
    expect(screen.getByRole('status').textContent).toContain('(1104)');
  });

  test('running: its resources, from when it is renewed, its manifest; a key roll says what follows', async () => {
    children = [running];
    render(<LocalChild {...props} />);
    expect(await screen.findByText('AS64496, 192.0.2.0/24')).toBeTruthy();
    expect(screen.getByText(/renewal not due before/).textContent).toContain('25 May 2027');
    expect(screen.getByText('active')).toBeTruthy();
    await press('Roll the key…');
    const dialog = within(screen.getByRole('dialog'));
    expect(dialog.getByText(/the old key is revoked and destroyed/)).toBeTruthy();
    await act(async () => fireEvent.click(dialog.getByRole('button', { name: 'Make the new key' })));
    expect(bridge.callsOf('ta.localRoll')).toEqual([{ handle: 'online', step: 'start' }]);
  });

  test('one that is not there says where the others are', async () => {
    children = [];
    render(<LocalChild {...props} />);
    expect(await screen.findByText('No local child called online')).toBeTruthy();
  });
});

describe('the card of local children', () => {
  test('empty: what it is for, and the first one', async () => {
    children = [];
    render(<LocalChildren />);
    expect(await screen.findByText('No local child')).toBeTruthy();
    await press('New local child…');
    expect(screen.getByLabelText<HTMLInputElement>('Handle').value).toBe('online');
    expect(screen.queryByText(/One child is enough/)).toBeNull();
  });

  test('each child with what it waits for; all are asked at once; a second one is advised against (T-008)', async () => {
    children = [running, child({ handle: 'second' })];
    render(<LocalChildren />);
    const link = await screen.findByRole('link', { name: /second/ });
    expect(link.getAttribute('href')).toBe('#/trust-anchor/children/second');
    await press('Ask the parent for all');
    expect(bridge.callsOf('ta.localAsk')).toEqual([{ handle: null }]);
    expect(screen.getByRole('status').textContent).toContain('online: The certificate is scheduled (1104).');
    await press('New local child…');
    expect(screen.getByText(/One child is enough/)).toBeTruthy();
  });
});
