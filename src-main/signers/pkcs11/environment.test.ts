import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkEnvironment, refusedVariables } from './environment.ts';

test('variables for a library: its own pass, the loader and Node are left alone', () => {
  expect(refusedVariables({ SOFTHSM2_CONF: '/a', YUBIHSM_PKCS11_CONF: '/b', CLOUDHSM_PIN: 'x' })).toEqual([]);
  expect(refusedVariables({ P11_KIT_SERVER_ADDRESS: 'unix:path=/a' })).toEqual([]);
  const code = { OPENSSL_CONF: '/a', OPENSSL_MODULES: '/b', P11_KIT_STRICT: '1' };
  expect(refusedVariables(code)).toEqual(Object.keys(code));
  const bad = {
    LD_PRELOAD: '',
    ld_library_path: '',
    DYLD_INSERT_LIBRARIES: '',
    NODE_OPTIONS: '',
    ELECTRON_RUN_AS_NODE: '',
    PATH: '',
  };
  expect(refusedVariables(bad)).toEqual(Object.keys(bad));
  expect(() => checkEnvironment({ LD_AUDIT: '/x.so' })).toThrow(/LD_AUDIT cannot be set/);
});

test('a file of settings that a variable names and that cannot be read is named before anything is loaded', () => {
  const refused = (path: string): void => {
    // The tests may run as a user who may read everything.
    throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path });
  };
  const file = fileURLToPath(import.meta.url);
  expect(() => checkEnvironment({ SOFTHSM2_CONF: file })).not.toThrow();
  expect(() => checkEnvironment({ SOFTHSM2_CONF: file }, refused)).toThrow(
    expect.objectContaining({
      code: 'VARIABLE_FILE_NOT_READABLE',
      message: `${file}, which SOFTHSM2_CONF names, cannot be read. Mend its permissions.`,
      library: expect.stringContaining('EACCES') as string,
    }) as Error,
  );
  expect(() => checkEnvironment({ OPENSC_CONF: `${file}/below` })).toThrow(
    expect.objectContaining({ code: 'VARIABLE_FILE_MISSING' }) as Error,
  );
  // What another variable names is not known to be a file that is needed.
  expect(() => checkEnvironment({ VENDOR_CONF: '/nope' })).not.toThrow();
});
