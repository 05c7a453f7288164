import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { ERROR_CODES } from '#shared/errors.ts';
import { ErrorState } from '../components/state-box.tsx';
import { CallError } from './call.ts';
import { ERROR_GUIDE } from './error-guide.ts';

afterEach(cleanup);

describe('error guide', () => {
  test('says for every code what happened and what to do, each in its own words', () => {
    expect(Object.keys(ERROR_GUIDE).toSorted()).toEqual([...ERROR_CODES].toSorted());
    for (const code of ERROR_CODES) {
      expect(ERROR_GUIDE[code].title, code).toMatch(/^[A-Z].*[^.]$/);
      expect(ERROR_GUIDE[code].next, code).toMatch(/^[A-Z].*\.$/);
    }
    expect(new Set(ERROR_CODES.map((code) => ERROR_GUIDE[code].title)).size).toBe(ERROR_CODES.length);
  });

  test('a place on disk that is not there is not called an object of the workspace', () => {
    const reply = { code: 'NOT_FOUND', message: '/media/x is not there.', ref: '' } as const;
    render(<ErrorState error={new CallError('ca.export', { ...reply, details: { subject: '/media/x' } })} />);
    expect(screen.getByRole('alert').textContent).toContain('That place is not there');
    expect(screen.getByRole('alert').textContent).not.toContain('Go back to the list');
  });

  test('what a device or a key refuses is not called a rule of an authority', () => {
    const reply = { code: 'POLICY_REFUSED', message: 'Vault A uses this token.', ref: '' } as const;
    render(<ErrorState error={new CallError('signers.initToken', reply)} />);
    expect(screen.getByRole('alert').textContent).not.toMatch(/authority/);
    expect(screen.getByRole('heading').textContent).toBe('The key, or what holds it, does not allow it');
  });

  test.each(ERROR_CODES)('%s is shown with sentence, next step and the raw text folded away', (code) => {
    const reply = {
      code,
      message: 'The particular sentence.',
      ref: 'ref-9',
      details: { library: 'SQLITE_X: raw' },
    };
    render(<ErrorState error={new CallError('app.info', reply)} onRetry={() => undefined} />);
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toContain(ERROR_GUIDE[code].title);
    expect(alert.textContent).toContain('The particular sentence.');
    expect(alert.textContent).toContain(ERROR_GUIDE[code].next);
    const details = alert.querySelector('details');
    expect(details?.open).toBe(false);
    expect(details?.textContent).toContain('SQLITE_X: raw');
    expect(details?.textContent).toContain('ref-9');
    expect(screen.queryByRole('button', { name: 'Try again' }) !== null).toBe(ERROR_GUIDE[code].retry);
  });
});
