import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installBridge } from '../../app/fake-bridge.ts';
import { OpenTaFile } from './open-request.tsx';

// No channel answers: every file is refused.
beforeEach(() => void installBridge({}));
afterEach(cleanup);

test('what was wrong with a file is said until another one is opened, wherever that is', async () => {
  render(
    <>
      <OpenTaFile kind="request" name="request.json">
        One
      </OpenTaFile>
      <OpenTaFile kind="response" name="response.json">
        Two
      </OpenTaFile>
    </>,
  );
  const choose = (name: string): Promise<void> =>
    act(async () => {
      fireEvent.change(screen.getByLabelText(`Choose ${name}…`), {
        target: { files: [new File(['{}'], name)] },
      });
      await new Promise((done) => setTimeout(done, 50));
    });
  await choose('request.json');
  expect(screen.getAllByRole('alert')).toHaveLength(1);
  const first = screen.getByRole('alert');
  await choose('response.json');
  expect(screen.getAllByRole('alert')).toHaveLength(1);
  expect(first.isConnected).toBe(false);
});
