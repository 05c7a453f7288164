import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_RESOURCES } from '../signer/make-trust-anchor.ts';
import type { CertInfo } from '../objects.ts';
import type { ChildKey, LocalChild } from './local-child.ts';
import type { ResourceClass } from '../../rpki/provisioning-message.ts';
import { renewFrom, wishesOf } from './wishes.ts';

const WEEK = 7 * 86_400_000;
const NOW = Date.parse('2026-11-24T12:00:00Z');

function childWith(notAfter: number, more: Partial<ChildKey> = {}): LocalChild {
  const certificate = { notAfter: new Date(notAfter).toISOString(), resources: ALL_RESOURCES } as CertInfo;
  const key = {
    keyId: 'AA',
    state: 'active',
    csrDer: new Uint8Array(1),
    askedAt: null,
    certificate,
    ...more,
  };
  return { handle: 'online', keys: [key as ChildKey] } as LocalChild;
}

const offer = (notAfter: number, listed = ['AA']) => ({
  offered: { className: 'default', resources: ALL_RESOURCES, notAfter: new Date(notAfter) } as ResourceClass,
  listed: new Set(listed),
});

const weeks = fc.integer({ min: 1, max: 520 });

test('before the date that is shown nothing is asked for, after it a renewal is', () => {
  fc.assert(
    fc.property(weeks, weeks, fc.integer({ min: 0, max: 520 }), (validity, before, left) => {
      const timing = {
        issuedCertificateValidityWeeks: validity,
        issuedCertificateReissueWeeksBefore: before,
      };
      const end = NOW + left * WEEK;
      const from = renewFrom({ notAfter: new Date(end).toISOString() }, timing).getTime();
      for (const at of [from - 1000, from + 1000]) {
        const wishes = wishesOf(childWith(end), offer(at + validity * WEEK), timing, new Date(at));
        expect(wishes.map(({ why }) => why)).toEqual(at < from ? [] : ['renewal']);
      }
    }),
  );
});

test('one that would last ten percent longer is not worth it, one second more is (C-41)', () => {
  const timing = { issuedCertificateValidityWeeks: 52, issuedCertificateReissueWeeksBefore: 52 };
  const left = 20 * WEEK;
  const asked = (lasts: number) => wishesOf(childWith(NOW + left), offer(NOW + lasts), timing, new Date(NOW));
  expect(asked(left * 1.1)).toEqual([]);
  expect(asked(left * 1.1 + 1000)).toEqual([{ what: 'issue', keyId: 'AA', why: 'renewal' }]);
});

test('an ended certificate is renewed, an asked one asked for until it comes, an old key revoked', () => {
  const timing = { issuedCertificateValidityWeeks: 52, issuedCertificateReissueWeeksBefore: 26 };
  const why = (child: LocalChild) =>
    wishesOf(child, offer(NOW + 52 * WEEK), timing, new Date(NOW)).map((wish) => `${wish.what} ${wish.why}`);
  expect(why(childWith(NOW - WEEK))).toEqual(['issue renewal']);
  expect(why(childWith(NOW + 50 * WEEK, { askedAt: '2026-11-24T12:00:00Z' }))).toEqual(['issue asked']);
  expect(why(childWith(NOW + 50 * WEEK, { state: 'old' }))).toEqual(['revoke rolled']);
  expect(why(childWith(NOW, { state: 'pending', certificate: null }))).toEqual(['issue first']);
  const gone = wishesOf(childWith(NOW + 50 * WEEK), offer(NOW + 52 * WEEK, []), timing, new Date(NOW));
  expect(gone).toMatchObject([{ what: 'issue', why: 'gone' }]);
  // Nothing can be asked before it is known where the key publishes.
  expect(why(childWith(NOW, { state: 'pending', certificate: null, csrDer: null }))).toEqual([]);
});
