import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { StepNames } from './step-names.tsx';

afterEach(cleanup);

function show(cn: string, dns: string) {
  const change = vi.fn<(part: Partial<IssueDraft>) => void>();
  const names = { dns, ip: '', uri: '', email: '' };
  const data = { purpose: 'server', subject: [{ type: 'CN', value: cn }], names } as unknown as IssueDraft;
  render(<StepNames data={data} change={change} problems={[]} />);
  return { change, names };
}
const offer = () => screen.queryByRole('button', { name: /^Add the common name/ });

test('a common name that is a host name is one press away from the DNS names', () => {
  const { change, names } = show('postgres.internal', 'db.example.net');
  fireEvent.click(screen.getByRole('button', { name: 'Add the common name, postgres.internal' }));
  expect(change).toHaveBeenCalledWith({ names: { ...names, dns: 'postgres.internal, db.example.net' } });
});

test('one that is there already cannot be added again, and the button stays for the focus', () => {
  const { change } = show('postgres.internal', 'x.example.net, Postgres.Internal');
  expect(offer()?.getAttribute('aria-disabled')).toBe('true');
  fireEvent.click(screen.getByRole('button', { name: /^Add the common name/ }));
  expect(change).not.toHaveBeenCalled();
});

test('one that is no host name is not offered', () => {
  for (const cn of ['Postgres of the shop', '10.0.0.20', 'localhost', '']) {
    show(cn, '');
    expect(offer()).toBeNull();
    cleanup();
  }
});
