import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeBridge, installBridge, Refusal } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { ServerRepository } from './repository-server.tsx';

const SERVER = 'https://localhost:3000/rfc8181/ta/';
let tried: { ok: boolean | null; text: string };
let wrong: boolean;
let bridge: FakeBridge;

beforeEach(() => {
  dropWorkspaceData();
  tried = { ok: true, text: '' };
  wrong = false;
  bridge = installBridge({
    'blob.put': () => ({ blob: 'b-1' }),
    'ta.readRepository': () => {
      if (wrong) throw new Refusal({ code: 'INVALID_INPUT', message: 'x.json is JSON of no kind.', ref: '' });
      return {
        name: 'repo-res.xml',
        base: 'rsync://rpki.example.net/repo/',
        notify: null,
        serviceUri: SERVER,
        publisher: 'ta',
        remark: null,
        identity: 'AB'.repeat(32),
      };
    },
    'ta.tryServer': () => tried,
    'ta.proxyRepository': () => ({}),
  });
});
afterEach(cleanup);

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
async function press(name: string): Promise<void> {
  fireEvent.click(screen.getByRole('button', { name }));
  await settle();
}
async function shown(): Promise<void> {
  render(<ServerRepository dropped={new File(['<x/>'], 'repo-res.xml')} />);
  await settle();
}

test('the server is looked at before it is taken: a wrong or missing pin is said at its field', async () => {
  tried = { ok: false, text: 'No public authority vouches for it.' };
  await shown();
  expect(screen.getByText(SERVER)).toBeTruthy();
  await press('Publish through this server');
  expect(screen.getByText('No public authority vouches for it.')).toBeTruthy();
  expect(bridge.callsOf('ta.proxyRepository')).toEqual([]);
  tried = { ok: true, text: '' };
  fireEvent.change(screen.getByLabelText(/^SHA-256 of the server's TLS/), { target: { value: 'AB' } });
  expect(screen.queryByText('No public authority vouches for it.')).toBeNull();
  await press('Publish through this server');
  expect(bridge.callsOf('ta.tryServer').at(-1)).toEqual({ server: SERVER, pin: 'AB' });
  expect(bridge.callsOf('ta.proxyRepository')).toEqual([{ blob: 'b-1', pin: 'AB' }]);
});

test('a server that cannot be looked at is taken only when that was said', async () => {
  tried = { ok: null, text: 'Nobody answers there.' };
  await shown();
  await press('Publish through this server');
  expect(screen.getByText(/Nobody answers there/)).toBeTruthy();
  expect(bridge.callsOf('ta.proxyRepository')).toEqual([]);
  await press('Take it unseen');
  expect(bridge.callsOf('ta.proxyRepository')).toEqual([{ blob: 'b-1', pin: null }]);
});

test('a file that is none is refused when it is chosen', async () => {
  wrong = true;
  await shown();
  expect(screen.getByText('x.json is JSON of no kind.')).toBeTruthy();
  expect(screen.queryByText('What the file says; nobody signed it.')).toBeNull();
});
