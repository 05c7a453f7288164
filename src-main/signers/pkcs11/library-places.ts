/** Where the libraries of well-known devices lie, as their packages put them. Looks only whether a file is there. */
import { existsSync, realpathSync } from 'node:fs';
import { posix, win32 } from 'node:path';

const UNIX_FOLDERS = [
  '/usr/lib',
  '/usr/lib64',
  '/usr/local/lib',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/opt/homebrew/lib',
  '/Library/OpenSC/lib',
];

interface Known {
  device: string;
  /** Looked for in every folder above, plain and in these folders below it. */
  names: string[];
  below: string[];
  /** Whole paths, of the vendor's own. */
  paths: string[];
}

const KNOWN: readonly Known[] = [
  {
    device: 'SoftHSM',
    names: ['libsofthsm2.so'],
    below: ['softhsm', 'pkcs11', ''],
    paths: ['C:\\SoftHSM2\\lib\\softhsm2-x64.dll', 'C:\\Program Files\\SoftHSM2\\lib\\softhsm2-x64.dll'],
  },
  {
    device: 'OpenSC (smart cards, Nitrokey HSM)',
    names: ['opensc-pkcs11.so'],
    below: ['', 'pkcs11'],
    paths: ['C:\\Program Files\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll'],
  },
  {
    device: 'YubiHSM 2',
    names: ['yubihsm_pkcs11.so', 'yubihsm_pkcs11.dylib'],
    below: ['pkcs11', ''],
    paths: ['C:\\Program Files\\Yubico\\YubiHSM Shell\\bin\\pkcs11\\yubihsm_pkcs11.dll'],
  },
  {
    device: 'YubiKey (PIV)',
    names: ['libykcs11.so', 'libykcs11.dylib'],
    below: ['', 'pkcs11'],
    paths: ['C:\\Program Files\\Yubico\\Yubico PIV Tool\\bin\\libykcs11.dll'],
  },
  {
    device: 'Nitrokey NetHSM',
    names: ['libnethsm_pkcs11.so', 'libnethsm_pkcs11.dylib'],
    below: ['nethsm', 'pkcs11', ''],
    paths: ['C:\\Program Files\\Nitrokey\\NetHSM\\nethsm_pkcs11.dll'],
  },
  {
    device: 'AWS CloudHSM',
    names: [],
    below: [],
    paths: [
      '/opt/cloudhsm/lib/libcloudhsm_pkcs11.so',
      'C:\\Program Files\\Amazon\\CloudHSM\\lib\\cloudhsm_pkcs11.dll',
    ],
  },
  {
    device: 'Thales Luna',
    names: [],
    below: [],
    paths: [
      '/usr/safenet/lunaclient/lib/libCryptoki2_64.so',
      'C:\\Program Files\\SafeNet\\LunaClient\\cryptoki.dll',
    ],
  },
  { device: 'Entrust nShield', names: [], below: [], paths: ['/opt/nfast/toolkits/pkcs11/libcknfast.so'] },
  {
    device: 'Utimaco',
    names: ['libcs_pkcs11_R3.so', 'libcs_pkcs11_R2.so'],
    below: [''],
    paths: ['/opt/utimaco/lib/libcs_pkcs11_R3.so'],
  },
];

/** Where a link leads; packages link one library from several folders. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The libraries that are there, each once, by device and in the order of the list. `exists` and `platform`: of another machine, in tests. */
export function findLibraries(
  exists: (path: string) => boolean = existsSync,
  platform: NodeJS.Platform = process.platform,
): { device: string; path: string }[] {
  const { isAbsolute } = platform === 'win32' ? win32 : posix;
  return KNOWN.flatMap(({ device, names, below, paths }) => {
    const usual =
      platform === 'win32'
        ? []
        : UNIX_FOLDERS.flatMap((folder) =>
            below.flatMap((inner) => names.map((name) => posix.join(folder, inner, name))),
          );
    // On Windows a path from the root without a drive would be looked for on the drive at hand.
    const own = paths.filter((path) => isAbsolute(path) && path.startsWith('/') !== (platform === 'win32'));
    const found = [...new Set([...usual, ...own])].filter(exists);
    const once = new Map(found.toReversed().map((path) => [realPath(path), path]));
    return found.filter((path) => once.get(realPath(path)) === path).map((path) => ({ device, path }));
  });
}
