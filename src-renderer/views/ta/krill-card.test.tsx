import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SignerView } from '#shared/contract/ta.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { KrillCard } from './krill-card.tsx';

const AT = '2026-11-24T12:00:00.000Z';
const LINK = {
  server: 'unix:///run/krill/krill.sock',
  pin: null,
  hasToken: true,
  associated: null,
  postLimit: 262_144,
};

beforeEach(() => {
  dropWorkspaceData();
  // As newer Chromium has it: it answers a promise.
  Object.assign(Element.prototype, { scrollIntoView: () => Promise.resolve() });
});
afterEach(cleanup);

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
async function press(name: string): Promise<void> {
  fireEvent.click(screen.getByRole('button', { name }));
  await settle();
}

test('a Krill that refused the token is connected with another one, without the page failing', async () => {
  let connected = false;
  const started: string[] = [];
  const bridge: FakeBridge = installBridge({
    'ta.krill': () => ({ link: connected ? LINK : null }),
    'ta.setKrill': ({ token }: { token: string }) => {
      started.push(token);
      return { job: `j-${started.length}` };
    },
    'jobs.get': ({ id }: { id: string }) => {
      const done = id !== 'j-1';
      connected ||= done;
      return {
        id,
        kind: 'ta.setKrill',
        title: 'Connect with Krill',
        state: done ? 'done' : 'failed',
        progress: null,
        step: '',
        cancellable: false,
        startedAt: AT,
        endedAt: AT,
        resultIds: [],
        error: done ? null : { code: 'PEER_REFUSED', message: 'Krill refused the token.' },
      };
    },
  });
  render(<KrillCard signer={null} proxyHere={false} />);
  await settle();
  await press('Connect a Krill…');
  fireEvent.change(screen.getByLabelText(/^Address/), { target: { value: LINK.server } });
  for (const token of ['wrong', 'right']) {
    fireEvent.change(screen.getByLabelText('Token'), { target: { value: token } });
    await press('Connect');
    if (token === 'wrong') expect(screen.getByText(/Krill refused the token/)).toBeTruthy();
  }
  expect(bridge.callsOf('ta.setKrill')).toHaveLength(2);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('no digit of the certificate is shown before its last groups were typed', async () => {
  const sha256 = `${'1A2B'.repeat(12)}C0DEC0FFEE00D1CE`;
  installBridge({
    'ta.krill': () => ({ link: null }),
    'ta.peekServer': () => ({ sha256, subject: 'Krill', issuer: 'Krill', notAfter: AT }),
  });
  render(<KrillCard signer={null} proxyHere={false} />);
  await settle();
  await press('Connect a Krill…');
  await press('Look at its certificate');
  const tail = screen.getByLabelText(/^Its last four groups/);
  expect(screen.queryByText('1A2B')).toBeNull();
  fireEvent.change(tail, { target: { value: 'C0DE C0FF EE00 0000' } });
  expect(screen.getByText(/shows another certificate/)).toBeTruthy();
  expect(screen.queryByText('1A2B')).toBeNull();
  fireEvent.change(tail, { target: { value: 'C0:DE:C0:FF:EE:00:D1:CE' } });
  expect(screen.getAllByText('1A2B')).toHaveLength(12);
});

test('the kept token goes to the same address with the same certificate; for another one it is asked for again', async () => {
  const [kept, other] = ['AA'.repeat(32), `${'1A2B'.repeat(12)}C0DEC0FFEE00D1CE`];
  const bridge = installBridge({
    'ta.krill': () => ({ link: { ...LINK, server: 'https://localhost:3000/', pin: kept } }),
    'ta.peekServer': () => ({ sha256: other, subject: 'Krill', issuer: 'Krill', notAfter: AT }),
    'ta.setKrill': () => ({ job: 'j-1' }),
  });
  render(<KrillCard signer={null} proxyHere={false} />);
  await settle();
  await press('Settings…');
  expect(screen.getByText('Empty keeps the present one.')).toBeTruthy();
  await press('Connect');
  expect(bridge.callsOf('ta.setKrill')).toHaveLength(1);
  await press('Look at its certificate');
  fireEvent.change(screen.getByLabelText(/^Its last four groups/), {
    target: { value: 'C0DE C0FF EE00 D1CE' },
  });
  expect(screen.queryByText('Empty keeps the present one.')).toBeNull();
  await press('Connect');
  expect(bridge.callsOf('ta.setKrill')).toHaveLength(1);
  fireEvent.change(screen.getByLabelText('Token'), { target: { value: 'typed-again' } });
  await press('Connect');
  expect(bridge.callsOf('ta.setKrill')[1]).toMatchObject({ pin: other, token: 'typed-again' });
});

test('a request is opened at Krill only once this signer is associated, and the button says that it opens one', async () => {
  let associated = false;
  const keyId = 'AB'.repeat(20);
  const signer = { keyId } as SignerView;
  const bridge = installBridge({
    'ta.krill': () => ({ link: { ...LINK, associated: associated ? keyId : null } }),
    'ta.krillRequest': () => ({ job: 'j-2' }),
  });
  render(<KrillCard signer={signer} proxyHere={false} />);
  await settle();
  await press('Open a request at Krill…');
  expect(bridge.callsOf('ta.krillRequest')).toEqual([]);
  cleanup();
  dropWorkspaceData();
  associated = true;
  render(<KrillCard signer={signer} proxyHere={false} />);
  await settle();
  await press('Open a request at Krill…');
  expect(bridge.callsOf('ta.krillRequest')).toEqual([{}]);
});
