import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { installBridge } from '../../app/fake-bridge.ts';
import type { FakeBridge } from '../../app/fake-bridge.ts';
import { UnownedKeys } from './unowned-keys.tsx';

const KEY = '98F7EDEF5A1F3C9C0E4F5A2B7C6D8E9F0A1B2C3D';

const key = (more: Partial<ProxyView['unowned'][number]> = {}): ProxyView['unowned'][number] => ({
  keyId: KEY,
  resources: { asn: 'AS64496', ipv4: '192.0.2.0/24', ipv6: '' },
  repository: 'rsync://child.example.net/repo/one/',
  notAfter: '2027-11-23T12:00:00.000Z',
  mayBe: [],
  revoking: false,
  ...more,
});

let bridge: FakeBridge;
beforeEach(() => {
  bridge = installBridge({ 'ta.unownedRevoke': () => ({}), 'ta.unownedKeep': () => ({}) });
});
afterEach(cleanup);

const press = async (name: RegExp, inside = document.body): Promise<void> => {
  await act(async () => {
    fireEvent.click(within(inside).getByRole('button', { name }));
  });
};

test('there is no card while every key has a child', () => {
  render(<UnownedKeys keys={[]} />);
  expect(document.body.textContent).toBe('');
});

test('a key is revoked only after its last eight digits were typed', async () => {
  render(<UnownedKeys keys={[key()]} />);
  expect(screen.getByText('rsync://child.example.net/repo/one/')).toBeTruthy();
  await press(/^Revoke…/);
  const dialog = screen.getByRole('alertdialog');
  await press(/^Revoke the key/, dialog);
  expect(bridge.calls.filter(({ channel }) => channel === 'ta.unownedRevoke')).toEqual([]);
  await act(async () => {
    fireEvent.change(within(dialog).getByRole('textbox'), { target: { value: '0a1b 2c3d' } });
  });
  await press(/^Revoke the key/, dialog);
  expect(bridge.calls.filter(({ channel }) => channel === 'ta.unownedRevoke')).toMatchObject([
    { payload: { keyId: KEY, confirm: '0A1B2C3D' } },
  ]);
});

test('whose key it may be is said in the list and before it is revoked', async () => {
  render(<UnownedKeys keys={[key({ mayBe: ['east', 'west'] })]} />);
  expect(screen.getByText('It may be of “east” or “west”: let that child ask first.')).toBeTruthy();
  await press(/^Revoke…/);
  expect(
    within(screen.getByRole('alertdialog')).getByText(
      /^It may be the key of “east” or “west”, which has not/,
    ),
  ).toBeTruthy();
});

test('one that is to be revoked says so, and can stay after all', async () => {
  render(<UnownedKeys keys={[key({ revoking: true })]} />);
  expect(screen.getByText('to be revoked')).toBeTruthy();
  expect(screen.queryByRole('button', { name: /^Revoke/ })).toBeNull();
  await press(/^Keep it/);
  expect(bridge.calls).toMatchObject([{ channel: 'ta.unownedKeep', payload: { keyId: KEY } }]);
});
