import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { installBridge } from '../../app/fake-bridge.ts';
import type { ViewProps } from '../../app/view-props.ts';
import { Repository } from './repository.tsx';

afterEach(cleanup);
const shown = (signer: unknown) => {
  const repository = {
    base: 'rsync://rpki.example.net/repo/',
    notify: 'https://rpki.example.net/rrdp/notification.xml',
    target: { kind: 'folder', path: '/srv/ta' },
  };
  installBridge({ 'ta.proxy': () => ({ proxy: { repository, signer } }) });
  render(<Repository {...({ route: { name: 'ta-repository', params: {} } } as unknown as ViewProps)} />);
};

test('until a signer is associated another repository can be chosen, beginning with the one that is there', async () => {
  shown(null);
  expect(await screen.findByText(/Until a signer is associated another one/)).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>('Base URI (rsync)').value).toBe(
    'rsync://rpki.example.net/repo/',
  );
  expect(screen.getByLabelText<HTMLInputElement>('Notification URI (https)').value).toMatch(
    /notification\.xml$/,
  );
});

test('then it is decided', async () => {
  shown({});
  expect(await screen.findByText(/where it publishes can never be changed/)).toBeTruthy();
  expect(screen.queryByLabelText('Base URI (rsync)')).toBeNull();
});
