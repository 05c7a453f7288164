import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fakeList, SERVER, SOFTWARE, TOKEN } from '../views/signers/fake-signers.ts';
import { CommandPalette, matches } from './command-palette.tsx';
import { installBridge } from './fake-bridge.ts';
import type { FakeBridge } from './fake-bridge.ts';
import { useView } from './state.ts';

let bridge: FakeBridge;
beforeEach(() => {
  vi.useFakeTimers();
  window.location.hash = '';
  useView.setState({ paletteOpen: true });
  const hits = [{ type: 'certificate', id: 'c-7', title: 'relay-02.example.net', detail: 'Example CA' }];
  bridge = installBridge({ 'overview.find': () => ({ hits }), 'workspace.lock': () => ({}) });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const type = async (text: string) => {
  fireEvent.change(screen.getByRole('combobox'), { target: { value: text } });
  await act(async () => vi.advanceTimersByTimeAsync(200));
};
const options = () => screen.getAllByRole('option').map((option) => option.textContent);
const selected = () =>
  screen.getAllByRole('option').find((option) => option.getAttribute('aria-selected') === 'true');

describe('command palette', () => {
  test('finds objects, screens and actions; Enter goes there and closes it', async () => {
    render(<CommandPalette state="unlocked" />);
    await type('relay');
    expect(bridge.callsOf('overview.find')).toEqual([{ query: 'relay' }]);
    expect(selected()?.textContent).toContain('relay-02.example.net');
    await act(async () => fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' }));
    expect(window.location.hash).toBe('#/certificates/c-7');
    expect(useView.getState().paletteOpen).toBe(false);
  });

  test('arrows move the choice and the input names it', async () => {
    render(<CommandPalette state="unlocked" />);
    await type('theme');
    const input = screen.getByRole('combobox');
    const first = selected()?.id;
    fireEvent.keyDown(input, { key: 'ArrowDown' });
    fireEvent.keyDown(input, { key: 'ArrowDown' });
    expect(selected()?.id).not.toBe(first);
    expect(input.getAttribute('aria-activedescendant')).toBe(selected()?.id);
  });

  test('a locked workspace offers nothing that needs it, and asks main for no object', async () => {
    render(<CommandPalette state="locked" />);
    await type('');
    const shown = options().join('|');
    expect(shown).toContain('Settings');
    expect(shown).not.toContain('Certificates');
    expect(shown).not.toContain('Lock the workspace');
    await type('relay');
    expect(bridge.callsOf('overview.find')).toEqual([]);
    expect(options()).toEqual(['Nothing with these words.']);
  });

  test('finds what an operator calls it', async () => {
    render(<CommandPalette state="unlocked" />);
    for (const [typed, title] of [
      ['backup', 'Back up the workspace…'],
      ['verify', 'Verify the audit…'],
      ['restore', 'Restore a backup…'],
    ] as const) {
      await type(typed);
      expect(options()).toContain(title);
    }
  });

  test('a signer is found by name and kind, and what can be done with it by its verb', async () => {
    const waits = { ...SERVER, warnings: [] };
    const asked = installBridge({
      'overview.find': () => ({ hits: [] }),
      'signers.list': () => fakeList([SOFTWARE, TOKEN, waits], { changes: ['One is added.'] }),
      'signers.discover': () => ({ libraries: [], softhsm: { library: '/usr/lib/softhsm2.so', util: null } }),
      'signers.probe': () => ({ job: 'j-1' }),
    });
    render(<CommandPalette state="unlocked" />);
    await type('');
    expect(options().join('|')).not.toContain('SoftHSM token');
    await type('kmip');
    expect(options()).toEqual([
      'KMIP eastKMIP signer, not there',
      'Test KMIP east',
      'Doctor of KMIP east',
      'Settings of KMIP east…',
      'Rename KMIP east…',
      'Remove KMIP east…',
      'Add a signer…',
    ]);
    await type('softhsm');
    expect(options().slice(0, 3)).toEqual([
      'SoftHSM tokenPKCS#11 signer, ready',
      'Test SoftHSM token',
      'Log out of SoftHSM token',
    ]);
    for (const [typed, titles] of [
      ['my token 1', ['SoftHSM tokenPKCS#11 signer, ready']],
      ['a1b2c3d4e5f60718', ['SoftHSM tokenPKCS#11 signer, ready']],
      ['rehearsal', ['Make a rehearsal token…']],
      ['rename', ['Rename Software…', 'Rename SoftHSM token…', 'Rename KMIP east…']],
      ['change pin', ['Change the PIN of SoftHSM token…']],
      [
        'pending',
        ['Apply the changes of the signers…1 change', 'Discard the changes of the signers…1 change'],
      ],
    ] as const) {
      await type(typed);
      expect(options()).toEqual(titles);
    }
    await type('remove softhsm');
    await act(async () => fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' }));
    expect(window.location.hash).toBe('#/signers/signer-1?open=remove');
    act(() => useView.setState({ paletteOpen: true }));
    await type('probe softhsm');
    await act(async () => fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' }));
    expect(window.location.hash).toBe('#/signers/signer-1');
    expect(asked.callsOf('signers.probe')).toEqual([{ id: 'signer-1' }]);
  });

  test('every word must be there, in any order and case', () => {
    expect(matches('New root authority', 'ROOT new')).toBe(true);
    expect(matches('New root authority', 'root leaf')).toBe(false);
    expect(matches('anything', '  ')).toBe(true);
  });

  test('without a workspace it knows the three things one can do there; open, what is done with what lies in it', async () => {
    const found = async (
      words: string,
      state: 'none' | 'locked' | 'unlocked',
    ): Promise<(string | null)[]> => {
      cleanup();
      render(<CommandPalette state={state} />);
      await type(words);
      return options();
    };
    expect(await found('new workspace', 'none')).toEqual([expect.stringContaining('New workspace…')]);
    expect(await found('open folder', 'none')).toEqual([expect.stringContaining('Open a folder…')]);
    expect(await found('restore', 'none')).toEqual([expect.stringContaining('Restore a backup…')]);
    await act(async () => fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' }));
    expect(window.location.hash).toBe('#/start?open=restore');
    useView.setState({ paletteOpen: true });
    bridge = installBridge({ 'overview.find': () => ({ hits: [] }) });
    expect(await found('renew', 'unlocked')).toEqual([expect.stringContaining('Renew a certificate…')]);
    expect(await found('recovery key', 'unlocked')).toEqual([
      expect.stringContaining('Make a new recovery key…'),
    ]);
    expect(await found('recovery', 'locked')).toEqual(
      expect.arrayContaining([expect.stringContaining('Open with the recovery key…')]),
    );
    expect(await found('new workspace', 'unlocked')).toEqual(['Nothing with these words.']);
  });
});
