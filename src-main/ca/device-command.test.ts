import { afterEach, expect, test } from 'vitest';
import { fakeToken } from '../testing/fake-device.ts';
import { endSigners, started } from '../testing/test-signers.ts';
import { DAY, draftOf, wizard } from '../testing/test-wizard.ts';

afterEach(endSigners);

test('the command for a key on a device makes no key in a file, and says what stands for it', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  const signer = await t.add('One', '/a.so');
  const by = wizard(t.app);
  const draft = await by.saved(
    draftOf('root', 'Root', { key: { from: 'new', algorithm: 'p-256', label: '', signer } }),
  );
  const { command, digest, problems } = await t.app.call('ca.review', draft);
  expect(problems).toEqual([]);
  expect(command).not.toContain('openssl genpkey');
  expect(command).toMatch(/^# key\.pem stands for the key, which its device holds/);
  const issuer = await t.app.result(await t.app.call('ca.sign', { ...draft, digest }));
  const leaf = await by.saved(
    draftOf('server', 'a.example.net', {
      issuer,
      lifetimeSeconds: DAY,
      names: { dns: 'a.example.net', ip: '', uri: '', email: '' },
      key: { from: 'new', algorithm: 'p-256', label: '', signer: 'software' },
    }),
  );
  const below = (await t.app.call('ca.review', leaf)).command;
  expect(below).toContain('openssl genpkey');
  expect(below).toContain("# issuer-key.pem stands for the authority's key, which its device holds");
});

test('the review says that the device of the issuer is away; what was handed out still signs when it is back', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const signer = await t.add('One', '/a.so', '5678', { retrySeconds: 0, maxRetrySeconds: 0 });
  const by = wizard(t.app);
  const root = await by.saved(
    draftOf('root', 'Root', { key: { from: 'new', algorithm: 'p-256', label: '', signer } }),
  );
  const { digest: rootDigest } = await t.app.call('ca.review', root);
  const issuer = await t.app.result(await t.app.call('ca.sign', { ...root, digest: rootDigest }));
  const draft = await by.saved(
    draftOf('intermediate', 'Below', {
      issuer,
      key: { from: 'new', algorithm: 'p-256', label: '', signer: 'software' },
    }),
  );
  const away = async () => {
    const { findings, problems } = await t.app.call('ca.review', draft);
    expect(problems).toEqual([]);
    return findings
      .filter(({ code }) => code === 'SIGNER_AWAY')
      .map(({ severity, text }) => [severity, text]);
  };
  expect(await away()).toEqual([]);
  t.tokens.delete('/a.so');
  expect(await t.job(await t.app.call('signers.probe', { id: signer }))).toMatchObject({ state: 'failed' });
  expect(await away()).toEqual([
    ['careful', expect.stringMatching(/^“One” is needed for it and was not there when it was tried last: /)],
  ]);
  const { digest } = await t.app.call('ca.review', draft);
  t.tokens.set('/a.so', token);
  await t.app.result(await t.app.call('ca.sign', { ...draft, digest }));
  expect(await t.row(signer)).toMatchObject({ state: 'ready' });
});
