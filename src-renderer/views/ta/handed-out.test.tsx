import { act, renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { forgetHandedOut, markHandedOut, useHandedOut } from './handed-out.ts';

test('a file that was handed out and has other content by now counts no longer', () => {
  const { result } = renderHook(() => useHandedOut());
  act(() => {
    markHandedOut('signer-info');
    markHandedOut('proxy-id');
  });
  act(() => forgetHandedOut('signer-info'));
  expect([...result.current]).toEqual(['proxy-id']);
});
