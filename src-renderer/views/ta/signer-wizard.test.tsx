import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DraftOf } from '#shared/contract/drafts.ts';
import type { SignerDraft, SignerProblem } from '#shared/contract/ta-setup.ts';
import { installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { fakeList, SOFTWARE, TOKEN } from '../signers/fake-signers.ts';
import { endedJob } from '../signers/fake-view.tsx';
import { SignerWizard } from './signer-wizard.tsx';

const TIMING: SignerDraft['timing'] = {
  certificateValidityYears: 100,
  issuedCertificateValidityWeeks: 52,
  issuedCertificateReissueWeeksBefore: 26,
  mftNextUpdateWeeks: 12,
  signedMessageValidityDays: 14,
};
const DATA: SignerDraft = {
  proxyId: null,
  fingerprint: '',
  repository: null,
  https: '',
  rsync: '',
  timing: TIMING,
  number: '1',
  key: null,
};

let stored: SignerDraft[];
let reading: Promise<void>;
let own: boolean;
let holder: string;
const review = {
  digest: 'd',
  lines: [],
  proxyKeyId: '',
  proxySha256: '',
  proxyHere: false,
  base: '',
  notify: '',
};
beforeEach(() => {
  dropWorkspaceData();
  stored = [];
  reading = Promise.resolve();
  own = false;
  holder = 'software';
  let revision = 1;
  let text = '';
  installBridge({
    'blob.put': ({ name }: { name: string }) => ({ blob: name }),
    'ta.krill': () => ({ link: null }),
    'ta.proxySetup': () => ({
      files: own ? { proxyId: 'own id', repository: 'own repo', fingerprint: 'AB'.repeat(32) } : null,
    }),
    'ta.recognise': async ({ blob: name }: { blob: string }) => {
      await reading;
      return {
        name,
        kind: name === 'other.json' ? 'proxy-repo' : 'proxy-id',
        says: `${name} is what it is.`,
        text: name,
      };
    },
    'drafts.save': ({ data }: { data: SignerDraft }) => {
      stored.push(data);
      text = data.proxyId?.text ?? '';
      revision += 1;
      return { revision };
    },
    'ta.signer': () => ({ signer: { signer: holder } }),
    'signers.list': () => fakeList([SOFTWARE, TOKEN]),
    'ta.setupReview': () => ({
      review: null,
      problems: [
        { step: 'proxy', path: 'fingerprint', message: 'Type it.', fix: '' },
        ...(text === 'damaged.json'
          ? [{ step: 'proxy' as const, path: 'proxyId', message: 'It was cut off.', fix: 'Copy it again.' }]
          : []),
      ] satisfies SignerProblem[],
    }),
  });
});
afterEach(cleanup);

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
async function choose(name: string): Promise<void> {
  const input = screen.getByLabelText(/^Choose proxy-/, { selector: 'input' });
  fireEvent.change(input, { target: { files: [new File(['{}'], name)] } });
  await settle();
}
const shown = (step: string, reached = step, signed = false): void =>
  void render(
    <SignerWizard
      draft={{ id: 'd-1', revision: 1, step: reached, data: DATA } as DraftOf<'ta.signer'>}
      step={step}
      signed={signed}
      reload={() => undefined}
    />,
  );

test('a damaged file is named when it is chosen, and no longer once a right one is', async () => {
  shown('proxy');
  await choose('damaged.json');
  expect(screen.getByText('It was cut off. Copy it again.')).toBeTruthy();
  expect(screen.queryByText('Type it.')).toBeNull();
  await choose('proxy-id.json');
  expect(screen.queryByText(/cut off/)).toBeNull();
  await choose('other.json');
  expect(
    screen.getByText(
      /Wanted is the identity of the proxy, .*\. proxy-id.json, which was chosen before, stays/,
    ),
  ).toBeTruthy();
});

test('what is typed while a file is read stays, and Next waits for the file', async () => {
  let read: () => void = () => undefined;
  reading = new Promise((done) => (read = done));
  shown('proxy');
  await choose('proxy-id.json');
  const next = screen.getByRole('button', { name: 'Next' });
  expect(next.getAttribute('aria-disabled') ?? next.getAttribute('disabled')).toBe('true');
  const field = screen.getByLabelText<HTMLTextAreaElement>(/^Fingerprint on the proxy/);
  fireEvent.change(field, { target: { value: 'AB'.repeat(32) } });
  await act(async () => read());
  await settle();
  expect(screen.getByText('proxy-id.json', { exact: true })).toBeTruthy();
  expect(field.value).toBe('AB'.repeat(32));
  expect(stored.at(-1)).toMatchObject({ proxyId: { text: 'proxy-id.json' }, fingerprint: 'AB'.repeat(32) });
  expect(next.getAttribute('aria-disabled')).not.toBe('true');
});

test('a step that was only looked at is not done', () => {
  shown('proxy', 'repository');
  const rail = screen.getAllByRole('listitem').find((item) => within(item).queryByText('Its repository'));
  expect(rail?.getAttribute('data-state') ?? rail?.innerHTML).not.toMatch(/done/);
});

test('a number that is too long is said at its field', () => {
  shown('timing');
  const field = screen.getByLabelText('First manifest number');
  fireEvent.change(field, { target: { value: '9'.repeat(50) } });
  expect(screen.getByText(/has 19 digits at most/)).toBeTruthy();
  fireEvent.change(field, { target: { value: '9' } });
  expect(screen.queryByText(/has 19 digits at most/)).toBeNull();
});

test('the proxy of this workspace is taken with its files and its fingerprint, without carrying them', async () => {
  own = true;
  shown('proxy');
  await settle();
  fireEvent.click(screen.getByRole('button', { name: 'Take the proxy of this workspace' }));
  await settle();
  expect(screen.getByLabelText<HTMLTextAreaElement>(/^Fingerprint on the proxy/).value).toBe('AB'.repeat(32));
  expect(screen.getByText('proxy-id.json', { exact: true })).toBeTruthy();
});

test('what to back up is said by where the TA key was made', async () => {
  shown('timing', 'review', true);
  await settle();
  expect(screen.getByText(/^The keys are in this workspace\. Back it up now/)).toBeTruthy();
  cleanup();
  dropWorkspaceData();
  holder = 'SoftHSM token';
  shown('timing', 'review', true);
  await settle();
  expect(screen.queryByText(/The keys are in this workspace/)).toBeNull();
  expect(
    screen.getByText(/is on “SoftHSM token”\. Back up “SoftHSM token” by its own means and this workspace/),
  ).toBeTruthy();
});

test('a trust anchor on a token to practise with is warned of before it is made', async () => {
  installBridge({
    'ta.setupReview': () => ({ review, problems: [] }),
    'signers.list': () => fakeList([SOFTWARE, TOKEN]),
  });
  shown('review');
  await settle();
  expect(screen.getByText(/“SoftHSM token” is SoftHSM: a token to practise with/)).toBeTruthy();
  cleanup();
  dropWorkspaceData();
  installBridge({
    'ta.setupReview': () => ({ review, problems: [] }),
    'signers.list': () => fakeList([{ ...SOFTWARE, roles: ['default', 'one-off'] }]),
  });
  shown('review');
  await settle();
  expect(screen.getByText('It can be set up.')).toBeTruthy();
  expect(screen.queryByText(/to practise with/)).toBeNull();
});

test('compared is said of a proxy elsewhere alone', async () => {
  installBridge({ 'ta.setupReview': () => ({ review, problems: [] }) });
  shown('review');
  await settle();
  expect(screen.getByText('the proxy is the one you compared')).toBeTruthy();
  cleanup();
  dropWorkspaceData();
  installBridge({ 'ta.setupReview': () => ({ review: { ...review, proxyHere: true }, problems: [] }) });
  shown('review');
  await settle();
  expect(screen.getByText('the proxy is that of this workspace: nothing was compared')).toBeTruthy();
  expect(screen.queryByText(/you compared/)).toBeNull();
});

test('after a failure its reason stays, and the wizard can be used again', async () => {
  const { callsOf } = installBridge({
    'ta.setupReview': () => ({ review, problems: [] }),
    'ta.setUp': () => ({ job: 'j-1' }),
    'jobs.get': () => endedJob('j-1', { code: 'POLICY_REFUSED', message: 'The token makes no such key.' }),
  });
  shown('review');
  await settle();
  const make = () => screen.getByRole('button', { name: 'Make the trust anchor' });
  fireEvent.click(make());
  await settle();
  expect(screen.getByText('The token makes no such key.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Back' })).toBeTruthy();
  fireEvent.click(make());
  await settle();
  expect(callsOf('ta.setUp')).toHaveLength(2);
});
