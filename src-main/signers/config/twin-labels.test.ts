import { afterEach, expect, test } from 'vitest';
import type { DeviceTable } from '#shared/contract/signer-doctor.ts';
import { fakeToken } from '../../testing/fake-device.ts';
import { endSigners, settings, started } from '../../testing/test-signers.ts';
import { readSignersToml } from './read-toml.ts';
import { twinOf, unseenLabel } from './twin-labels.ts';

afterEach(endSigners);

const token = (serial: string, label: string) => ({
  ...{ label, serial, manufacturer: 'Fake', model: 'Token', firmware: '1.0' },
  ...{ initialized: true, loginRequired: true, pinPad: false, tries: null },
});
const table = (...labels: string[]): DeviceTable => ({
  library: { manufacturer: 'Fake', description: 'Library', version: '1.0' },
  slots: labels.map((label, at) => ({ id: 70 + at, description: '', token: token(`S${at}`, label) })),
});
const chosen = { id: 'signer-1', name: 'One', settings: settings('/a.so', { serial: 'S1' }) };

test('a label that two slots show is written by the number of the right one; one that is alone stays', () => {
  const twin = (found: DeviceTable[]) => twinOf(chosen, [chosen], [], found);
  expect(twin([])).toBeNull();
  expect(twin([table('Other', 'My token')])).toBeNull();
  expect(twin([table('My token', 'My token')])).toEqual({ label: 'My token', slot: 71 });
  // What was looked for last counts.
  expect(twin([table('My token', 'My token'), table('Other', 'My token')])).toBeNull();
  const elsewhere = { ...chosen, id: 'signer-2', settings: settings('/b.so', { serial: 'S9' }) };
  expect(twinOf(chosen, [chosen, elsewhere], [], [])).toBeNull();
});

test('a label that Krill alone goes by is said until somebody looked who else has it', async () => {
  const unseen = (found: DeviceTable[], signer = chosen) => unseenLabel(signer, [], found);
  expect(unseen([])).toBe('My token');
  expect(unseen([table('My token')])).toBe('My token');
  expect(unseen([table('Other', 'My token')])).toBeNull();
  // Baleen knows it by no more than Krill does; or Krill goes by the number.
  expect(unseen([], { ...chosen, settings: settings('/a.so') })).toBeNull();
  expect(
    unseen([], { ...chosen, settings: settings('/a.so', { serial: 'S1', slot: { by: 'id', id: 7 } }) }),
  ).toBeNull();
  const t = await started({ '/a.so': fakeToken('S1') });
  const id = await t.add('One', '/a.so');
  const said = async () =>
    (await t.app.call('signers.toml', {})).notes.filter((note) => note.includes('opens the first token'));
  expect(await said()).toEqual([]);
  await t.app.result(await t.app.call('signers.login', { id }));
  expect(await said()).toEqual([
    expect.stringMatching(/^"One": Krill opens the first token that is called "My token", and nobody looked/),
  ]);
});

test('two signers whose tokens share a label: the file leads Krill to each, and is read back by label and serial', async () => {
  const t = await started({ '/a.so': fakeToken('S1') });
  const one = await t.add('One', '/a.so', '5678', { serial: 'S1' });
  await t.add('Two', '/a.so', '5678', { serial: 'S2' });
  // The first was never met: nobody knows its slot, and that is said.
  const early = await t.app.call('signers.toml', {});
  expect(early.notes).toContainEqual(
    expect.stringMatching(/^"One": another token is called "My token", too, and/),
  );
  await t.app.result(await t.app.call('signers.login', { id: one }));
  const { text, notes } = await t.app.call('signers.toml', {});
  expect(text).toMatch(/name = "One"\n[^[]*slot = 1\n/);
  expect(text).toContain('# By its slot number, because another token has its label, too: "My token"');
  expect(notes).toContainEqual(expect.stringMatching(/^"One": .*the number of its slot/));
  const read = readSignersToml(Buffer.from(text)).signers.find(({ name }) => name === 'One');
  expect(read?.settings).toMatchObject({ slot: { by: 'label', label: 'My token' }, serial: 'S1' });
});
