import { afterEach, expect, test } from 'vitest';
import { fakeToken } from '../../testing/fake-device.ts';
import { endSigners, settings, started } from '../../testing/test-signers.ts';
import { startLine } from './start-line.ts';

afterEach(endSigners);

test('an export by label carries the serial of the token that was met there, and of no other place', async () => {
  const t = await started({ '/a.so': fakeToken('S1'), '/b.so': fakeToken('S2') });
  const id = await t.add('A', '/a.so');
  const exported = async () => (await t.app.call('signers.toml', {})).text;
  expect(await exported()).not.toContain('serial');
  await t.app.result(await t.app.call('signers.login', { id }));
  expect(await exported()).toContain("\n# The token's serial is S1\n");
  const away = settings('/b.so');
  const revision = await t.revision();
  await t.app.call('signers.save', { revision, id, name: 'A', settings: away, secret: { do: 'keep' } });
  expect(await exported()).not.toContain('serial');
});

test('the line that starts krillta has the variables of the signers, and none that may be secret', async () => {
  const t = await started({ '/a.so': fakeToken('S1'), '/b.so': fakeToken('S2') });
  const exported = () => t.app.call('signers.toml', {});
  await t.add('A', '/a.so');
  expect((await exported()).command).toBeNull();
  const environment = { SOFTHSM2_CONF: "/with a space/it's.conf", VENDOR_PIN: 'canary-4711' };
  await t.add('B', '/b.so', '5678', { environment });
  await t.add('C', '/c.so', '5678', { environment: { SOFTHSM2_CONF: environment.SOFTHSM2_CONF } });
  const { command, notes, text } = await exported();
  expect(notes).toContain('"B", "C": their variables are comments in the file; start Krill with them.');
  expect(command).toBe(
    String.raw`env SOFTHSM2_CONF='/with a space/it'\''s.conf' krillta signer --config krillta.conf show`,
  );
  expect(notes).toContain(
    'The command has no VENDOR_PIN, which may be secret. Set it where nobody reads it.',
  );
  expect(JSON.stringify([command, notes, text])).not.toContain('canary-4711');
});

test('two signers that want one variable otherwise have no such line, and it is said', () => {
  const of = (name: string, value: string) => ({
    name,
    settings: settings('/a.so', { environment: { SOFTHSM2_CONF: value } }),
  });
  const same = startLine([of('A', '/a.conf'), of('B', '/a.conf')]);
  expect(same).toEqual({
    command: 'env SOFTHSM2_CONF=/a.conf krillta signer --config krillta.conf show',
    notes: [],
  });
  const other = startLine([of('A', '/a.conf'), of('B', '/b.conf')]);
  expect(other.command).toBeNull();
  expect(other.notes).toEqual([expect.stringMatching(/^"A" and "B" want another SOFTHSM2_CONF each/)]);
  // What a shell or a screen cannot show stays out.
  expect(startLine([of('A', '/a\n.conf')]).command).toBeNull();
});
