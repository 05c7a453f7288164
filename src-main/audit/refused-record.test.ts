import { expect, test } from 'vitest';
import { AppError } from '../lib/app-error.ts';
import { testApp } from '../testing/test-app.ts';
import { draftOf, wizard } from '../testing/test-wizard.ts';
import { payloadIds, refusedRecord } from './refused-record.ts';

test('only ids of what is kept go on record, and only from fields that hold no secret', () => {
  const key = 'key-aaaaaaaaaaaaaaaa';
  expect(payloadIds({ id: key, blob: 'blob-aaaaaaaaaaaaaaaa', target: 'place-aaaaaaaaaaaaaaaa' })).toEqual([
    key,
  ]);
  expect(payloadIds({ passphrase: key, current: key, next: key, confirm: key })).toEqual([]);
  expect(payloadIds({ id: 'key-secret passphrase', key: 7 })).toEqual([]);
  expect(payloadIds(null)).toEqual([]);
});

test('what concerns the workspace names it; what concerns one that is not open does not', () => {
  const error = new AppError('INVALID_INPUT', 'That is not what the sheet says.');
  const asked = { ids: [], known: [], workspace: 'ws-aaaaaaaaaaaaaaaa' };
  expect(refusedRecord('workspace.verifyRecoveryKey', error, asked)).toMatchObject({
    outcome: 'refused',
    summary: 'Typing the recovery key back: That is not what the sheet says.',
    subjects: [{ type: 'workspace', id: 'ws-aaaaaaaaaaaaaaaa', sha256: null }],
  });
  expect(refusedRecord('workspace.openFolder', error, asked).subjects).toEqual([]);
});

test('a certificate that may not be forgotten is named in the record, with its hash', async () => {
  const app = await testApp();
  try {
    await app.create();
    const root = await wizard(app).signed(draftOf('root', 'Root'));
    await wizard(app).signed(
      draftOf('server', 'a.example.net', {
        issuer: root,
        names: { dns: 'a.example.net', ip: '', uri: '', email: '' },
      }),
    );
    const { row } = await app.call('ca.certificate', { id: root });
    await expect(app.call('ca.forget', { id: root, confirm: row.sha256.slice(-8) })).rejects.toMatchObject({
      code: 'NOT_ALLOWED_NOW',
    });
    // The refusal comes before the digits are looked at.
    await expect(app.call('ca.forget', { id: root, confirm: 'nonsense' })).rejects.toThrow(/Forget that one/);
    const { rows } = await app.call('audit.list', { action: 'ca.forget' });
    expect((await app.call('ca.certificate', { id: root })).whyNotForget).toContain(
      '1 certificate that it signed is in this workspace',
    );
    expect(rows).toHaveLength(2);
    for (const { summary, subjects, outcome } of rows) {
      expect(outcome).toBe('refused');
      expect(summary).toContain(`Forgetting the certificate “${row.name}”: `);
      expect(subjects[0]).toEqual({ type: 'certificate', id: root, sha256: row.sha256 });
    }
  } finally {
    await app.remove();
  }
});
