import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { Dialog } from '../../components/dialog.tsx';
import { MakeBody } from './request-dialogs.tsx';

let bridge: FakeBridge;
beforeEach(() => {
  bridge = installBridge({ 'ta.makeRequest': () => ({ job: 'j-1' }) });
});
afterEach(cleanup);

const PROXY = {
  children: [{ local: true }],
  open: null,
  waiting: ['online asked for another certificate for key 00DD5A24…'],
  wants: { wishes: ['online wants a certificate for key C5A123C6…'], activate: [] },
  clockBehind: null,
  infoWanted: null,
};
function show(more: Record<string, unknown> = {}) {
  render(
    <Dialog open onClose={() => undefined} title="Make a request">
      <MakeBody proxy={{ ...PROXY, ...more } as unknown as ProxyView} onClose={() => undefined} />
    </Dialog>,
  );
  return within(screen.getByRole('dialog'));
}
const press = (name: string): Promise<void> =>
  act(async () => {
    fireEvent.click(screen.getByRole('button', { name }));
    await new Promise((done) => setTimeout(done, 20));
  });

test('every wish that goes with it is named and counted, those of CAs that are asked first too', () => {
  const dialog = show();
  expect(dialog.getByText(/^2 wishes wait for it\./)).toBeTruthy();
  expect(dialog.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
    ...PROXY.waiting,
    ...PROXY.wants.wishes,
  ]);
  fireEvent.click(dialog.getByRole('checkbox'));
  expect(dialog.getByText(/^One wish waits for it\./)).toBeTruthy();
});

test('with a clock that went back the date is asked, and goes with the request', async () => {
  const dialog = show({ clockBehind: 'The last publication was at x.' });
  await press('Make the request');
  expect(bridge.callsOf('ta.makeRequest')).toEqual([]);
  fireEvent.change(dialog.getByLabelText(/read from another clock/), { target: { value: '2026-11-28' } });
  await press('Make the request');
  expect(bridge.callsOf('ta.makeRequest')).toEqual([{ ask: true, today: '2026-11-28' }]);
});

test('what the signer signed and nobody took is said before another request is made', () => {
  const dialog = show({ infoWanted: 'Take its signer-info.json over first.' });
  expect(dialog.getByText('Take its signer-info.json over first.')).toBeTruthy();
});
