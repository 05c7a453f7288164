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
