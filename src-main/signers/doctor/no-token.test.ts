/** A library that finds no token: the line of its slots says what leads it there. */
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { doctored } from '../../testing/doctored.ts';
import { softhsm, type SoftHsm } from '../../testing/softhsm.ts';

let hsm: SoftHsm;
beforeEach(() => {
  hsm = softhsm();
});
afterEach(() => hsm.remove());

test('where its variable leads, no token is initialised', async () => {
  const { line, notGood } = await doctored(hsm.settings('doctor'));
  expect(notGood[0]).toBe('slots bad');
  expect(line('slots').text).toBe(
    'No token is initialised where SOFTHSM2_CONF leads: correct this variable, or initialise one.',
  );
  expect(line('slots').details.join('\n')).toContain('not initialised');
  expect(line('slots').fix).toMatch(/Give the variable/);
  expect(line('token').state).toBe('skipped');
});

test('without a variable it is named, since the tokens may lie elsewhere', async () => {
  // What the library reads where it is told nothing.
  const own = join(hsm.folder, '.config', 'softhsm2');
  mkdirSync(own, { recursive: true });
  renameSync(join(hsm.folder, 'softhsm2.conf'), join(own, 'softhsm2.conf'));
  const { line, notGood } = await doctored(hsm.settings('doctor', { environment: { HOME: hsm.folder } }));
  expect(notGood[0]).toBe('slots bad');
  expect(line('slots').text).toBe(
    'No token is initialised here: lead the library to its tokens by SOFTHSM2_CONF, or initialise one.',
  );
});
