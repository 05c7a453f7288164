/** Whether the settings of one signer can be right: fields, and the files of a KMIP client. It contacts nobody. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { KmipSettings, Pkcs11Settings, SignerSettings } from '#shared/contract/signer-settings.ts';
import type { SignerRow } from '#shared/contract/signers.ts';
import type { FieldError } from '#shared/errors.ts';
import { isAbsolute } from 'node:path';
import { errorText } from '../../lib/app-error.ts';
import { ipBytes } from '../../x509/general-name.ts';
import { refusedVariables } from '../pkcs11/environment.ts';

/** Variables of well-known libraries that name a file. */
const FILE_VARIABLES = new Set(['SOFTHSM2_CONF', 'YUBIHSM_PKCS11_CONF', 'OPENSC_CONF']);
const MOST_PEM_BYTES = 1_048_576;

const field = (name: string, message: string): FieldError => ({ path: `settings.${name}`, message });

function checkPkcs11(settings: Pkcs11Settings, secret: boolean): FieldError[] {
  const faults: FieldError[] = [];
  if (!isAbsolute(settings.libPath)) faults.push(field('libPath', 'Give the whole path of the library.'));
  const refused = refusedVariables(settings.environment);
  for (const [name, value] of Object.entries(settings.environment)) {
    if (refused.includes(name))
      faults.push(
        field(`environment.${name}`, `${name} would change the program that loads the library. Remove it.`),
      );
    else if (FILE_VARIABLES.has(name) && !isAbsolute(value))
      faults.push(field(`environment.${name}`, `Give the whole path of the file that ${name} names.`));
  }
  if (secret && settings.pinPad)
    faults.push(
      field('pinPad', 'The PIN is typed on the device, so none can be kept here. Choose one of both.'),
    );
  if (secret && !settings.login)
    faults.push(field('login', 'Nobody logs in, so no PIN can be kept. Tick the login or forget the PIN.'));
  for (const [name, on] of [
    ['CKA_SENSITIVE', false],
    ['CKA_EXTRACTABLE', true],
  ] as const)
    if (settings.privateKeyAttributes?.[name] === on)
      faults.push(
        field('privateKeyAttributes', `${name} cannot be ${String(on)}: private keys stay in the device.`),
      );
  return faults;
}

type Read = { pem: string } | { fault: string; absent?: boolean };

async function readPem(path: string): Promise<Read> {
  if (!isAbsolute(path)) return { fault: 'Give the whole path of the file.' };
  try {
    const bytes = await readFile(path);
    if (bytes.length > MOST_PEM_BYTES) return { fault: 'This is too large for a PEM file (1 MiB).' };
    return { pem: bytes.toString('latin1') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? errorText(error);
    return { fault: `The file cannot be read (${code}).`, absent: code === 'ENOENT' };
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function certificates(pem: string): X509Certificate[] | null {
  const blocks = pem.match(CERTIFICATE) ?? [];
  try {
    return blocks.length === 0 ? null : blocks.map((block) => new X509Certificate(block));
  } catch {
    return null;
  }
}

/** The fault of a file, unless files that are not on this machine are only to be named. */
function fileFault(name: string, path: string, read: { fault: string; absent?: boolean }, absent: Absent) {
  if (absent === null || read.absent !== true) return [field(name, read.fault)];
  absent.push(path);
  return [];
}

/** Takes the paths of files that are not there; null: that is a fault. */
type Absent = string[] | null;

async function checkCertificate(name: string, path: string, absent: Absent): Promise<FieldError[]> {
  const read = await readPem(path);
  if ('fault' in read) return fileFault(name, path, read, absent);
  return certificates(read.pem) === null ? [field(name, 'No certificate found in this file.')] : [];
}

/** H-011 */
async function checkPair(certPath: string, keyPath: string, absent: Absent): Promise<FieldError[]> {
  const [cert, key] = await Promise.all([readPem(certPath), readPem(keyPath)]);
  if ('fault' in cert) return fileFault('clientCertPath', certPath, cert, absent);
  if ('fault' in key) return fileFault('clientCertPrivateKeyPath', keyPath, key, absent);
  const [first] = certificates(cert.pem) ?? [];
  if (first === undefined) return [field('clientCertPath', 'No certificate found in this file.')];
  try {
    if (first.checkPrivateKey(createPrivateKey(key.pem))) return [];
  } catch {
    return [
      field(
        'clientCertPrivateKeyPath',
        'No private key that can be read is in this file: it has to be PEM without a passphrase.',
      ),
    ];
  }
  return [
    field('clientCertPrivateKeyPath', 'Certificate and key are no pair. Choose the key of this certificate.'),
  ];
}

export function isAddress(host: string): boolean {
  try {
    return ipBytes(host).length > 0;
  } catch {
    return false;
  }
}

async function checkKmip(settings: KmipSettings, about: About): Promise<FieldError[]> {
  const { secret, offline } = about;
  const absent = about.absent ?? null;
  const { host, insecure, serverSha256, serverCertPath, serverCaCertPath, username } = settings;
  const { clientCertPath: cert, clientCertPrivateKeyPath: key } = settings;
  const faults: FieldError[] = [];
  if (!/^[A-Za-z0-9._:-]+$/.test(host)) faults.push(field('host', 'A name or an address, without a port.'));
  else if (offline && !isAddress(host))
    faults.push(field('host', 'An offline station asks no name server: give the address of the HSM.'));
  if ((cert === null || cert === '') !== (key === null || key === ''))
    faults.push(
      field(
        cert ? 'clientCertPrivateKeyPath' : 'clientCertPath',
        'Client certificate and key: both or neither.',
      ),
    );
  else if (cert && key) faults.push(...(await checkPair(cert, key, absent)));
  if (serverCertPath) faults.push(...(await checkCertificate('serverCertPath', serverCertPath, absent)));
  if (serverCaCertPath)
    faults.push(...(await checkCertificate('serverCaCertPath', serverCaCertPath, absent)));
  if (serverSha256 !== null && serverCertPath)
    faults.push(
      field('serverCertPath', 'A fingerprint is pinned already. Forget it, or name no certificate here.'),
    );
  if (insecure && (serverSha256 !== null || serverCertPath || serverCaCertPath))
    faults.push(
      field('insecure', 'The server is not checked, so its certificates are not either. Choose one of both.'),
    );
  if (secret && !username) faults.push(field('username', 'A password needs a user name.'));
  return faults;
}

interface About {
  /** A PIN or password is kept with them. */
  secret: boolean;
  offline: boolean;
  /** Takes the paths of files that are not on this machine, which are no faults then: they came with a file of another. */
  absent?: string[];
}

/** What is wrong with `settings`, field by field. */
export async function checkSettings(settings: SignerSettings, about: About): Promise<FieldError[]> {
  const waits =
    settings.maxRetrySeconds < settings.retrySeconds
      ? [field('maxRetrySeconds', 'It is shorter than the first wait. Give at least that many seconds.')]
      : [];
  const rest =
    settings.kind === 'pkcs11' ? checkPkcs11(settings, about.secret) : await checkKmip(settings, about);
  return [...rest, ...waits];
}

/** For red banners that stay (H-010). */
export function warningsOf(settings: SignerSettings | null): SignerRow['warnings'] {
  if (settings?.kind !== 'kmip') return [];
  const { insecure, force, host } = settings;
  return [
    ...(insecure
      ? [
          {
            severity: 'bad' as const,
            text: `The certificate of ${host} is not checked: whoever is on the way can read and change everything. Never use it in production.`,
          },
        ]
      : []),
    ...(force
      ? [
          {
            severity: 'careful' as const,
            text: 'The server is used although it does not announce all operations that are needed. This is for devices that say less than they can (PyKMIP and Modify Attribute).',
          },
        ]
      : []),
  ];
}
