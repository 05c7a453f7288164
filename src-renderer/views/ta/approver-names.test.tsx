/** Where the workspace has two people approve: the names are asked by the same fields everywhere, and go to main. */
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExchangeReview } from '#shared/contract/ta-review.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { Approval, type Typed } from './approval.tsx';
import { GoOnDialog } from './go-on-dialog.tsx';
import { ExportStoreDialog } from './krill-store-dialogs.tsx';
import { ReissueDialog } from './reissue-dialog.tsx';

const signer = {
  talUris: ['https://rpki.example.net/ta.cer', 'rsync://rpki.example.net/ta/ta.cer'],
  notify: null,
  timing: { certificateValidityYears: 100 },
  baseUri: 'rsync://rpki.example.net/repo/',
  keyId: 'AB'.repeat(20),
  signer: 'software',
  aheadUntil: '2027-02-15T21:03:00.000Z',
  dateAsked: null,
} as unknown as SignerView;

let bridge: FakeBridge;
let count: number;
beforeEach(() => {
  dropWorkspaceData();
  Object.assign(Element.prototype, { scrollIntoView: () => Promise.resolve() });
  count = 2;
  bridge = installBridge({
    'ta.approvers': () => ({ count }),
    'ta.reissue': () => ({ job: 'j-1' }),
    'ta.goOn': () => ({ job: 'j-1' }),
    'ta.approve': () => ({ job: 'j-1' }),
    'ta.exportStore': () => ({ path: '/media/krilltadata' }),
    'dialogs.folder': () => ({ chosen: { ticket: 't-1', path: '/media/krilltadata', name: 'krilltadata' } }),
  });
});
afterEach(cleanup);

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
const type = (label: string | RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
async function press(name: string): Promise<void> {
  fireEvent.click(screen.getByRole('button', { name }));
  await settle();
}
const NAMES = ['Registrar', 'Auditor'];
function typeNames(): void {
  type('First approver', 'Registrar');
  type('Second approver', 'Auditor');
}

test('a reissue waits for both', async () => {
  render(<ReissueDialog signer={signer} open onClose={() => undefined} />);
  await settle();
  await press('Reissue');
  expect(screen.getByText('Both approvers give their name.')).toBeTruthy();
  typeNames();
  await press('Reissue');
  expect(bridge.callsOf('ta.reissue')).toMatchObject([{ names: NAMES }]);
});

test('going on from a clock waits for the date and for both', async () => {
  render(<GoOnDialog signer={signer} open onClose={() => undefined} />);
  await settle();
  type(/^Today/, '2026-11-27');
  await press('Go on from this clock');
  expect(bridge.callsOf('ta.goOn')).toEqual([]);
  typeNames();
  await press('Go on from this clock');
  expect(bridge.callsOf('ta.goOn')).toEqual([{ today: '2026-11-27', names: NAMES }]);
});

test('writing for krillta waits for the folder, the digits and both', async () => {
  render(<ExportStoreDialog signer={signer} open onClose={() => undefined} />);
  await settle();
  await press('Choose a folder…');
  type(/^The last 8 digits/, 'ABABABAB');
  await press('Write with keys');
  expect(bridge.callsOf('ta.exportStore')).toEqual([]);
  typeNames();
  await press('Write with keys');
  expect(bridge.callsOf('ta.exportStore')).toEqual([{ folder: 't-1', confirm: 'ABABABAB', names: NAMES }]);
});

test('where one person approves, nobody is asked', async () => {
  count = 1;
  render(<ReissueDialog signer={signer} open onClose={() => undefined} />);
  await settle();
  expect(screen.queryByLabelText('First approver')).toBeNull();
  await press('Reissue');
  expect(bridge.callsOf('ta.reissue')).toMatchObject([{ names: [] }]);
});

test('a request that was not carried has no digits, and is signed by two all the same', async () => {
  const review = {
    groups: [],
    approvers: 2,
    canSign: true,
    airGapped: false,
    dateAsked: null,
    outcome: { number: { before: '1', after: '2' } },
  } as unknown as ExchangeReview;
  function Typing() {
    const [typed, onTyped] = useState<Typed | null>(null);
    return (
      <Approval
        {...{ id: 'r-1', review, number: null, typed, onTyped }}
        onNumber={() => {}}
        onJob={() => {}}
      />
    );
  }
  render(<Typing />);
  expect(screen.queryByText(/read these groups/)).toBeNull();
  typeNames();
  await press('Sign response 2');
  expect(bridge.callsOf('ta.approve')).toMatchObject([{ names: NAMES, groups: [] }]);
});
