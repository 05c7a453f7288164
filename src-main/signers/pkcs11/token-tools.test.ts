import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  describeSoftHsm,
  hasSoftHsm,
  SO_PIN,
  softhsm,
  type SoftHsm,
  softhsmLibrary,
  testPerson,
  testTools,
} from '../../testing/softhsm.ts';
import { findLibraries } from './library-places.ts';
import { createPkcs11Tools } from './pkcs11-tools.ts';
import { makeRehearsalToken, softhsmTool } from './softhsm-token.ts';
import { compileShim } from '../../testing/pkcs11-shim.ts';
import { changePin, initToken, listSlots } from './token-tools.ts';

const deps = testTools;
const octets = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const never = new AbortController().signal;
let hsm: SoftHsm;
beforeAll(() => {
  if (!hasSoftHsm) return;
  hsm = softhsm();
  hsm.addToken('first');
});
afterAll(() => hsm?.remove());
const library = () => ({ libPath: softhsmLibrary(), environment: hsm.environment });

describeSoftHsm('the slots of a library', () => {
  test('with the token, its serial number and flags, and the empty slot beside it', async () => {
    const { library: about, slots } = await listSlots(deps, library());
    expect(about).toMatchObject({ manufacturer: 'SoftHSM', version: '2.6' });
    expect(slots).toHaveLength(2);
    expect(slots[0]?.token).toMatchObject({
      label: 'first',
      initialized: true,
      loginRequired: true,
      pinPad: false,
      tries: null,
    });
    expect(slots[0]?.token?.serial).toMatch(/^[0-9a-f]{16}$/);
    expect(slots[1]?.token).toMatchObject({ initialized: false });
  });
  test('a configuration that is missing is said with what to look at', async () => {
    await expect(
      listSlots(deps, { ...library(), environment: { SOFTHSM2_CONF: '/nowhere/softhsm2.conf' } }),
    ).rejects.toMatchObject({
      code: 'VARIABLE_FILE_MISSING',
      trouble: 'unreachable',
      message: expect.stringContaining('/nowhere/softhsm2.conf, which SOFTHSM2_CONF names') as string,
    });
  });
  test('variables that would change the child are refused before it starts', async () => {
    await expect(
      listSlots(deps, { ...library(), environment: { LD_PRELOAD: '/tmp/x.so', NODE_OPTIONS: '--inspect' } }),
    ).rejects.toMatchObject({
      code: 'ENVIRONMENT_REFUSED',
      message: expect.stringContaining('LD_PRELOAD, NODE_OPTIONS') as string,
    });
  });
});

describeSoftHsm('tokens are made and their PINs changed', () => {
  test('an empty one is initialised, both PINs are wiped, and the PIN works; a second time is refused', async () => {
    const free = (await listSlots(deps, library())).slots.find(({ token }) => token?.initialized === false);
    const [soPin, pin] = [octets('87654321'), octets('geheim ü')];
    const token = { slot: free?.id ?? -1, label: 'Größe', soPin, pin, erase: null };
    const made = await createPkcs11Tools(deps).initToken(library(), token, never);
    expect([...soPin, ...pin].every((octet) => octet === 0)).toBe(true);
    const device = hsm.device('Größe', {}, { person: testPerson('geheim ü') });
    const { slot, label, serial } = await device.open(never);
    expect({ label, serial }).toEqual({ label: 'Größe', ...made });
    await expect(
      initToken(deps, library(), {
        slot: slot ?? -1,
        label: 'again',
        soPin: octets('87654321'),
        pin: octets('1234'),
        erase: null,
      }),
    ).rejects.toMatchObject({ code: 'TOKEN_INITIALIZED' });
    expect((await device.open(never)).label).toBe('Größe');
  });
  test('a label that does not fit is refused before anything is done', async () => {
    await expect(
      initToken(deps, library(), {
        slot: 0,
        label: 'ü'.repeat(17),
        soPin: octets('1234'),
        pin: octets('1234'),
        erase: null,
      }),
    ).rejects.toMatchObject({ code: 'LABEL_TOO_LONG' });
  });
  test('one with a key is erased only by its own serial and its present security officer, and is empty then', async () => {
    hsm.addToken('full');
    const made = ['--keypairgen', '--key-type', 'EC:prime256v1', '--label', 'lost', '--id', '01'];
    hsm.tool('full', ...made);
    const find = async (label: string) => {
      const { slots } = await listSlots(deps, library());
      const found = slots.find(({ token }) => token?.label === label);
      return { slot: found?.id ?? -1, serial: found?.token?.serial ?? '' };
    };
    const { slot, serial } = await find('full');
    const again = (soPin: string, pin: string, erase: string | null) =>
      initToken(deps, library(), { slot, label: 'anew', soPin: octets(soPin), pin: octets(pin), erase });
    const keys = (label: string): string => hsm.tool(label, '-O', '--type', 'privkey');
    await expect(again(SO_PIN, '4321', null)).rejects.toMatchObject({ code: 'TOKEN_INITIALIZED' });
    await expect(again(SO_PIN, '4321', 'another')).rejects.toMatchObject({ code: 'TOKEN_INITIALIZED' });
    await expect(again('00000000', '4321', serial)).rejects.toMatchObject({ code: 'CKR_PIN_INCORRECT' });
    // A PIN that the token cannot take is found out before anything is lost.
    await expect(again(SO_PIN, '1', serial)).rejects.toMatchObject({ code: 'CKR_PIN_LEN_RANGE' });
    expect(keys('full')).toContain('lost');
    const { serial: now } = await again(SO_PIN, '4321', serial);
    expect(await find('anew')).toMatchObject({ serial: now });
    expect(await find('full')).toMatchObject({ slot: -1 });
    expect(keys('anew')).not.toContain('lost');
  });
  test.each([
    ['no-session', 'TOKEN_WITHOUT_PIN'],
    ['init-crash', 'TOKEN_IN_DOUBT'],
  ])('one that stops half-way is not told as refused: %s', async (fault, code) => {
    const label = `half ${fault}`;
    hsm.addToken(label);
    const { slots } = await listSlots(deps, library());
    const before = slots.find(({ token }) => token?.label === label);
    const shim = compileShim();
    const { libPath, environment } = shim.settings(hsm, fault);
    const token = { slot: before?.id ?? -1, label: 'new', soPin: octets(SO_PIN), pin: octets('4321') };
    await expect(
      initToken(deps, { libPath, environment }, { ...token, erase: before?.token?.serial ?? '' }),
    ).rejects.toMatchObject({ trouble: 'refused', code });
    shim.remove();
    const after = (await listSlots(deps, library())).slots.map((row) => row.token?.label);
    expect(after).not.toContain(label);
  });
  test('the PIN is changed with the old one, and refused with another', async () => {
    hsm.addToken('changing');
    await expect(
      changePin(deps, hsm.settings('changing'), octets('0000'), octets('777777')),
    ).rejects.toMatchObject({
      trouble: 'pin-refused',
      code: 'CKR_PIN_INCORRECT',
    });
    await changePin(deps, hsm.settings('changing'), octets('4321'), octets('777777'));
    await expect(hsm.device('changing').open(never)).rejects.toMatchObject({ trouble: 'pin-refused' });
    await hsm.device('changing', {}, { person: testPerson('777777') }).open(never);
    await expect(
      changePin(deps, hsm.settings('changing'), octets('777777'), octets('1')),
    ).rejects.toMatchObject({
      code: 'CKR_PIN_LEN_RANGE',
      trouble: 'refused',
    });
  });
  test('a rehearsal token lies in its own folder, readable by its owner alone', async () => {
    const folder = join(hsm.folder, 'rehearsal');
    const pin = octets('2468');
    const { serial, libPath, environment } = await makeRehearsalToken(deps, {
      folder,
      label: 'Rehearsal',
      pin,
    });
    expect(pin).toEqual(new Uint8Array(4));
    expect(statSync(join(folder, 'tokens')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'softhsm2.conf')).mode & 0o777).toBe(0o600);
    const device = hsm.device('Rehearsal', { libPath, environment, serial }, { person: testPerson('2468') });
    expect((await device.open(never)).serial).toBe(serial);
    const second = await makeRehearsalToken(deps, { folder, label: 'Rehearsal', pin: octets('2468') });
    expect(second.serial).not.toBe(serial);
  });
});

describeSoftHsm('a library that fails here', () => {
  test('is asked once, and nobody is told that it is tried again', async () => {
    const conf = join(hsm.folder, 'no-tokens.conf');
    writeFileSync(conf, 'directories.tokendir = /nowhere/tokens\n');
    const missing = { ...library(), environment: { SOFTHSM2_CONF: conf } };
    await expect(listSlots(deps, missing)).rejects.toMatchObject({
      code: 'CKR_GENERAL_ERROR',
      message: expect.stringMatching(/^The library failed without saying why\. Look whether/),
    });
  });
});

describeSoftHsm('where libraries lie', () => {
  test('SoftHSM of this machine is found, with its tool', async () => {
    expect(findLibraries()).toContainEqual({ device: 'SoftHSM', path: softhsmLibrary() });
    // Debian links it from a second folder.
    expect(findLibraries().filter(({ device }) => device === 'SoftHSM')).toHaveLength(1);
    const tool = softhsmTool();
    expect(tool?.library).toBe(softhsmLibrary());
    expect(existsSync(tool?.util ?? '')).toBe(true);
    expect((await createPkcs11Tools(deps).discover()).softhsm).toMatchObject({ library: softhsmLibrary() });
  });
  test('on other systems their own paths are looked at', () => {
    const seen: string[] = [];
    const there = (found: string) => (path: string) => {
      seen.push(path);
      return path === found;
    };
    const dll = 'C:\\Program Files\\Yubico\\YubiHSM Shell\\bin\\pkcs11\\yubihsm_pkcs11.dll';
    expect(findLibraries(there(dll), 'win32')).toEqual([{ device: 'YubiHSM 2', path: dll }]);
    expect(seen.every((path) => path.startsWith('C:\\'))).toBe(true);
    seen.length = 0;
    const cloud = '/opt/cloudhsm/lib/libcloudhsm_pkcs11.so';
    expect(findLibraries(there(cloud), 'linux')).toEqual([{ device: 'AWS CloudHSM', path: cloud }]);
    expect(seen.every((path) => path.startsWith('/'))).toBe(true);
    expect(seen).toContain('/opt/homebrew/lib/softhsm/libsofthsm2.so');
  });
});

describeSoftHsm('files that are no library for this computer', () => {
  const elf = (machine: number): Buffer => {
    const head = Buffer.alloc(64);
    head.write('\x7fELF\x02\x01\x01', 'latin1');
    head.writeUInt16LE(3, 16);
    head.writeUInt16LE(machine, 18);
    return head;
  };
  const pe = Buffer.alloc(256);
  pe.write('MZ', 'latin1');
  pe.writeUInt32LE(128, 60);
  pe.write('PE\0\0', 128, 'latin1');
  pe.writeUInt16LE(0x8664, 132);
  test.each([
    ['a text file', Buffer.from('# a configuration\n'), 'LIBRARY_NO_PROGRAM'],
    ['an empty file', Buffer.alloc(0), 'LIBRARY_NO_PROGRAM'],
    ['another processor', elf(process.arch === 'x64' ? 0xb7 : 0x3e), 'LIBRARY_OTHER_ARCHITECTURE'],
    ['another system', pe, 'LIBRARY_OTHER_SYSTEM'],
    ['cut off after its header', elf(process.arch === 'x64' ? 0x3e : 0xb7), 'LIBRARY_NOT_LOADED'],
  ])('%s', async (name, content, code) => {
    const libPath = join(hsm.folder, name.replaceAll(' ', '-'));
    writeFileSync(libPath, content);
    await expect(listSlots(deps, { ...library(), libPath })).rejects.toMatchObject({
      code,
      trouble: 'misconfigured',
      message: expect.stringContaining(libPath) as string,
    });
  });
  test('a folder, nothing at all, a bare name', async () => {
    const folder = join(hsm.folder, 'a-folder.so');
    mkdirSync(folder);
    const code = async (libPath: string): Promise<unknown> =>
      listSlots(deps, { ...library(), libPath }).catch((error: unknown) => (error as { code: string }).code);
    expect(await code(folder)).toBe('LIBRARY_IS_FOLDER');
    expect(await code(join(hsm.folder, 'absent.so'))).toBe('LIBRARY_NOT_FOUND');
    expect(await code('libsofthsm2.so')).toBe('LIBRARY_NOT_ABSOLUTE');
  });
  test('a library that is no PKCS#11 library', async () => {
    const libc = [
      '/lib/x86_64-linux-gnu/libm.so.6',
      '/lib/aarch64-linux-gnu/libm.so.6',
      '/lib64/libm.so.6',
    ].find((path) => existsSync(path));
    await expect(listSlots(deps, { ...library(), libPath: libc ?? '' })).rejects.toMatchObject({
      code: 'LIBRARY_NOT_LOADED',
      message: expect.stringContaining('is no PKCS#11 library') as string,
    });
  });
});
