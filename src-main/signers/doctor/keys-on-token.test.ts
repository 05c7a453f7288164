import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../lib/bytes.ts';
import { doctored } from '../../testing/doctored.ts';
import { softhsm, type SoftHsm } from '../../testing/softhsm.ts';

const never = new AbortController().signal;
let hsm: SoftHsm;
beforeAll(() => {
  hsm = softhsm();
  hsm.addToken('doctor');
});
afterAll(() => hsm.remove());

describe('keys and binding', () => {
  test('which are ours; one that is missing; two under one identifier; another device', async () => {
    const device = hsm.device('doctor');
    await device.open(never);
    const identity = await device.create({ algorithm: 'rsa-2048', label: 'Krill' });
    const key = await device.create({ algorithm: 'p-256', label: 'Krill' });
    await device.create({ algorithm: 'p-256', label: 'theirs' });
    const east = await device.create({ algorithm: 'p-256', label: 'Krill' });
    const { serial } = await device.open(never);
    const binding = { ...identity, serial, boundAt: '2026-01-02T00:00:00.000Z' };
    const ours = new Map([[sha256Hex(key.spkiDer), { label: 'Example Root', here: true }]]);
    const good = await doctored(hsm.settings('doctor'), {
      ...{ binding, ours },
      identities: new Map([[sha256Hex(east.spkiDer), 'East']]),
    });
    expect(good.notGood).toEqual([]);
    expect(good.line('keys').text).toBe('4 keys, 1 of this workspace.');
    expect(
      good
        .line('keys')
        .details.map((one) => one.split(':')[0] ?? '')
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['identity key', 'identity key of “East”', 'not ours', 'ours, “Example Root”']);
    expect(good.line('binding').text).toContain('bound since 2026-01-02');

    const gone = new Map([['AA'.repeat(32), { label: 'Lost Root', here: true }]]);
    const missing = await doctored(hsm.settings('doctor'), { ours: gone });
    expect(missing.notGood).toEqual(['keys bad', 'binding skipped']);
    expect(missing.line('keys').text).toContain('“Lost Root”');
    expect(missing.line('keys').fix).toMatch(/restore the backup/);

    const other = { ...binding, spkiDer: spki(), serial: 'ffff' };
    const swapped = await doctored(hsm.settings('doctor'), { binding: other });
    expect(swapped.notGood).toEqual(['binding bad']);
    expect(swapped.line('binding').text).toMatch(/not the device that owns these keys/);
    expect(swapped.line('binding').cause).toMatch(/another device/);

    for (const index of [0, 1]) {
      const file = join(hsm.folder, `twin-${index}.der`);
      writeFileSync(
        file,
        generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
          format: 'der',
          type: 'pkcs8',
        }),
      );
      hsm.tool('doctor', '--write-object', file, '--type', 'privkey', '--id', '0a0b', '--label', 'twin');
    }
    const twins = await doctored(hsm.settings('doctor'));
    expect(twins.notGood).toEqual(['keys careful']);
    expect(twins.line('keys').text).toContain('Two share the identifier 0a0b');
  });
});

function spki(): Uint8Array {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
}
