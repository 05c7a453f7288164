import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { installBridge } from '../../app/fake-bridge.ts';
import { dropWorkspaceData } from '../../app/query-store.ts';
import type { StepProps } from './issue-model.ts';
import { StepValidity } from './step-validity.tsx';

const limits = { minSeconds: 300, defaultSeconds: 86_400, maxSeconds: 86_400 };
const settle = (): Promise<void> => act(async () => void (await new Promise((done) => setTimeout(done, 20))));

async function show(
  purpose: IssueDraft['purpose'],
  pathLength: number | null,
  problems: StepProps['problems'] = [],
): Promise<void> {
  installBridge({
    'ca.authority': () => ({ id: 'crt-1', name: 'Example Root', pathLength, leafLimits: limits }),
  });
  const data = {
    purpose,
    issuer: 'crt-1',
    lifetimeSeconds: 86_400,
    backdateSeconds: 60,
    pathLength: 0,
    outlive: 'cap',
    leafLimits: limits,
    status: { mode: 'none' },
  } as unknown as IssueDraft;
  render(<StepValidity data={data} change={() => undefined} problems={problems} />);
  await settle();
}
const offered = (): (string | null)[] => {
  fireEvent.click(screen.getByRole('button', { name: /^0 Path length/ }));
  return screen.getAllByRole('option').map(({ textContent }) => textContent);
};

beforeEach(() => dropWorkspaceData());
afterEach(cleanup);

test('path lengths that cannot work are not offered', async () => {
  await show('intermediate', 1);
  expect(offered()).toEqual(['0 signs leaves only']);
});

test('below an authority without a limit all of them are', async () => {
  await show('intermediate', null);
  expect(offered()).toHaveLength(5);
});

test('a lifetime over the limit: plain words, the way to the limit, and what step says', async () => {
  await show('server', 0, [
    {
      path: 'lifetimeSeconds',
      step: 'validity',
      message: '365 days is longer than this authority allows (24 hours).',
      fix: 'Choose a shorter lifetime, or raise the limit for this CA.',
      quote: 'requested duration of 8760h1m0s is more than …',
    },
  ]);
  const said = screen.getByRole('alert');
  expect(said.querySelector('a')?.getAttribute('href')).toBe('#/authorities/crt-1?open=limits');
  expect(said.textContent).toContain('step says: requested duration of 8760h1m0s');
});
