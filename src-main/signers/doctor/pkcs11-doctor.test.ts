import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pkcs11Settings } from '#shared/contract/signer-settings.ts';
import { doctored } from '../../testing/doctored.ts';
import { compileShim, type Shim } from '../../testing/pkcs11-shim.ts';
import { softhsm, type SoftHsm, testTools } from '../../testing/softhsm.ts';
import { faultOf } from '../pkcs11/faults.ts';
import { pkcs11Looks } from './pkcs11-looks.ts';

const never = new AbortController().signal;
const ALL = [
  ...['library-found', 'library-readable', 'library-architecture', 'environment', 'library-loads', 'slots'],
  ...['token', 'token-flags', 'session', 'login', 'functions', 'mechanisms'],
  ...['generate', 'sign', 'verify', 'speed', 'destroy', 'keys', 'binding'],
];
let hsm: SoftHsm;
let shim: Shim;

beforeAll(() => {
  shim = compileShim();
  hsm = softhsm();
  hsm.addToken('doctor');
});
afterAll(async () => {
  await hsm.remove();
  shim.remove();
});

const keysOn = async (): Promise<number> => {
  const device = hsm.device('doctor');
  await device.open(never);
  const keys = await device.list();
  await device.close();
  return keys.length;
};

/** A file with the head of a program for an ARM processor. */
function otherArchitecture(): string {
  const head = Buffer.alloc(64);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]).copy(head);
  head.writeUInt16LE(process.arch === 'arm64' ? 0x3e : 0xb7, 18);
  const path = join(hsm.folder, 'other.so');
  writeFileSync(path, head);
  return path;
}

test('a token that works: every line is good, nothing is left on it', async () => {
  const { lines, notGood, asked, line } = await doctored(hsm.settings('doctor'));
  expect(lines.map(({ code }) => code)).toEqual(ALL);
  expect(notGood).toEqual([]);
  expect(asked).toBe(1);
  expect(line('token').text).toMatch(/^“doctor” with serial [0-9a-f]{16} is in slot \d+ \(0x[0-9a-f]+\)\.$/);
  expect(line('token').details.join()).toContain('SoftHSM');
  expect(line('environment').details).toEqual([`SOFTHSM2_CONF=${hsm.environment['SOFTHSM2_CONF'] ?? ''}`]);
  expect(line('library-loads').text).toContain('cannot be seen or kept from it here');
  // Judged again at the end: what was called since is there, too.
  expect(line('functions').details).toContain('has C_Sign');
  expect(line('functions').text).not.toMatch(/C_Sign|C_GenerateKeyPair|C_DestroyObject/);
  expect(line('mechanisms').details).toContain('has CKM_ECDSA');
  expect(line('speed').text).toMatch(
    /^[\d.]+ RSA 2048 signatures a second, [\d.]+ P-256 signatures a second/,
  );
  expect(await keysOn()).toBe(0);
});

type Change = () => Partial<Pkcs11Settings>;
const fault =
  (name: string): Change =>
  () =>
    shim.settings(hsm, name);

describe('each line fails alone, with cause, check and fix; what comes after it is not looked at', () => {
  test.each<[code: string, change: Change, text: RegExp, cause: RegExp, check: RegExp, fix: RegExp]>([
    [
      'library-found',
      () => ({ libPath: '/nope.so' }),
      /^There is no file \/nope\.so/,
      /not installed/,
      /file manager/,
      /Install the software/,
    ],
    [
      'library-found',
      () => ({ libPath: hsm.folder }),
      /is a folder/,
      /ends too early/,
      /in the folder/,
      /Choose the file/,
    ],
    [
      'library-architecture',
      () => ({ libPath: otherArchitecture() }),
      /is made for .*this computer needs/,
      /not the one for this processor/,
      /download page/,
      /for this processor/,
    ],
    [
      'library-architecture',
      () => ({ libPath: hsm.environment['SOFTHSM2_CONF'] ?? '' }),
      /is no shared library/,
      /text file.*whatever its name ends with/,
      /what the file is/,
      /that the software of the device has installed; the settings offer/,
    ],
    [
      'environment',
      () => ({ environment: { LD_PRELOAD: '/x.so' } }),
      /^LD_PRELOAD cannot be set/,
      /change the program/,
      /variables of the signer/,
      /Remove the variable/,
    ],
    [
      'environment',
      () => ({ environment: { SOFTHSM2_CONF: '/nope/softhsm2.conf' } }),
      /^There is no file \/nope\/softhsm2\.conf, which SOFTHSM2_CONF names\./,
      /misspelt/,
      /Look for the file/,
      /correct the variable/,
    ],
    [
      'environment',
      () => ({ environment: { YUBIHSM_PKCS11_CONF: hsm.folder } }),
      /, which YUBIHSM_PKCS11_CONF names, is a folder/,
      /may not read it, or the variable names a folder/,
      /permissions of the file/,
      /name the right one/,
    ],
    [
      'library-loads',
      () => ({ libPath: process.execPath }),
      /cannot be loaded|is no PKCS#11 library|crashed/,
      /library that it needs is missing|fault in the library/,
      /details/,
      /Install/,
    ],
    ['slots', fault('no-slots'), /no slot at all/, /empty reader/, /in its reader/, /Plug the token in/],
    [
      'token',
      () => ({ slot: { by: 'label', label: 'nope' } }),
      /^No token is labelled "nope"\. Available: /,
      /Slot numbers change/,
      /List its slots/,
      /Choose the slot from the list/,
    ],
    [
      'token',
      () => ({ ...fault('other-serial')(), serial: '0123456789abcdef' }),
      /has the serial number ffffffffffffffff, this signer belongs to 0123456789abcdef/,
      /Tokens were exchanged/,
      /Compare the serial/,
      /right token/,
    ],
    ['token-flags', fault('pin-locked'), /locked/i, /too often|wrong PIN/i, /./, /security officer/i],
    ['token-flags', fault('no-user-pin'), /PIN/, /./, /./, /PIN/],
    ['session', fault('no-session'), /no session left/, /./, /./, /./],
    ['login', fault('pin-locks'), /locked/i, /wrong PIN|too often/i, /./, /security officer/i],
    [
      'functions',
      fault('no-find'),
      /C_FindObjects is not there/,
      /leaves out a function/,
      /doctor list the functions/,
      /newest library/,
    ],
    [
      'mechanisms',
      fault('no-mechanisms'),
      /neither RSA 2048 nor P-256/,
      /no mechanism/,
      /list of mechanisms/,
      /use another one/,
    ],
    ['generate', fault('generate-fails'), /no room left/, /./, /./, /./],
    [
      'generate',
      fault('unprotected'),
      /could be taken out/,
      /does not honour/,
      /settings of the device/,
      /keeps its keys/,
    ],
  ])('%s', async (code, change, text, cause, check, fix) => {
    const { lines, line, notGood } = await doctored(hsm.settings('doctor', change()));
    expect(notGood[0]).toBe(`${code} bad`);
    const after = lines.slice(lines.findIndex((one) => one.code === code) + 1);
    expect(after.map(({ state }) => state)).toEqual(after.map(() => 'skipped'));
    for (const one of after) expect(one.text).toContain(line(code).title);
    expect(line(code).text).toMatch(text);
    expect(line(code).cause).toMatch(cause);
    expect(line(code).check).toMatch(check);
    expect(line(code).fix).toMatch(fix);
    expect(line(code).details[0]).toMatch(/^[A-Z_0-9]+$/);
    expect(await keysOn()).toBe(0);
  });

  test('library-readable: a file that this user may not read', async () => {
    const settings = hsm.settings('doctor');
    const { notGood, line } = await doctored(settings, {
      makeLooks: (signal) =>
        pkcs11Looks({
          ...{ ...testTools, settings, signal, name: 'My signer' },
          // The tests may run as a user who may read everything.
          check() {
            throw faultOf('LIBRARY_NOT_READABLE', 'EACCES');
          },
        }),
    });
    expect(notGood[0]).toBe('library-readable bad');
    expect(line('library-readable')).toMatchObject({
      cause: 'The user who runs Baleen may not read the file.',
      check: 'Look at the permissions of the file.',
      fix: 'Allow this user to read it.',
    });
  });

  test.each<[code: string, name: string, text: RegExp, cause: RegExp, fix: RegExp]>([
    ['sign', 'sign-crash', /crashed/, /fault in the library/, /newest library/],
    ['sign', 'no-sign', /does not have a function that is needed/, /a reduced one/, /full library/],
    ['sign', 'sign-refused', /could not do it/, /./, /./],
    ['verify', 'sign-wrong', /public key does not confirm/, /another key than it shows/, /Do not use/],
  ])('%s with %s: the test keys are taken away all the same', async (code, name, text, cause, fix) => {
    const { notGood, line, asked } = await doctored(hsm.settings('doctor', fault(name)()));
    expect(notGood.filter((one) => one.endsWith('bad'))).toEqual([`${code} bad`]);
    expect(line('destroy')).toMatchObject({ state: 'good', text: 'Nothing of this test is left on it.' });
    expect(line('keys').state).toBe('skipped');
    expect(line(code).text).toMatch(text);
    expect(line(code).cause).toMatch(cause);
    expect(line(code).fix).toMatch(fix);
    expect(asked).toBeGreaterThan(0);
    expect(await keysOn()).toBe(0);
  });

  test.each<[name: string, text: RegExp, cause: RegExp]>([
    ['destroy-refused', /write-protected.*still on it: RSA 2048 with CKA_ID [0-9a-f]{40}/, /./],
    [
      'destroy-kept',
      /^The test keys are still on it: RSA 2048 with CKA_ID [0-9a-f]{40}, P-256/,
      /still has it/,
    ],
  ])('destroy with %s: what stays is named', async (name, text, cause) => {
    const { notGood, line } = await doctored(hsm.settings('doctor', fault(name)()));
    expect(notGood).toEqual(['destroy bad', 'keys skipped', 'binding skipped']);
    expect(line('destroy').text).toMatch(text);
    expect(line('destroy').cause).toMatch(cause);
    const device = hsm.device('doctor');
    await device.open(never);
    for (const { handle } of await device.list()) await device.destroy(handle, null);
  });

  test('a wrong PIN before the login is told, and is no fault once the login was good', async () => {
    const { notGood, line } = await doctored(hsm.settings('doctor', fault('pin-low')()));
    expect(notGood).toEqual([]);
    expect(line('token-flags')).toMatchObject({ state: 'good', cause: '', fix: '' });
    expect(line('token-flags').text).toMatch(/^A wrong PIN was typed before this login\. /);
  });

  test('a file that another variable names and that is not there deserves a look', async () => {
    const environment = { ...hsm.environment, VENDOR_CONF: '/nope.conf', TOKEN_CONF: '/a/secret' };
    const { notGood, line } = await doctored(hsm.settings('doctor', { environment }));
    expect(notGood).toEqual(['environment careful']);
    expect(line('environment').text).toBe('There is no file /nope.conf, which VENDOR_CONF names.');
    expect(JSON.stringify(line('environment'))).not.toContain('/a/secret');
  });

  test.each<[code: string, name: string, text: RegExp, fix: RegExp]>([
    ['token-flags', 'pin-final', /One more wrong PIN locks/, /gives the token its tries back/],
    ['mechanisms', 'no-curves', /P-256 keys it cannot make/, /Choose RSA/],
    ['speed', 'sign-slow', /signature took 1\.\d s, so no more/, /one-off keys in software/],
  ])('%s with %s deserves a look and stops nothing', async (code, name, text, fix) => {
    const { notGood, line } = await doctored(hsm.settings('doctor', fault(name)()));
    expect(notGood).toEqual([`${code} careful`]);
    expect(line(code).text).toMatch(text);
    expect(line(code).cause).not.toBe('');
    expect(line(code).check).not.toBe('');
    expect(line(code).fix).toMatch(fix);
  });
});

describe('the PIN', () => {
  test('a wrong one is refused once, and told', async () => {
    const { notGood, line, asked, refused } = await doctored(hsm.settings('doctor'), { pin: '9999' });
    expect(notGood[0]).toBe('login bad');
    expect([asked, refused]).toEqual([1, 1]);
    expect(line('login').details[0]).toBe('CKR_PIN_INCORRECT');
    expect(line('login').fix).not.toBe('');
    // It counts: the right one puts the counter back.
    expect((await doctored(hsm.settings('doctor'))).line('login').state).toBe('good');
  });

  test('nobody types one: not looked at, and no failure', async () => {
    const { notGood, line, refused } = await doctored(hsm.settings('doctor'), { pin: null });
    expect(notGood[0]).toBe('login skipped');
    expect(new Set(notGood.slice(1).map((one) => one.split(' ')[1]))).toEqual(new Set(['skipped']));
    expect(line('login')).toMatchObject({ cause: '', stop: 'no PIN was given' });
    expect(refused).toBe(0);
  });
});
