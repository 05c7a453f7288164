import { afterEach, expect, test } from 'vitest';
import { fakeToken } from '../../testing/fake-device.ts';
import { endSigners, settings, started } from '../../testing/test-signers.ts';
import { testClock } from '../../testing/test-ports.ts';
import type { DeviceFacts } from '../device.ts';
import { createKnownDevice, type Recorded } from './known-device.ts';

afterEach(endSigners);

const facts = (serial: string): DeviceFacts => ({
  ...{ manufacturer: '', model: '', serial, firmware: '', label: '', slot: null, library: '' },
  ...{ capabilities: [], algorithms: [], tries: null },
});

test('another serial is on record even when keeping it, or the record itself, fails at first', async () => {
  const recorded: Recorded[] = [];
  let fails: 'record' | 'learned' | null = null;
  const memory = createKnownDevice({
    clock: testClock(),
    stored: null,
    signer: () => ({ name: 'One', settings: settings('/a.so') }),
    learned: async () => {
      if (fails === 'learned') throw new Error('disk full');
    },
    record: async (entry) => {
      if (fails === 'record') throw new Error('disk full');
      recorded.push(entry);
    },
    log: () => undefined,
  });
  await memory.learn(facts('A'), null);
  fails = 'record';
  await expect(memory.learn(facts('B'), null)).rejects.toThrow('disk full');
  expect(memory.known()?.facts.serial).toBe('A');
  fails = 'learned';
  await expect(memory.learn(facts('B'), null)).rejects.toThrow('disk full');
  fails = null;
  await memory.learn(facts('B'), null);
  expect(recorded.length).toBeGreaterThan(0);
  for (const one of recorded)
    expect(one).toMatchObject({
      action: 'signers.otherSerial',
      serial: 'B',
      summary: expect.stringMatching(/was A and is B$/) as string,
    });
  expect(memory.known()).toMatchObject({ facts: { serial: 'B' }, before: { serial: 'A' } });
});

test('a token that turns its name round is shown with what it hides, where its PIN is asked', async () => {
  const t = await started({ '/a.so': fakeToken('S1', { label: 'pki\u202egnitset' }) });
  const id = await t.add('One', '/a.so', null);
  const { job } = await t.app.call('signers.login', { id });
  const { token, text } = await t.prompt();
  expect(token?.label).toMatch(/U\+202E/);
  expect(JSON.stringify([token, text])).not.toContain('\u202e');
  await t.app.call('jobs.cancel', { id: job });
});
