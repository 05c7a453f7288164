import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { filesToPutOut } from './put-out.tsx';
import { Review } from './review.tsx';
import { SignerInfo } from './signer-info.tsx';

const AT = '2026-11-24T12:00:00.000Z';
const change = (what: string) => ({ what, before: 'a', after: 'b' });
let changes: ReturnType<typeof change>[];

beforeEach(() => {
  dropWorkspaceData();
  changes = [change('TAL'), change('TA certificate')];
  installBridge({
    'ta.signerInfo': () => ({
      name: 'signer-info.json',
      faults: [],
      early: null,
      older: false,
      known: true,
      changes,
      lines: [],
    }),
    'ta.signer': () => ({ signer: { identity: { sha256: 'CD'.repeat(32) } } }),
    'ta.associate': () => ({ job: 'j-1' }),
    'ta.review': () => ({
      file: { name: 'request.json', size: 1, sha256: 'AB'.repeat(32) },
      verdict: {
        severity: 'careful',
        title: 'This request was answered before; its response is kept',
        checks: [],
      },
      faults: [],
      unusual: ['a asks again for key 1: the proxy may never have used the last response.'],
      nonce: { value: 'n', state: 'answered', exchange: 'x-1', number: '1', differs: [] },
      children: [],
      outcome: { number: { before: '1', after: '2' } },
    }),
    'jobs.get': ({ id }: { id: string }) => ({
      id,
      kind: 'ta.associate',
      title: 'Associate the signer',
      state: 'done',
      progress: null,
      step: '',
      cancellable: false,
      startedAt: AT,
      endedAt: AT,
      resultIds: ['proxy'],
      error: null,
    }),
  });
});
afterEach(cleanup);

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
const props = (id: string) => ({ route: { name: 'ta', params: { id }, query: {} } }) as unknown as ViewProps;

test('after a new certificate was taken over, what must be put out stands there with its buttons', async () => {
  render(<SignerInfo {...props('i-1')} />);
  await settle();
  // On one machine it need not be carried from one page to the other.
  fireEvent.click(screen.getByRole('button', { name: 'Take it from the signer of this workspace' }));
  await settle();
  expect(screen.getByLabelText<HTMLInputElement>(/^Fingerprint/).value).toBe('CD'.repeat(32));
  fireEvent.change(screen.getByLabelText(/^Fingerprint/), { target: { value: 'AB'.repeat(16) } });
  fireEvent.click(screen.getByRole('button', { name: 'Take it over' }));
  await settle();
  expect(screen.getByText('to be put out by you: ta.cer and ta.tal')).toBeTruthy();
  expect(screen.getByText('published are the objects of the last response, as before')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Write ta.cer…' })).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Write ta.tal…' })).toBeTruthy();
  expect(filesToPutOut([change('Signer identity')])).toEqual([]);
  expect(filesToPutOut([change('TA certificate')]).map(({ name }) => name)).toEqual(['ta.cer']);
});

test('what the signer signed since is not called published after a take-over', async () => {
  changes = [change('TA certificate'), change('Manifest number')];
  render(<SignerInfo {...props('i-1')} />);
  await settle();
  fireEvent.change(screen.getByLabelText(/^Fingerprint/), { target: { value: 'AB'.repeat(16) } });
  fireEvent.click(screen.getByRole('button', { name: 'Take it over' }));
  await settle();
  expect(
    screen.getByText(
      'certificates and revocations that were signed since are not published: they come with the next response',
    ),
  ).toBeTruthy();
  expect(screen.queryByText(/and published/)).toBeNull();
});

test('a request that was answered is told by its response, not by what it would do now', async () => {
  render(<Review {...props('r-1')} />);
  await settle();
  expect(screen.getByRole('link', { name: 'Open its response' })).toBeTruthy();
  expect(screen.queryByText(/may never have used/)).toBeNull();
  expect(screen.queryByText('Signing will make')).toBeNull();
  expect(screen.queryByRole('button', { name: /^Sign response/ })).toBeNull();
});
