import { expect, test } from 'vitest';
import { deviceActions, type DeviceUse, gatheredUses, noteDeviceUse } from './device-use.ts';

const use = (key: string): DeviceUse => ({
  signer: 'HSM',
  serial: 'S1',
  keyIdentifier: key,
  spkiSha256: `${key}${key}`,
});

test('what devices signed stands in the record of the action, once per token and key', async () => {
  const around = deviceActions(() => Promise.reject(new Error('all was recorded')));
  const subjects = await around(async () => {
    noteDeviceUse(use('AA'));
    await Promise.resolve();
    noteDeviceUse(use('AA'));
    noteDeviceUse(use('BB'));
    const { subjects: found, recorded } = gatheredUses();
    recorded();
    expect(gatheredUses().subjects).toEqual([]);
    return found;
  });
  expect(subjects).toEqual([
    { type: 'token', id: 'HSM, serial S1', sha256: null },
    { type: 'token-key', id: 'AA', sha256: 'AAAA' },
    { type: 'token-key', id: 'BB', sha256: 'BBBB' },
  ]);
});

test('an action that fails, or leaves no record, is recorded at its end', async () => {
  const left: string[] = [];
  const around = deviceActions(async () => {
    left.push(...gatheredUses().subjects.map(({ id }) => id));
  });
  const failing = around(async () => {
    noteDeviceUse(use('AA'));
    throw new Error('the action failed');
  });
  await expect(failing).rejects.toThrow('the action failed');
  expect(left).toEqual(['HSM, serial S1', 'AA']);
});

test('two actions at once keep apart, and one within another is its own', async () => {
  const left: string[][] = [];
  const around = deviceActions(async () => {
    left.push(gatheredUses().subjects.map(({ id }) => id));
  });
  const action = (key: string) =>
    around(async () => {
      await Promise.resolve();
      noteDeviceUse(use(key));
      await Promise.resolve();
    });
  await Promise.all([action('AA'), around(() => action('BB'))]);
  expect(left.map((ids) => ids.slice(1).join()).toSorted()).toEqual(['AA', 'BB']);
});

test('outside of an action no device signs', () => {
  expect(() => noteDeviceUse(use('AA'))).toThrow(/outside of any action/);
});
