/** What relying parties find, at a server that no authority vouches for; and who serves where only the signer is here. */
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PublicPin } from '#shared/contract/ta-net.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { PublicCard } from './public-card.tsx';
import { ServingCard } from './serving-card.tsx';

const SERVER = 'https://rpki.example.net:8443';
const SHA256 = '0123456789ABCDEF'.repeat(4);
let pins: PublicPin[];
let bridge: FakeBridge;
beforeEach(() => {
  dropWorkspaceData();
  pins = [];
  bridge = installBridge({
    'ta.publicFindings': () => ({
      at: '2026-11-24T12:00:00.000Z',
      findings: [
        {
          uri: `${SERVER}/ta/ta.cer`,
          ok: false,
          text: 'Nobody vouches for it.',
          shown: { server: SERVER, sha256: SHA256 },
        },
      ],
    }),
    'ta.publicPins': () => ({ pins }),
    'ta.pinPublic': () => ({}),
    'ta.unpinPublic': () => ({}),
    'ta.checkPublic': () => ({ job: 'j-1' }),
  });
});
afterEach(cleanup);

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
const press = async (name: string) => {
  fireEvent.click(screen.getByRole('button', { name }));
  await settle();
};

test('its certificate is pinned once the whole fingerprint was typed, and it is looked at again', async () => {
  render(<PublicCard some findings="f-1" />);
  await settle();
  expect(screen.getByRole('button', { name: /^SHA-256 of the server's certificate/ })).toBeTruthy();
  await press('Compare and pin…');
  const field = screen.getByRole('textbox');
  fireEvent.change(field, { target: { value: SHA256.slice(0, 60) } });
  await press('Pin it');
  expect(bridge.callsOf('ta.pinPublic')).toEqual([]);
  fireEvent.change(field, { target: { value: SHA256 } });
  await press('Pin it');
  expect(bridge.callsOf('ta.pinPublic')).toEqual([{ server: SERVER, pin: SHA256 }]);
  expect(bridge.callsOf('ta.checkPublic')).toHaveLength(1);
});

test('what is pinned is listed and can be removed', async () => {
  pins = [{ server: SERVER, sha256: SHA256, at: '2026-11-24T12:00:00.000Z' }];
  render(<PublicCard some findings={null} />);
  await settle();
  fireEvent.click(screen.getByText('Pinned for these checks: 1'));
  await press(`Remove the pin of ${SERVER}`);
  expect(bridge.callsOf('ta.unpinPublic')).toEqual([{ server: SERVER }]);
});

test('where the signer is here without its proxy, nobody is told to make one', () => {
  render(<ServingCard proxy={null} signerHere />);
  expect(screen.getByText(/its proxy is elsewhere: serve there/)).toBeTruthy();
  expect(screen.queryByText(/Make it on the trust anchor/)).toBeNull();
  cleanup();
  render(<ServingCard proxy={null} signerHere={false} />);
  expect(screen.getByText(/Make it on the trust anchor's page first/)).toBeTruthy();
});
