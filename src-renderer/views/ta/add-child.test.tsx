import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { type FakeBridge, installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import { Dialog } from '../../components/dialog.tsx';
import { fakeList, SOFTWARE, TOKEN } from '../signers/fake-signers.ts';
import { AddChildBody } from './add-child.tsx';

let bridge: FakeBridge;
beforeEach(() => {
  dropWorkspaceData();
  Object.assign(Element.prototype, { scrollIntoView: () => Promise.resolve() });
});
afterEach(cleanup);

const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));
const dialog = () => within(screen.getByRole('dialog'));

async function open(rows = [SOFTWARE, TOKEN], here: string[] = []): Promise<void> {
  bridge = installBridge({
    'signers.list': () => fakeList(rows),
    'ta.localChildren': () => ({ children: here.map((handle) => ({ handle })) }),
    'ta.localAdd': () => ({ job: 'j-1' }),
  });
  const proxy = { children: [] } as unknown as ProxyView;
  render(
    <Dialog open onClose={() => undefined} title="Add a child">
      <AddChildBody proxy={proxy} file={null} onClose={() => undefined} />
    </Dialog>,
  );
  await settle();
}
async function add(): Promise<unknown> {
  fireEvent.click(dialog().getByRole('button', { name: 'Add the child' }));
  await settle();
  return bridge.callsOf('ta.localAdd').at(-1);
}

test('who holds the keys of a new child is chosen; the default one when nobody chooses', async () => {
  await open();
  expect(dialog().getByRole('radio', { name: /SoftHSM token/ })).toHaveProperty('checked', true);
  fireEvent.click(dialog().getByRole('radio', { name: /^Software/ }));
  expect(await add()).toMatchObject({ handle: 'online', signer: 'software' });
});

test('a child that is here has its keys already, and one signer is no choice', async () => {
  await open([SOFTWARE, TOKEN], ['lab']);
  expect(dialog().queryByRole('radio', { name: /SoftHSM token/ })).toBeNull();
  expect(await add()).toMatchObject({ handle: 'lab', signer: null });
  cleanup();
  dropWorkspaceData();
  await open([SOFTWARE]);
  expect(dialog().queryByText('Who holds its keys')).toBeNull();
});
