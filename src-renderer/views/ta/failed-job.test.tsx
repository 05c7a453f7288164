import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { Dialog } from '../../components/dialog.tsx';
import { AddChildBody } from './add-child.tsx';
import { CreateChildDialog } from './create-child-dialog.tsx';
import { ImportStoreDialog } from './krill-store-dialogs.tsx';
import { NumberDialog } from './number-dialog.tsx';
import { ReissueDialog } from './reissue-dialog.tsx';
import { WithdrawBody } from './request-dialogs.tsx';

const AT = '2026-11-24T12:00:00.000Z';
const SAYS = 'Nothing was given.';
let bridge: FakeBridge;

beforeEach(() => {
  dropWorkspaceData();
  Object.assign(Element.prototype, { scrollIntoView: () => Promise.resolve() });
  bridge = installBridge({
    'ta.localAdd': () => ({ job: 'j-1' }),
    'ta.importStore': () => ({ job: 'j-1' }),
    'ta.reissue': () => ({ job: 'j-1' }),
    'ta.localChildren': () => ({ children: [] }),
    'dialogs.folder': () => ({ chosen: { ticket: 'place-1', path: '/srv/krillta', exists: true } }),
    'jobs.get': ({ id }: { id: string }) => ({
      id,
      kind: 'ta.localAdd',
      title: 'Add a child',
      state: 'failed',
      progress: null,
      step: '',
      cancellable: false,
      startedAt: AT,
      endedAt: AT,
      resultIds: [],
      error: { code: 'INVALID_INPUT', message: SAYS },
    }),
  });
});
afterEach(cleanup);

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
const dialog = () => within(screen.getByRole('dialog'));
async function press(name: string): Promise<void> {
  fireEvent.click(dialog().getByRole('button', { name }));
  await settle();
}

test('a child that cannot be added: what was typed, the reason and both buttons stand in the form', async () => {
  render(
    <Dialog open onClose={() => undefined} title="Add a child">
      <AddChildBody proxy={{ children: [] } as unknown as ProxyView} file={null} onClose={() => undefined} />
    </Dialog>,
  );
  await settle();
  fireEvent.change(dialog().getByLabelText('Handle'), { target: { value: 'lab' } });
  await press('Add the child');
  expect(dialog().getByText(SAYS)).toBeTruthy();
  expect(dialog().getByLabelText<HTMLInputElement>('Handle').value).toBe('lab');
  expect(document.activeElement?.textContent).toContain(SAYS);
  expect(dialog().getByRole('button', { name: 'Cancel' })).toBeTruthy();
  await press('Add the child');
  expect(bridge.callsOf('ta.localAdd')).toHaveLength(2);
});

test('a wrong folder of krillta: another one can be chosen in the same dialog', async () => {
  render(<ImportStoreDialog open onClose={() => undefined} />);
  await press('Choose a folder…');
  await press('Take over');
  expect(dialog().getByText(SAYS)).toBeTruthy();
  expect(dialog().getByText('/srv/krillta')).toBeTruthy();
  expect(dialog().getByRole('button', { name: 'Cancel' })).toBeTruthy();
  expect(dialog().getByRole('button', { name: 'Choose a folder…' })).toBeTruthy();
});

test('a reissue for too many years is refused in the form; a grey verb that is pressed says why', async () => {
  const signer = {
    talUris: ['https://rpki.example.net/ta.cer'],
    notify: null,
    timing: { certificateValidityYears: 100 },
    baseUri: 'rsync://rpki.example.net/repo/',
    dateAsked: null,
  } as unknown as SignerView;
  render(<ReissueDialog signer={signer} open onClose={() => undefined} />);
  fireEvent.change(dialog().getByLabelText('Valid for'), { target: { value: '10000' } });
  await press('Reissue');
  expect(bridge.callsOf('ta.reissue')).toEqual([]);
  expect(dialog().getAllByText('At most 500 years.').length).toBeGreaterThan(0);
  fireEvent.change(dialog().getByLabelText('Valid for'), { target: { value: '500' } });
  await press('Reissue');
  expect(bridge.callsOf('ta.reissue')).toMatchObject([{ years: 500 }]);
});

test('numbers: what is wrong with one is said while it is typed, and the one that comes anyway is not chosen', async () => {
  const chosen: string[] = [];
  render(
    <NumberDialog lowest="3" open onClose={() => undefined} onChosen={({ value }) => chosen.push(value)} />,
  );
  fireEvent.change(dialog().getByLabelText('Reason'), { target: { value: 'lost' } });
  for (const [typed, says] of [
    ['2', /Choose more than 3/],
    ['abc', /Write a whole number/],
    ['9'.repeat(30), /at most 19 digits/],
  ] as const) {
    fireEvent.change(dialog().getByLabelText('Number'), { target: { value: typed } });
    expect(dialog().getAllByText(says).length).toBeGreaterThan(0);
  }
  fireEvent.change(dialog().getByLabelText('Number'), { target: { value: '3' } });
  await press('Use this number');
  expect(chosen).toEqual([]);
  expect(dialog().getByText('3 comes next anyway: choose more, or cancel.')).toBeTruthy();
  fireEvent.change(dialog().getByLabelText('Number'), { target: { value: '9' } });
  await press('Use this number');
  expect(chosen).toEqual(['9']);
});

test('a withdrawal with one letter as its reason says what is missing', async () => {
  render(
    <Dialog open onClose={() => undefined} title="Withdraw the request">
      <WithdrawBody proxy={{ open: {} } as unknown as ProxyView} onClose={() => undefined} />
    </Dialog>,
  );
  fireEvent.change(dialog().getByLabelText('Reason'), { target: { value: 'x' } });
  await press('Withdraw');
  expect(bridge.callsOf('ta.cancelRequest')).toEqual([]);
  expect(dialog().getByText('Write why in three letters or more.')).toBeTruthy();
});

test('a handle that is taken or too long is said at its field, and nothing of it is cut off', async () => {
  render(<CreateChildDialog taken={['online']} open onClose={() => undefined} />);
  const handle = dialog().getByLabelText<HTMLInputElement>('Handle');
  for (const [typed, says] of [
    ['online', /There is a child called online already/],
    ['x'.repeat(300), /Write at most 64 letters/],
    ['a b', /Only letters, digits/],
  ] as const) {
    fireEvent.change(handle, { target: { value: typed } });
    expect(handle.value).toBe(typed);
    expect(dialog().getAllByText(says).length).toBeGreaterThan(0);
    await press('Make child');
  }
  expect(bridge.callsOf('ta.localCreate')).toEqual([]);
});
