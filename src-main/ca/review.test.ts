import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IssueDraft, Purpose } from '#shared/contract/issue-draft.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { DAY, draftOf, wizard } from '../testing/test-wizard.ts';

let app: TestApp;
let by: ReturnType<typeof wizard>;
let intermediate = '';
let leaf = '';
beforeAll(async () => {
  app = await testApp();
  await app.create();
  by = wizard(app);
  ({ intermediate, leaf } = await by.chain());
});
afterAll(() => app.remove());
test.each<[string, Purpose, Partial<IssueDraft>, RegExp, string]>([
  ['no CN', 'root', { subject: [] }, /no CN/, 'purpose'],
  ['a name such as ../x', 'root', { subject: [{ type: 'CN', value: '../x' }] }, /no slashes/, 'purpose'],
  ['control characters', 'root', { subject: [{ type: 'CN', value: 'a\u0007' }] }, /control/, 'purpose'],
  [
    '999.1.1.1',
    'server',
    { names: { dns: '', ip: '999.1.1.1', uri: '', email: '' } },
    /Invalid IP address: 999.1.1.1\./,
    'names',
  ],
  ['an empty SAN list', 'server', {}, /No name is given/, 'names'],
  ['days 0', 'root', { lifetimeSeconds: 0 }, /above zero/, 'validity'],
  ['days -1', 'root', { lifetimeSeconds: -DAY }, /above zero/, 'validity'],
  [
    'days 36500',
    'root',
    { lifetimeSeconds: 36_500 * DAY },
    /more than Root CA certificates may live/,
    'validity',
  ],
  ['path length -1', 'root', { pathLength: -1 }, /0 to 10/, 'validity'],
  [
    'limits out of order',
    'root',
    { leafLimits: { minSeconds: 10, defaultSeconds: 5, maxSeconds: 20 } },
    /default lies between/,
    'validity',
  ],
  ['no issuer', 'intermediate', {}, /Choose the authority/, 'purpose'],
  [
    'a bad CRL address',
    'server',
    {
      names: { dns: 'a.example', ip: '', uri: '', email: '' },
      status: { mode: 'urls', crl: 'crl.example', ocsp: '', caIssuers: '' },
    },
    /Invalid URL: crl.example\./,
    'validity',
  ],
  [
    'a signer that is gone',
    'root',
    { key: { from: 'new', algorithm: 'p-256', label: '', signer: 'signer-gone' } },
    /The chosen signer is no longer configured/,
    'key',
  ],
  ['a path as a constraint', 'root', { namesPermitted: '../x' }, /Invalid DNS suffix/, 'purpose'],
  ['a bad constraint', 'root', { namesPermitted: '10.0.0.0/99' }, /Invalid network/, 'purpose'],
])('%s is a problem with its step, and cannot be signed', async (_what, purpose, more, message, step) => {
  const review = await by.reviewOf(draftOf(purpose, 'x.example', more));
  const found = review.problems.find((problem) => message.test(problem.message));
  expect(found).toMatchObject({ step: step === 'purpose' && more.namesPermitted ? 'names' : step });
  expect(review).toMatchObject({ digest: '', trial: null });
});

test('every problem is a sentence that begins large and ends', async () => {
  const review = await by.reviewOf(
    draftOf('server', 'x'.repeat(65), {
      names: { dns: 'a b, ../x', ip: '999.1.1.1', uri: 'x', email: '@' },
      lifetimeSeconds: 366_000 * DAY,
      status: { mode: 'urls', crl: 'x', ocsp: '', caIssuers: '' },
    }),
  );
  expect(review.problems.length).toBeGreaterThan(5);
  for (const { message } of review.problems) expect(message).toMatch(/^[A-Z“"].*[.!?]$/);
});

test('a long common name is shortened; only a leaf has its host name in the SAN instead', async () => {
  const long = [{ type: 'CN' as const, value: 'x'.repeat(65) }];
  const fixOf = async (purpose: Purpose): Promise<string | undefined> =>
    (await by.reviewOf(draftOf(purpose, '', { subject: long }))).problems.find(
      ({ path }) => path === 'subject.0',
    )?.fix;
  expect(await fixOf('root')).toBe('Shorten it.');
  expect(await fixOf('server')).toMatch(/the SAN carries it/);
});

test('the review shows both key identifiers, its own as soon as the key is known', async () => {
  const names = { dns: 'a.internal', ip: '', uri: '', email: '' };
  const lineOf = async (draft: IssueDraft, label: string) =>
    (await by.reviewOf(draft)).lines.find((line) => line.label === label);
  const fresh = draftOf('server', 'a.internal', { issuer: intermediate, names });
  expect(await lineOf(fresh, 'subjectKeyIdentifier')).toMatchObject({
    value: 'of the key that is made at signing',
  });
  expect(await lineOf(fresh, 'authorityKeyIdentifier')).toMatchObject({
    hex: true,
    value: (await app.call('ca.certificate', { id: intermediate })).view.subjectKeyId,
  });
  const { rows } = await app.call('keys.list', { limit: 10 });
  const key = rows[0]?.id ?? '';
  const { view } = await app.call('ca.certificate', { id: intermediate });
  expect(view.subjectKeyId).not.toBeNull();
  expect(await lineOf({ ...fresh, key: { from: 'existing', key } }, 'subjectKeyIdentifier')).toMatchObject({
    hex: true,
    value: expect.stringMatching(/^[0-9a-f]{40}$/i),
  });
  expect(await lineOf(fresh, 'subjectAltName')).toMatchObject({
    names: [{ type: 'dns', value: 'a.internal' }],
  });
});

test('an intermediate of path length 0 signs no further authority, and a leaf is no issuer', async () => {
  const below = await by.reviewOf(draftOf('intermediate', 'Sub CA', { issuer: intermediate }));
  expect(below.problems[0]?.message).toMatch(/may sign leaves, no further authority/);
  const under = await by.reviewOf(draftOf('server', 'a.example', { issuer: leaf }));
  expect(under.problems[0]?.message).toMatch(/Choose the authority/);
});

test("a leaf over its CA's limit is refused in step's words until the limit is raised", async () => {
  const year = draftOf('server', 'a.internal', {
    issuer: intermediate,
    lifetimeSeconds: 8760 * 3600,
    names: { dns: 'a.internal', ip: '', uri: '', email: '' },
  });
  expect((await by.reviewOf(year)).problems).toMatchObject([
    {
      step: 'validity',
      message: '365 days is longer than this authority allows (24 hours).',
      quote:
        'requested duration of 8760h1m0s is more than the authorized maximum certificate duration of 24h1m0s',
      fix: 'Choose a shorter lifetime, or raise the limit for this CA.',
    },
  ]);
  await expect(
    app.call('ca.setLimits', {
      id: intermediate,
      leafLimits: { minSeconds: 10, defaultSeconds: 5, maxSeconds: 20 },
    }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await app.call('ca.setLimits', {
    id: intermediate,
    leafLimits: { minSeconds: 300, defaultSeconds: DAY, maxSeconds: 365 * DAY },
  });
  const review = await by.reviewOf(year);
  expect(review.problems).toEqual([]);
  expect(review.findings.map(({ code }) => code)).toEqual(['LEAF_OVER_90_DAYS', 'LEAF_LONG', 'NO_STATUS']);
  const remarked = async (lifetimeSeconds: number): Promise<string | undefined> =>
    (await by.reviewOf({ ...year, lifetimeSeconds })).findings.find(({ code }) => code === 'LEAF_LONG')?.text;
  expect(await remarked(199 * DAY)).toBeUndefined();
  // A minute of back-dating comes on top.
  expect(await remarked(200 * DAY)).toMatch(/lives 201 days .* at most 200 from public CAs/);
});

test('the review shows what will be signed; a change after it is refused', async () => {
  const draft = await by.saved(draftOf('root', 'Second Root CA'));
  const review = await app.call('ca.review', draft);
  expect(review.trial).toMatchObject({ ok: true });
  expect(review.lines.find(({ label }) => label === 'Subject')?.value).toBe(
    'O=kldload Internal CA, CN=Second Root CA',
  );
  expect(review.command).toContain('openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256');
  await app.call('drafts.save', {
    kind: 'ca.issue',
    id: draft.draft,
    revision: draft.revision,
    step: 'review',
    data: draftOf('root', 'Other Root CA'),
  });
  await expect(
    app.call('drafts.save', {
      kind: 'ca.issue',
      id: draft.draft,
      revision: draft.revision,
      step: 'review',
      data: draftOf('root', 'Third'),
    }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  const job = await app.ended((await app.call('ca.sign', { ...draft, digest: review.digest })).job);
  expect(job).toMatchObject({ state: 'failed', error: { code: 'CONFLICT' } });
  const { rows } = await app.call('audit.list', { action: 'ca.sign', outcome: 'refused' });
  expect(rows).toHaveLength(1);
  await app.call('drafts.cancel', { id: draft.draft });
  expect((await app.call('keys.list', { query: 'Third' })).total).toBe(0);
});

test('a day is read as a day, also between two seconds', async () => {
  app.clock.advance(345);
  const review = await by.reviewOf(
    draftOf('server', 'a.internal', {
      issuer: intermediate,
      lifetimeSeconds: DAY,
      names: { dns: 'a.internal', ip: '', uri: '', email: '' },
    }),
  );
  const note = (label: string) => review.lines.find((line) => line.label === label)?.note;
  expect(note('Valid until')).toBe('24 hours from the moment of signing');
  expect(note('Valid from')).toBe('if it is signed now; 1 minute back-dated');
});

test('what the review remarks stands on the page of the certificate, too', async () => {
  const draft = await by.saved(
    draftOf('server', 'b.internal', {
      issuer: intermediate,
      lifetimeSeconds: DAY,
      names: { dns: 'b.internal', ip: '', uri: '', email: '' },
    }),
  );
  const review = await app.call('ca.review', draft);
  expect(review.findings.map(({ code }) => code)).toEqual(['NO_STATUS']);
  const id = await app.result(await app.call('ca.sign', { ...draft, digest: review.digest }));
  const { view } = await app.call('ca.certificate', { id });
  expect(view.findings).toEqual(review.findings);
});

test('the review says who makes the key, and the chosen signer makes it', async () => {
  const root = draftOf('root', 'Signed by software');
  const byDefault = await by.saved(root);
  const review = await app.call('ca.review', byDefault);
  expect(review.lines.find(({ label }) => label === 'Key')?.note).toBe('made at signing, in this workspace');
  const chosen = await by.saved({
    ...root,
    key: { from: 'new', algorithm: 'p-256', label: '', signer: 'software' },
  });
  const id = await app.result(
    await app.call('ca.sign', { ...chosen, digest: (await app.call('ca.review', chosen)).digest }),
  );
  const { row } = await app.call('ca.certificate', { id });
  const { rows } = await app.call('keys.list', { query: 'Signed by software' });
  expect(rows.map(({ signer }) => signer)).toEqual(['software']);
  expect(row.name).toBe('Signed by software');
});

test('a common name that looks like a host and is none of the names is remarked', async () => {
  const remarked = async (name: string, dns: string, purpose: Purpose = 'server') =>
    (
      await by.reviewOf(
        draftOf(purpose, name, {
          issuer: intermediate,
          lifetimeSeconds: DAY,
          names: { dns, ip: '', uri: '', email: '' },
        }),
      )
    ).findings.find(({ code }) => code === 'CN_NOT_IN_SAN');
  expect(await remarked('ed.example', 'unrelated.example')).toMatchObject({
    severity: 'note',
    text: 'Its common name "ed.example" is not among its names: programs do not find it under that name.',
  });
  expect(await remarked('Ed.Example', 'unrelated.example, ed.example')).toBeUndefined();
  expect(await remarked('*.example.net', '*.example.net')).toBeUndefined();
  for (const name of ['Mail relay', 'relay', '1.2.3.4', 'v1.2 relay'])
    expect([name, await remarked(name, 'unrelated.example')]).toEqual([name, undefined]);
  expect(await remarked('ed.example', 'unrelated.example', 'client')).toBeUndefined();
});

test('the review of an authority remarks how long its leaves may live', async () => {
  const codes = async (maxSeconds: number): Promise<string[]> =>
    (
      await by.reviewOf(
        draftOf('root', 'Limits', { leafLimits: { minSeconds: 300, defaultSeconds: DAY, maxSeconds } }),
      )
    ).findings.flatMap(({ code, text }) => (code.startsWith('LEAF_LIMIT') ? [`${code}: ${text}`] : []));
  expect(await codes(DAY)).toEqual([expect.stringMatching(/^LEAF_LIMIT_PRESET: .* at most 24 hours: raise/)]);
  expect(await codes(90 * DAY)).toEqual([]);
  expect(await codes(200 * DAY)).toEqual([]);
  expect(await codes(900 * DAY)).toEqual([
    expect.stringMatching(/^LEAF_LIMIT_LONG: Its leaves may live 900 days; browsers take at most 200 days/),
  ]);
});
