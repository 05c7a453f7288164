import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTal } from '../../rpki/tal.ts';
import { type TestApp, testApp } from '../../testing/test-app.ts';
import { DEFAULT_TIMING } from './trust-anchor.ts';
import { setUpSigner, signerDraft, signerOf } from '../../testing/test-signer.ts';

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create('offline');
});
afterEach(() => app.remove());

const lastAudit = async () => (await app.call('audit.list', { limit: 1 })).rows[0];
const signer = () => signerOf(app);

describe('setting up', () => {
  test('what would outlive the TA certificate is told', async () => {
    const { review } = await signerDraft(app, {
      timing: { ...DEFAULT_TIMING, certificateValidityYears: 1, issuedCertificateValidityWeeks: 104 },
    });
    const notes = new Map(review.lines.map(({ label, note }) => [label, note]));
    expect(notes.get('Certificates of children')).toMatch(/longer than the TA certificate/);
    expect(notes.get('Manifest and CRL')).not.toMatch(/longer/);
  });

  test('another fingerprint and a file that is another one are on record, once', async () => {
    const { draft: id, revision } = await signerDraft(app, { fingerprint: 'ab'.repeat(32) });
    const draft = { draft: id, revision };
    await app.call('ta.setupReview', draft);
    await app.call('ta.setupReview', draft);
    expect(await lastAudit()).toMatchObject({
      action: 'ta.setUp',
      outcome: 'refused',
      summary: expect.stringMatching(/It is another fingerprint than that of the file/),
    });
    const { total } = await app.call('audit.list', { limit: 1 });
    await app.call('ta.setupReview', draft);
    expect((await app.call('audit.list', { limit: 1 })).total).toBe(total);
    await app.call('ta.recognise', { blob: await app.blob('proxy-id.json', Buffer.from('x'), 'transfer') });
    expect((await lastAudit())?.summary).toMatch(/proxy-id\.json is /);
  });

  test('a repository whose notification is a folder is refused at its step, before anything is made', async () => {
    const repository = {
      repo_info: {
        sia_base: 'rsync://localhost/repo/',
        rrdp_notification_uri: 'https://localhost:3900/rrdp/',
      },
      server_info: { public_key: 'AAAA', service_uri: 'https://localhost:3900/' },
    };
    const { problems, review } = await signerDraft(app, {
      repository: { name: 'proxy-repo.json', text: JSON.stringify(repository) },
    });
    expect(problems).toEqual([
      expect.objectContaining({
        step: 'repository',
        path: 'repository',
        message: expect.stringMatching(
          /rrdp_notification_uri: https:\/\/localhost:3900\/rrdp\/ is no file/,
        ) as string,
        fix: expect.stringMatching(/on the proxy anew/) as string,
      }),
    ]);
    expect(review.digest).toBe('');
  });

  test('makes the trust anchor that was reviewed, and a second one is refused', async () => {
    expect((await app.call('ta.signer', {})).signer).toBeNull();
    await setUpSigner(app);
    const made = await signer();
    expect(made).toMatchObject({ number: '1', baseUri: 'rsync://localhost/repo/', issued: [], warnings: [] });
    expect(made.certificate.notAfter).toBe('2126-11-24T12:00:00.000Z');
    expect(readTal(Buffer.from(made.tal)).uris).toEqual([
      'https://localhost:3900/ta/ta.cer',
      'rsync://localhost/ta/ta.cer',
    ]);
    expect((await lastAudit())?.summary).toMatch(/^Set up the trust anchor signer/);
    await expect(setUpSigner(app)).rejects.toThrow(/has a trust anchor signer already/);
    // Only the first one's two keys are there, and whose they are is said.
    const { rows } = await app.call('keys.list', {});
    expect(rows.map(({ owner }) => owner).toSorted()).toEqual([
      'Trust anchor, identity of the signer',
      'Trust anchor, its own key',
    ]);
  });

  test.each([
    ['nothing typed', { fingerprint: '' }, 'fingerprint', /Type the fingerprint/],
    ['another fingerprint', { fingerprint: 'ab'.repeat(32) }, 'fingerprint', /another fingerprint/],
    [
      'the wrong file',
      { proxyId: { name: 'x', text: '{"repo_info":{},"server_info":{}}' } },
      'proxyId',
      /This is the repository of a proxy/,
    ],
    ['no https URI', { https: '' }, 'https', /At least one https/],
    ['another ending', { rsync: 'rsync://localhost/ta/ta.tal' }, 'rsync', /\.cer/],
    [
      'inside the base',
      { rsync: 'rsync://localhost/repo/ta.cer', https: 'https://localhost/ta.cer' },
      'rsync',
      /inside the repository/,
    ],
    ['another file name', { https: 'https://localhost/other.cer' }, 'https', /another file name/],
    ['number zero', { number: '0' }, 'number', /whole number/],
  ])('%s is a problem at its field, and nothing can be signed', async (_name, part, path, message) => {
    const { problems, review } = await signerDraft(app, part);
    expect(problems.find((problem) => problem.path === path)?.message).toMatch(message);
    expect(review.digest).toBe('');
  });

  test('the keys of a trust anchor cannot be destroyed, and are not those of a CA', async () => {
    await setUpSigner(app);
    const { rows } = await app.call('keys.list', {});
    const refused = rows.map(({ id, key }) => app.call('keys.destroy', { id, confirm: key.keyId.slice(-8) }));
    const said = (await Promise.allSettled(refused)).map((one) =>
      one.status === 'rejected' ? (one.reason as Error).message : 'destroyed',
    );
    expect(said.toSorted()).toEqual([
      expect.stringMatching(/^It is the identity of /),
      expect.stringMatching(/^It is the key of the trust anchor, /),
    ]);
    const { job } = await app.call('keys.create', { algorithm: 'p-256', label: 'wrong' });
    const key = await app.result({ job });
    expect((await signerDraft(app, { key })).problems[0]?.message).toMatch(/cannot be a trust anchor's/);
  });
});

test('times are taken from a krillta.conf, changed after set-up, and the frozen one is not among them', async () => {
  const conf = Buffer.from('storage_uri = "/data"\n[timing_config]\nmft_next_update_weeks = 8\n');
  const { timing } = await app.call('ta.readConf', { blob: await app.blob('krillta.conf', conf) });
  expect(timing.mftNextUpdateWeeks).toBe(8);
  await expect(
    app.call('ta.readConf', { blob: await app.blob('x.conf', Buffer.from('colour = 1')) }),
  ).rejects.toThrow(/no key "colour"/);
  await setUpSigner(app, { timing });
  const { certificateValidityYears: _frozen, ...changeable } = timing;
  await expect(
    app.call('ta.setTiming', { timing: { ...changeable, issuedCertificateReissueWeeksBefore: 60 } }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await app.call('ta.setTiming', { timing: { ...changeable, mftNextUpdateWeeks: 4 } });
  expect((await signer()).timing).toEqual({ ...timing, mftNextUpdateWeeks: 4 });
  expect((await lastAudit())?.summary).toContain('manifest 4 weeks');
});

test('a key that comes along becomes the TA key; 3072 bits and other exponents are named', async () => {
  const bring = async (bits: number, exponent: number): Promise<string> => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: exponent });
    const pem = Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs1' }));
    const blob = await app.blob('ta-key.pem', pem);
    return app.result(
      await app.call('keys.import', { blob, passphrase: null, label: `RSA ${bits} ${exponent}` }),
    );
  };
  for (const key of [await bring(3072, 65_537), await bring(2048, 3)])
    expect((await signerDraft(app, { key })).problems).toMatchObject([{ path: 'key', step: 'key' }]);
  const key = await bring(2048, 65_537);
  await setUpSigner(app, { key });
  expect((await signer()).keyId).toBe((await app.call('keys.get', { id: key })).key.keyId);
});
