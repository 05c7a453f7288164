import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { installBridge } from '../../app/fake-bridge.ts';
import { useView } from '../../app/state.ts';
import { partOf } from './folder-parts.ts';
import { ProxyFacts } from './proxy-facts.tsx';
import { FolderRepository } from './repository-folder.tsx';

const AT = '2026-11-24T12:00:00.000Z';
afterEach(cleanup);

test('the base is of the part that rsync hands out, said at the field with its path', async () => {
  installBridge({ 'dialogs.folder': () => ({ chosen: { ticket: 't', path: '/srv/ta', exists: true } }) });
  render(<FolderRepository before={null} />);
  expect(screen.getByLabelText('Base URI (rsync)')).toBeTruthy();
  expect(screen.getByText(/the part “rsync” of this folder, not the folder itself/)).toBeTruthy();
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Choose a folder…' })));
  expect(await screen.findByText('/srv/ta/rsync')).toBeTruthy();
  expect(screen.getByText('/srv/ta/rrdp')).toBeTruthy();
});

test('both paths stand with the facts; without RRDP there is one', () => {
  installBridge({});
  const proxy = (notify: string | null): ProxyView =>
    ({
      identity: { keyId: 'AB', sha256: 'AB' },
      signer: null,
      published: null,
      repository: {
        base: 'rsync://rpki.example.net/repo/',
        notify,
        serviceUri: '',
        publisher: 'ta',
        target: { kind: 'folder', path: '/srv/ta/' },
      },
    }) as unknown as ProxyView;
  const { rerender } = render(
    <ProxyFacts proxy={proxy('https://rpki.example.net/n.xml')} onDialog={() => {}} />,
  );
  expect(screen.getByText('/srv/ta/rsync')).toBeTruthy();
  expect(screen.getByText('/srv/ta/rrdp')).toBeTruthy();
  rerender(<ProxyFacts proxy={proxy(null)} onDialog={() => {}} />);
  expect(screen.queryByText('/srv/ta/rrdp')).toBeNull();
});

test('paths are written as the machine writes them', () => {
  expect(partOf(String.raw`C:\ta`, 'rsync')).toBe(String.raw`C:\ta\rsync`);
});

test('publishing again says that it is done', async () => {
  useView.setState({ toasts: [] });
  installBridge({
    'ta.publish': () => ({ job: 'j-1' }),
    'jobs.get': () => ({
      id: 'j-1',
      kind: 'ta.publish',
      title: 'Publish',
      state: 'done',
      progress: null,
      step: '',
      cancellable: false,
      startedAt: AT,
      endedAt: AT,
      resultIds: [],
      error: null,
    }),
  });
  const signer = {
    keyId: 'AB',
    identity: { sha256: 'AB' },
    talUris: [],
    certificate: { notBefore: AT, notAfter: AT },
    number: '7',
    nextUpdate: AT,
  };
  const proxy = { identity: { keyId: 'AB', sha256: 'AB' }, repository: null, published: null, signer };
  render(<ProxyFacts proxy={proxy as unknown as ProxyView} onDialog={() => {}} />);
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Publish again' }));
    await new Promise((done) => setTimeout(done, 20));
  });
  expect(useView.getState().toasts.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Published: number 7 is out/),
  ]);
});
