/** Dates before something is signed, and the way out after it was signed by a clock that was ahead. */
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SignerView } from '#shared/contract/ta.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { datedText } from '../../components/dated.tsx';
import { GoOnDialog } from './go-on-dialog.tsx';
import { ReissueDialog } from './reissue-dialog.tsx';
import { Review } from './review.tsx';
import { SignerInfo } from './signer-info.tsx';

const AT = '2026-11-24T12:00:00.000Z';
const ASKED = 'This machine says 2027-02-15 21:03 Z, 80 days after the last exchange or reissue here.';
const signer = {
  talUris: ['https://rpki.example.net/ta.cer', 'rsync://rpki.example.net/ta/ta.cer'],
  notify: null,
  timing: { certificateValidityYears: 100 },
  baseUri: 'rsync://rpki.example.net/repo/',
  aheadUntil: '2027-02-15T21:03:00.000Z',
  mayGoOn: true,
  dateAsked: ASKED,
} as unknown as SignerView;

const none = { kept: [], added: [], removed: [] };
const review = {
  file: { name: 'request.json', size: 1, sha256: 'AB'.repeat(32) },
  contentSha256: '',
  verdict: { severity: 'good', title: 'Signed by the enrolled proxy', checks: [] },
  faults: [],
  unusual: [] as string[],
  nonce: { value: 'n', state: 'new', exchange: null, number: null, differs: [] },
  signedAt: AT,
  goodUntil: AT,
  children: [{ handle: 'online', known: true, asn: none, ipv4: none, ipv6: none, wishes: [] }],
  quietChildren: 0,
  outcome: {
    number: { before: '20', after: '21' },
    numberReason: null,
    nextUpdate: AT,
    certificates: { before: '1', after: '1' },
    revoked: { before: '0', after: '0' },
    taNotAfter: AT,
    key: 'software',
  },
  advisory: [],
  groups: [],
  airGapped: false,
  approvers: 1,
  readable: true,
  dateAsked: null as string | null,
  canSign: true,
};

let bridge: FakeBridge;
let shown: typeof review;
beforeEach(() => {
  dropWorkspaceData();
  Object.assign(Element.prototype, { scrollIntoView: () => Promise.resolve() });
  shown = review;
  bridge = installBridge({
    'ta.reissue': () => ({ job: 'j-1' }),
    'ta.goOn': () => ({ job: 'j-1' }),
    'ta.approve': () => ({ job: 'j-1' }),
    'ta.review': ({ number }: { number: { value: string; reason: string } | null }) =>
      number === null
        ? shown
        : {
            ...shown,
            unusual: [`Its number is chosen: ${number.value}, because: ${number.reason}`],
            outcome: { ...shown.outcome, number: { before: '20', after: number.value } },
          },
    'ta.signerInfo': () => ({
      name: 'signer-info.json',
      faults: ['The TA certificate: it is not valid yet'],
      early: AT,
      changes: [],
      lines: [],
    }),
    'jobs.get': ({ id }: { id: string }) => ({
      id,
      kind: 'ta.goOn',
      title: 'Going on from this clock',
      state: 'done',
      progress: null,
      step: '',
      cancellable: false,
      startedAt: AT,
      endedAt: AT,
      resultIds: ['signer'],
      error: null,
    }),
  });
});
afterEach(cleanup);

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
const props = { route: { name: 'ta', params: { id: 'r-1' }, query: {} } } as unknown as ViewProps;
const DATE = /^Today's date/;
async function click(button: HTMLElement): Promise<void> {
  fireEvent.click(button);
  await settle();
}
const press = (name: string): Promise<void> => click(screen.getByRole('button', { name }));
const pressIn = (name: string): Promise<void> =>
  click(within(screen.getByRole('dialog')).getByRole('button', { name }));
const type = (label: string | RegExp, value: string): void =>
  void fireEvent.change(screen.getByLabelText(label), { target: { value } });

test('a reissue long after the last says why, shows the dates, and waits for the date of another clock', async () => {
  render(<ReissueDialog signer={signer} open onClose={() => undefined} />);
  const asked = screen.getByText(/80 days after the last exchange or reissue here/).textContent;
  expect(asked).toBe(datedText(ASKED));
  expect(asked).not.toBe(ASKED);
  expect(screen.getByText(/By this machine's clock it is/).textContent).toMatch(/lasts from then until/);
  await press('Reissue');
  expect(screen.getByText(/^Type today's date from another clock, as year-month-day\./)).toBeTruthy();
  expect(bridge.callsOf('ta.reissue')).toEqual([]);
  type(DATE, '2027-02-15');
  await press('Reissue');
  expect(bridge.callsOf('ta.reissue')).toMatchObject([{ today: '2027-02-15' }]);
});

test('a life of no years says so at its field', () => {
  render(<ReissueDialog signer={signer} open onClose={() => undefined} />);
  type('Valid for', '0');
  expect(screen.getByText('Say for how many years.')).toBeTruthy();
});

test('going on from this clock waits for the date, and says afterwards what must follow', async () => {
  render(<GoOnDialog signer={signer} open onClose={() => undefined} />);
  await press('Go on from this clock');
  expect(bridge.callsOf('ta.goOn')).toEqual([]);
  type(DATE, '2026-11-27');
  await press('Go on from this clock');
  expect(bridge.callsOf('ta.goOn')).toEqual([{ today: '2026-11-27', names: [] }]);
  expect(screen.getByText(/Bring signer-info\.json to the proxy/)).toBeTruthy();
});

test('a request is signed only with the date when it is asked for', async () => {
  shown = { ...review, dateAsked: ASKED };
  render(<Review {...props} />);
  await settle();
  expect(screen.getByText('This machine’s clock')).toBeTruthy();
  await press('Sign response 21');
  expect(bridge.callsOf('ta.approve')).toEqual([]);
  type(DATE, '2026-11-27');
  await press('Sign response 21');
  expect(bridge.callsOf('ta.approve')).toMatchObject([{ today: '2026-11-27', number: null }]);
});

test('a chosen number stands everywhere: title, what is made, the reason, the button', async () => {
  render(<Review {...props} />);
  await settle();
  await press('Number…');
  type('Number', '30');
  type('Reason', 'another signer used 21');
  await pressIn('Use this number');
  expect(screen.getByRole('heading', { name: 'Review request 30' })).toBeTruthy();
  expect(screen.getByText('Its number is chosen: 30, because: another signer used 21')).toBeTruthy();
  expect(document.body.textContent).toContain('20 → 30');
  // The next one is still the one that comes by itself.
  await press('Number…');
  expect(screen.getByLabelText<HTMLInputElement>('Number').value).toBe('21');
  await pressIn('Cancel');
  await press('Sign response 30');
  expect(bridge.callsOf('ta.approve')).toMatchObject([
    { number: { value: '30', reason: 'another signer used 21' } },
  ]);
});

test('what cannot be read is not called a request for nothing', async () => {
  shown = { ...review, readable: false, canSign: false, children: [] };
  render(<Review {...props} />);
  await settle();
  expect(screen.getByText('What it asks for cannot be read')).toBeTruthy();
  expect(screen.queryByText(/No child asks for anything/)).toBeNull();
  expect(screen.queryByText('Signing will make')).toBeNull();
});

test("a signer's file of the future is called that, with the day from which it can be taken", async () => {
  render(<SignerInfo {...props} />);
  await settle();
  expect(screen.getByText(/^Not yet: this file is from the future/)).toBeTruthy();
  expect(screen.getByText(/can be taken from/).textContent).toMatch(/24 Nov 2026.*Go on from this clock/);
});
