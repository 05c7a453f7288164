import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { WorkspaceFacts } from '#shared/contract/workspace.ts';
import { installBridge } from '../../app/fake-bridge.ts';
import { RecoverySheet } from './recovery-key.tsx';

afterEach(cleanup);

test('the key that was asked for takes the focus of the button that is gone', async () => {
  installBridge({ 'workspace.showRecoveryKey': () => ({ recoveryKey: 'AAAAA-BBBBB' }) });
  render(<RecoverySheet workspace={{ name: 'W', recoveryFresh: true } as WorkspaceFacts} />);
  fireEvent.click(screen.getByRole('button', { name: 'Show the recovery key' }));
  await act(async () => void (await new Promise((done) => setTimeout(done, 20))));
  expect(document.activeElement).toBe(screen.getByRole('list', { name: 'Recovery key' }));
});
