import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SignerView } from '#shared/contract/ta.ts';
import type { TakeBackReview } from '#shared/contract/ta-take-back.ts';
import { type FakeBridge, installBridge, Refusal } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { TakeBack } from './take-back.tsx';

const AT = '2026-11-24T12:00:00.000Z';
const signer = { missingUpTo: '4' } as unknown as SignerView;

let bridge: FakeBridge;
let review: TakeBackReview;
let opened: () => unknown;
beforeEach(() => {
  dropWorkspaceData();
  location.hash = '#/trust-anchor?back=back-1';
  Object.assign(Element.prototype, { scrollIntoView: () => Promise.resolve() });
  review = {
    file: { name: 'response.json', sha256: 'AB'.repeat(32) },
    nonce: 'nonce-3',
    at: AT,
    ...{ number: '3', before: '2', after: '3', request: false },
    wishes: [
      { child: 'kid', keyId: 'CD'.repeat(20), what: 'issued', resources: ['192.0.2.0/24'], notAfter: AT },
      { child: 'old', keyId: 'EF'.repeat(20), what: 'revoked', resources: [], notAfter: null },
    ],
    certificates: { before: 2, after: 1 },
    revoked: { before: 0, after: 2 },
    remarks: ['Number 4 was used here as well.'],
  };
  opened = () => ({ back: 'back-2' });
  bridge = installBridge({
    'blob.put': () => ({ blob: 'blob-1' }),
    'ta.openTakeBack': () => opened(),
    'ta.takeBackRequest': () => {
      review = { ...review, request: true };
      return {};
    },
    'ta.takeBackReview': () => review,
    'ta.takeBack': () => ({ job: 'job-1' }),
  });
});
afterEach(cleanup);

const settle = () => act(async () => undefined);
async function choose(label: string, name: string): Promise<void> {
  const input = document.querySelector<HTMLInputElement>(`input[aria-label="${label}"]`);
  if (input === null) throw new Error(`nothing to choose ${label}`);
  await act(async () => {
    fireEvent.change(input, { target: { files: [new File(['{}'], name)] } });
  });
  await settle();
}

test('what was opened is shown with what it issued and revoked, and taken back by its button alone', async () => {
  render(<TakeBack signer={signer} opened="back-1" />);
  await settle();
  const text = screen.getByRole('dialog').textContent;
  expect(text).toMatch(/Number 4 was used here as well/);
  expect(text).toMatch(/kid.*issued.*192\.0\.2\.0\/24.*old.*revoked/);
  expect(text).toMatch(/number 2 → 3.*2 → 1.*0 → 2/);
  expect(bridge.callsOf('ta.takeBack')).toEqual([]);
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Take response 3 back' })));
  expect(bridge.callsOf('ta.takeBack')).toEqual([{ id: 'back-1' }]);
});

test('a refusal stays where the file was chosen, in its words', async () => {
  opened = () => {
    throw new Refusal({
      code: 'INVALID_INPUT',
      message: 'response.json is not taken back: another signer made it.',
      ref: '',
    });
  };
  render(<TakeBack signer={signer} opened={null} />);
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Take a response back…' })));
  await choose('Choose response.json…', 'response.json');
  expect(screen.getByRole('dialog').textContent).toMatch(/another signer made it/);
  opened = () => ({ back: 'back-2' });
  await choose('Choose response.json…', 'response.json');
  expect(bridge.callsOf('ta.takeBackReview')).toEqual([{ id: 'back-2' }]);
});

test('its request is added, and it is looked at again', async () => {
  render(<TakeBack signer={signer} opened="back-1" />);
  await settle();
  await choose('Add its request.json…', 'request.json');
  expect(bridge.callsOf('ta.takeBackRequest')).toEqual([{ id: 'back-1', blob: 'blob-1' }]);
  expect(screen.getByRole('dialog').textContent).toMatch(/Its request is here too/);
});
