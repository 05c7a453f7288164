import { describe, expect, test } from 'vitest';
import { kmipSettings, pkcs11Settings } from '#shared/contract/signer-settings.ts';
import { KMIP, PKCS11 } from './fake-signers.ts';
import { emptyForm, formOf, problemsOf, secretOf, settingsOf, slotNumber, slotSaid } from './signer-form.ts';

describe('slots', () => {
  test('decimal and hexadecimal name the same slot', () => {
    expect(slotNumber('0x12a9f8f7')).toBe(313_129_207);
    expect(slotNumber(' 313129207 ')).toBe(313_129_207);
    expect(slotSaid('313129207')).toBe('0x12A9F8F7 (313129207)');
    expect(slotNumber('0xFFFFFFFF')).toBe(0xffff_ffff);
  });

  test('what is no number of a slot is none', () => {
    for (const text of ['', '-1', '4294967296', '0x', '0x123456789', '1.5', 'My token 1', '12 34'])
      expect(slotNumber(text), text).toBeNull();
  });
});

describe('defaults', () => {
  test('an empty form has the defaults of the contract', () => {
    const token = { ...emptyForm('pkcs11'), libPath: '/x.so', slot: 'A' };
    expect(settingsOf(token)).toEqual(
      pkcs11Settings.parse({ kind: 'pkcs11', libPath: '/x.so', slot: { by: 'label', label: 'A' } }),
    );
    expect(settingsOf({ ...emptyForm('kmip'), host: 'h' })).toEqual(
      kmipSettings.parse({ kind: 'kmip', host: 'h' }),
    );
  });

  test('settings that are there come back unchanged', () => {
    for (const settings of [PKCS11, KMIP, { ...PKCS11, slot: { by: 'id' as const, id: 7 }, serial: null }])
      expect(settingsOf(formOf('a', settings, true))).toEqual(settings);
  });
});

describe('problems', () => {
  test('a new form says what is missing, by the path main would name', () => {
    expect(Object.keys(problemsOf(emptyForm('pkcs11')))).toEqual([
      'settings.libPath',
      'settings.slot',
      'name',
    ]);
    expect(Object.keys(problemsOf(emptyForm('kmip')))).toEqual(['settings.host', 'name']);
  });

  test('numbers outside their range, and what is no number', () => {
    const form = formOf('a', KMIP, false);
    const wrong = { ...form.numbers, port: '70000', retrySeconds: '-1', maxConnections: '2.5' };
    const problems = problemsOf({ ...form, numbers: { ...wrong, readTimeoutSeconds: 'soon' } });
    expect(problems['settings.port']).toBe('A whole number from 1 to 65535.');
    expect(problems['settings.retrySeconds']).toBe('A number from 0 to 86400.');
    expect(problems['settings.maxConnections']).toBe('A whole number from 1 to 100.');
    expect(problems['settings.readTimeoutSeconds']).toBe('A number from 0 to 86400.');
  });

  test('a client certificate without its key: both or neither', () => {
    const form = formOf('a', { ...KMIP, clientCertPrivateKeyPath: null }, false);
    expect(problemsOf(form)['settings.clientCertPrivateKeyPath']).toMatch(/both or neither/);
  });

  test('variables: LD_ is refused, names are names, none is there twice', () => {
    const form = formOf('a', PKCS11, false);
    const environment = [
      { name: 'LD_PRELOAD', value: '/x' },
      { name: '1A', value: '' },
      { name: 'A', value: '' },
      { name: 'A', value: '' },
    ];
    const problems = problemsOf({ ...form, environment });
    expect(problems['settings.environment.0']).toMatch(/LD_/);
    expect(problems['settings.environment.1']).toMatch(/letters/);
    expect(problems['settings.environment.2']).toBeUndefined();
    expect(problems['settings.environment.3']).toMatch(/twice/);
  });
});

describe('secrets', () => {
  const form = { ...formOf('a', PKCS11, true), secret: '5678' };

  test('a stored one stays unless another is typed or it is forgotten', () => {
    expect(secretOf(form)).toEqual({ do: 'keep' });
    expect(secretOf({ ...form, kept: 'vault' })).toEqual({ do: 'store', secret: '5678' });
    expect(secretOf({ ...form, kept: 'ask' })).toEqual({ do: 'forget' });
  });

  test('with a PIN pad, or without login, none is kept', () => {
    expect(secretOf({ ...form, pinPad: true })).toEqual({ do: 'forget' });
    expect(secretOf({ ...form, kept: 'vault', login: false })).toEqual({ do: 'forget' });
  });
});
