/**
 * Whom to believe and what to show: the certificate files of a KMIP signer, read when it is contacted and when its
 * settings are saved (H-008, H-011). It opens no connection.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { KmipSettings } from '#shared/contract/signer-settings.ts';
import type { FieldError } from '#shared/errors.ts';
import { AppError, errorText, fileError } from '../../lib/app-error.ts';
import { sha256Hex, wipe } from '../../lib/bytes.ts';
import type { NetDial } from '../../ports.ts';

export type KmipContact = Pick<NetDial, 'trust' | 'client'>;

type Paths = Pick<
  KmipSettings,
  | 'insecure'
  | 'serverSha256'
  | 'serverCertPath'
  | 'serverCaCertPath'
  | 'clientCertPath'
  | 'clientCertPrivateKeyPath'
>;
type Field = Exclude<keyof Paths, 'insecure' | 'serverSha256'>;

const MOST_OCTETS = 1_048_576;
const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

const BOTH =
  'A client certificate needs its private key, and a private key its certificate: give both or neither.';

/**
 * The files as they are now. `absent` takes the paths of files that are not there, which are no faults then. Throws AppError INVALID_INPUT with one field error for each file that is wrong; the path of
 * a field is its name in the settings.
 */
export async function readKmipContact(paths: Paths, absent: string[] | null = null): Promise<KmipContact> {
  const fields: FieldError[] = [];
  const wrong = (field: Field, message: string): null => {
    fields.push({ path: field, message });
    return null;
  };
  const read = async (field: Field): Promise<string | null> => {
    const path = paths[field] ?? '';
    if (path === '') return null;
    try {
      const about = await stat(path);
      // SECURITY: a device or a pipe would never end.
      if (!about.isFile() && !about.isDirectory()) return wrong(field, `${path} is no file: choose another.`);
      if (about.size > MOST_OCTETS)
        return wrong(field, `${path} is too large for a certificate or key: choose another.`);
      const content = await readFile(path);
      const text = content.toString('utf8');
      // SECURITY: it may be a key.
      wipe(content);
      return text;
    } catch (error) {
      if (absent !== null && (error as NodeJS.ErrnoException).code === 'ENOENT') {
        absent.push(path);
        return null;
      }
      const told = fileError(error, path);
      return wrong(
        field,
        told instanceof AppError
          ? told.message
          : `${path} cannot be read (${errorText(error)}): choose another.`,
      );
    }
  };
  const certificates = (field: Field, text: string | null): X509Certificate[] | null => {
    if (text === null) return null;
    try {
      const found = (text.match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
      if (found.length > 0) return found;
    } catch {
      // Told below.
    }
    return wrong(field, 'No certificate found in this file: choose a PEM file of certificates.');
  };

  const serverCert = certificates('serverCertPath', await read('serverCertPath'));
  const authorities = certificates('serverCaCertPath', await read('serverCaCertPath'));
  const client = await readClient();
  if (fields.length > 0) {
    const [first] = fields;
    throw new AppError('INVALID_INPUT', first?.message ?? '', { fields });
  }
  return { trust: trustOf(), client };

  async function readClient(): Promise<KmipContact['client']> {
    const given = (field: Field): boolean => (paths[field] ?? '') !== '';
    if (given('clientCertPath') !== given('clientCertPrivateKeyPath'))
      return wrong(given('clientCertPath') ? 'clientCertPrivateKeyPath' : 'clientCertPath', BOTH);
    const certPem = await read('clientCertPath');
    const keyPem = await read('clientCertPrivateKeyPath');
    const [own] = certificates('clientCertPath', certPem) ?? [];
    if (certPem === null || keyPem === null) return null;
    const key = readKey(keyPem);
    if (typeof key === 'string') return wrong('clientCertPrivateKeyPath', key);
    if (own === undefined) return null;
    if (!own.checkPrivateKey(key))
      return wrong(
        'clientCertPrivateKeyPath',
        'This private key belongs to another certificate: choose the one that was made with the client certificate.',
      );
    return { certPem, keyPem };
  }

  function trustOf(): KmipContact['trust'] {
    if (paths.insecure) return 'any';
    if (paths.serverSha256 !== null) return { sha256: paths.serverSha256 };
    // The one certificate says more than an authority does.
    const [pinned] = serverCert ?? [];
    if (pinned !== undefined) return { sha256: sha256Hex(pinned.raw) };
    return authorities === null ? 'system' : { caPem: authorities.map(String).join('\n') };
  }
}

/** The key, or what is wrong with it. */
function readKey(pem: string): KeyObject | string {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(pem))
    return 'This private key is encrypted: choose an unencrypted PEM file that only you can read.';
  try {
    return createPrivateKey(pem);
  } catch {
    return 'No private key found in this file: choose the PEM file of the key.';
  }
}
