import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { peer } from '../../testing/peers.ts';
import { compileShim, type Shim } from '../../testing/pkcs11-shim.ts';
import {
  describeSoftHsm,
  hasSoftHsm,
  PIN,
  softhsm,
  type SoftHsm,
  softhsmLibrary,
  testPerson,
} from '../../testing/softhsm.ts';
import { signatureHolds } from '../signature-scheme.ts';

const DATA = Buffer.from('what is to be signed');
const never = new AbortController().signal;
let hsm: SoftHsm;
let shim: Shim;
beforeAll(() => {
  if (!hasSoftHsm) return;
  hsm = softhsm();
  shim = compileShim();
  hsm.addToken('one');
});
afterAll(async () => {
  await hsm?.remove();
  shim?.remove();
});

describeSoftHsm('which token', () => {
  test('two with one label: the number tells them apart, and so does the serial number', async () => {
    hsm.addToken('twin');
    hsm.addToken('twin');
    const first = await hsm.device('twin').open(never);
    const devices = [];
    for (const row of slotsOf('twin'))
      devices.push({ ...row, device: hsm.device('twin', { serial: row.serial }) });
    expect(devices).toHaveLength(2);
    for (const { id, serial, device } of devices) {
      const facts = await device.open(never);
      expect(facts).toMatchObject({ slot: id, serial, label: 'twin' });
      const numbered = await hsm.device('unused', { slot: { by: 'id', id } }).open(never);
      expect(numbered.serial).toBe(serial);
    }
    expect(devices.map(({ serial }) => serial)).toContain(first.serial);
    const [a, b] = devices;
    if (a === undefined || b === undefined) throw new Error('two tokens were made');
    const made = await a.device.create({ algorithm: 'p-256', label: '' });
    expect(await b.device.find(made.spkiDer)).toBeNull();
    await expect(b.device.sign(made.handle, 'p-256', DATA)).rejects.toMatchObject({ trouble: 'key-gone' });
  });

  test('a label with the suffix that OpenSC puts behind it', async () => {
    hsm.addToken('card (UserPIN)');
    expect((await hsm.device('card').open(never)).label).toBe('card (UserPIN)');
  });

  test('a label or number that is not there lists what is', async () => {
    await expect(hsm.device('absent').open(never)).rejects.toMatchObject({
      trouble: 'misconfigured',
      code: 'SLOT_NOT_FOUND',
      message: expect.stringMatching(
        /No token is labelled "absent"\. Available: slot \d+ \(0x[0-9a-f]+\): .*one, serial [0-9a-f]{16}/,
      ) as string,
    });
    await expect(hsm.device('unused', { slot: { by: 'id', id: 99 } }).open(never)).rejects.toMatchObject({
      code: 'SLOT_NOT_FOUND',
      message: expect.stringContaining('no slot 99 (0x63)') as string,
    });
  });

  test('the token with the known serial number is found under another slot number', async () => {
    const { serial } = await hsm.device('one').open(never);
    expect((await hsm.device('unused', { serial, slot: { by: 'id', id: 99 } }).open(never)).serial).toBe(
      serial,
    );
  });
});

/** As pkcs11-tool shows them, so that nothing of ours judges itself. */
function slotsOf(label: string): { id: number; serial: string }[] {
  const listing = execFileSync(peer('pkcs11-tool'), ['--module', softhsmLibrary(), '--list-slots'], {
    env: { ...process.env, ...hsm.environment },
    encoding: 'utf8',
  });
  return [
    ...listing.matchAll(/^Slot \d+ \((0x[0-9a-f]+)\)[^]*?token label +: (.*)\n[^]*?serial num +: (.*)\n/gm),
  ]
    .filter(([, , name]) => name?.trim() === label)
    .map(([, id = '', , serial = '']) => ({ id: Number(id), serial: serial.trim() }));
}

describeSoftHsm('two signers on one library', () => {
  test('one hangs in C_Sign, the other signs meanwhile', async () => {
    hsm.addToken('two');
    const hung = hsm.device('two', shim.settings(hsm, 'sign-hang'));
    const good = hsm.device('one');
    await Promise.all([hung.open(never), good.open(never)]);
    const [stuck, key] = await Promise.all([
      hung.create({ algorithm: 'p-256', label: '' }),
      good.create({ algorithm: 'p-256', label: '' }),
    ]);
    const hanging = hung.sign(stuck.handle, 'p-256', DATA);
    hanging.catch(() => undefined);
    for (let round = 0; round < 20; round += 1)
      expect(signatureHolds('p-256', key.spkiDer, DATA, await good.sign(key.handle, 'p-256', DATA))).toBe(
        true,
      );
    await hung.close();
    await expect(hanging).rejects.toMatchObject({ trouble: 'unreachable', code: 'SIGNER_CLOSED' });
  });
});

describeSoftHsm('PINs', () => {
  test('a wrong one is sent once, wiped, and said with the tries that are left', async () => {
    hsm.addToken('careful');
    const person = testPerson('0000');
    const device = hsm.device('careful', {}, { person });
    await expect(device.open(never)).rejects.toMatchObject({
      trouble: 'pin-refused',
      code: 'CKR_PIN_INCORRECT',
      message: expect.stringContaining('has counted it') as string,
    });
    expect(person.asked).toHaveLength(1);
    expect(person.given).toEqual([new Uint8Array(4)]);
    await expect(device.sign(Buffer.alloc(20), 'p-256', DATA)).rejects.toMatchObject({
      trouble: 'unreachable',
    });
    expect(person.asked).toHaveLength(1);
    const facts = await hsm.device('careful').open(never);
    expect(facts.tries).toBeNull();
  });

  test('nobody there to type one', async () => {
    await expect(hsm.device('one', {}, { person: testPerson(null) }).open(never)).rejects.toMatchObject({
      trouble: 'pin-needed',
    });
  });

  test('without login the private keys are not seen, and nobody is asked', async () => {
    const device = hsm.device('one', { login: false });
    await device.open(never);
    expect(device.person.asked).toEqual([]);
    await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toMatchObject({
      trouble: 'pin-needed',
      code: 'CKR_USER_NOT_LOGGED_IN',
    });
  });

  test('a key that wants its PIN for each signature gets it for each', async () => {
    hsm.tool(
      'one',
      '--keypairgen',
      '--key-type',
      'EC:prime256v1',
      '--id',
      'aa01',
      '--label',
      'always',
      '--usage-sign',
      '--always-auth',
    );
    const device = hsm.device('one');
    await device.open(never);
    const handle = Buffer.from('aa01', 'hex');
    const spkiDer = await device.publicKey(handle);
    const signatures = [await device.sign(handle, 'p-256', DATA), await device.sign(handle, 'p-256', DATA)];
    for (const signature of signatures) expect(signatureHolds('p-256', spkiDer, DATA, signature)).toBe(true);
    expect(device.person.asked.map(({ reason }) => reason)).toEqual(['login', 'signature', 'signature']);
    device.person.type('0000');
    await expect(device.sign(handle, 'p-256', DATA)).rejects.toMatchObject({ trouble: 'pin-refused' });
    device.person.type(PIN);
    expect(signatureHolds('p-256', spkiDer, DATA, await device.sign(handle, 'p-256', DATA))).toBe(true);
    expect(device.person.given).toEqual(Array.from({ length: 5 }, () => new Uint8Array(PIN.length)));
  });
});

describeSoftHsm('the folder of the tokens is moved away and back', () => {
  test('the signer says so, and signs again by itself, also with a session that noticed nothing', async () => {
    const own = softhsm();
    try {
      own.addToken('stick');
      const device = own.device('stick');
      await device.open(never);
      const used = await device.create({ algorithm: 'p-256', label: '' });
      const unused = await device.create({ algorithm: 'p-256', label: '' });
      await device.sign(used.handle, 'p-256', DATA);
      for (let round = 0; round < 2; round += 1) {
        renameSync(own.tokens, `${own.tokens}-away`);
        for (const { handle } of [used, unused])
          await expect(device.sign(handle, 'p-256', DATA)).rejects.toMatchObject({ trouble: 'unreachable' });
        await expect(device.open(never)).rejects.toMatchObject({ trouble: 'unreachable' });
        renameSync(`${own.tokens}-away`, own.tokens);
        await device.open(never);
        await device.publicKey(used.handle);
        renameSync(own.tokens, `${own.tokens}-away`);
        await expect(device.open(never)).rejects.toMatchObject({ trouble: 'unreachable' });
        renameSync(`${own.tokens}-away`, own.tokens);
        await device.open(never);
        for (const { handle, spkiDer } of [used, unused])
          expect(signatureHolds('p-256', spkiDer, DATA, await device.sign(handle, 'p-256', DATA))).toBe(true);
      }
      renameSync(own.tokens, `${own.tokens}-away`);
      await expect(device.list()).rejects.toMatchObject({ trouble: 'unreachable' });
      renameSync(`${own.tokens}-away`, own.tokens);
      await device.open(never);
      expect(await device.list()).toHaveLength(2);
    } finally {
      await own.remove();
    }
  });
});
