import { expect, test } from 'vitest';
import { AppError } from '../lib/app-error.ts';
import { isLockNotice, lockNotice } from './lock-notice.ts';

const full = { error: new AppError('DISK_FULL', 'The disk is full: x was not written.'), ref: '4D42115F' };
const other = { error: new Error('odd'), ref: '53590EB8' };

test('nothing failed, nothing is said', () => expect(lockNotice([], '/w')).toEqual([]));

test('a full disk is named once, with what to do, however many steps it failed', () => {
  const [notice, ...more] = lockNotice([full, full, other], '/media/stick/Station');
  expect(more).toEqual([]);
  expect(notice?.text).toBe(
    'It is locked, but the disk that holds /media/stick/Station is full: the last entries of the audit or its signed head were not written. Free some space there, then unlock and lock it again; the log has it under 4D42115F and 4D42115F and 53590EB8.',
  );
});

test('any other failure is one notice as well', () => {
  const notices = lockNotice([other, other], '/w');
  expect(notices).toHaveLength(1);
  expect(notices[0]?.text).toMatch(/^It is locked, but 2 steps of locking failed\. Unlock/);
  expect(notices.every(isLockNotice)).toBe(true);
  expect(isLockNotice({ severity: 'note', text: 'The audit file was completed.' })).toBe(false);
});
