/** What a move between krillta and this workspace leaves to be settled, on the signer's page. */
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Moves } from '#shared/contract/ta-move.ts';
import type { SignerView } from '#shared/contract/ta.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { MoveCards } from './move-cards.tsx';

const AT = '2026-11-24T12:00:00.000Z';
const signer = {
  keyId: 'AB'.repeat(20),
  certificate: { sha256: 'CD'.repeat(32) },
  identity: { keyId: '01', sha256: 'EF'.repeat(32) },
  proxy: { keyId: '02', sha256: '12'.repeat(32) },
} as SignerView;
const timing = {
  certificateValidityYears: 1,
  issuedCertificateValidityWeeks: 104,
  issuedCertificateReissueWeeksBefore: 26,
  mftNextUpdateWeeks: 80,
  signedMessageValidityDays: 14,
};
const imported: Moves['imported'] = {
  ...{ at: AT, folder: '/media/krilltadata', exchanges: 6, number: '17', certificates: 3, revoked: 5 },
  clearKeys: 10,
  timing,
  timesFrom: {
    certificateValidityYears: 'its certificate',
    issuedCertificateValidityWeeks: 'a child',
    issuedCertificateReissueWeeksBefore: 'the default',
    mftNextUpdateWeeks: 'its manifest',
    signedMessageValidityDays: 'its message',
  },
};

let moves: Moves;
let bridge: FakeBridge;
beforeEach(() => {
  dropWorkspaceData();
  moves = { imported: null, written: null };
  bridge = installBridge({ 'ta.moves': () => moves, 'ta.settleMove': () => ({}) });
});
afterEach(cleanup);

async function shown(): Promise<string> {
  const { container } = render(<MoveCards signer={signer} />);
  await act(async () => void (await new Promise((done) => setTimeout(done, 20))));
  return container.textContent ?? '';
}
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })));

test('nothing is said where nothing was moved', async () => {
  expect(await shown()).toBe('');
});

test('what came along: counts, fingerprints, times with their source, and the keys in the clear', async () => {
  moves = { imported, written: null };
  const text = await shown();
  for (const part of [
    'Exchanges6',
    'Last number17',
    'Certificates3',
    'Revocations5',
    '80 weeks: its manifest',
    '1 year: its certificate',
  ])
    expect(text).toContain(part);
  expect(text).toMatch(/still has its keys in the clear: 10 keys lie unencrypted in \/media\/krilltadata\./);
  for (const label of [
    /^Key identifier/,
    /^SHA-256 of ta\.cer/,
    /^SHA-256 of the signer/,
    /^SHA-256 of its proxy/,
  ])
    expect(screen.getByRole('button', { name: label })).toBeTruthy();
  await press('Compared…');
  await press('It is settled');
  expect(bridge.callsOf('ta.settleMove')).toEqual([{ which: 'imported' }]);
});

test('keys on a device are not called clear', async () => {
  moves = { imported: { ...imported, clearKeys: 0 }, written: { at: AT, folder: '/media/k', clear: false } };
  const text = await shown();
  expect(text).not.toMatch(/in the clear|unencrypted/);
  expect(text).toMatch(/Only one of the two may be used/);
});

test('a signer that was written for krillta says so until a person says which of the two goes on', async () => {
  moves = { imported: null, written: { at: AT, folder: '/media/krilltadata', clear: true } };
  expect(await shown()).toMatch(/Its keys lie with krillta, too\..*with its keys unencrypted/);
  await press('This signer goes on…');
  await press('This signer goes on');
  expect(bridge.callsOf('ta.settleMove')).toEqual([{ which: 'written' }]);
});
