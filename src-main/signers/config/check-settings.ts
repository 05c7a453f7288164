/** Whether the settings of one signer can be right: fields, and the files of a KMIP client. It contacts nobody. */
import type { KmipSettings, Pkcs11Settings, SignerSettings } from '#shared/contract/signer-settings.ts';
import type { SignerRow } from '#shared/contract/signers.ts';
import type { FieldError } from '#shared/errors.ts';
import { isAbsolute } from 'node:path';
import { AppError } from '../../lib/app-error.ts';
import { isAddress } from '../../lib/ip-address.ts';
import { readKmipContact } from '../kmip/contact.ts';
import { FILE_VARIABLES, refusedVariables } from '../pkcs11/environment.ts';

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

const FILES = ['serverCertPath', 'serverCaCertPath', 'clientCertPath', 'clientCertPrivateKeyPath'] as const;

/** H-011: what is wrong with the files, as a contact would find it. */
async function checkFiles(settings: KmipSettings, absent: string[] | null): Promise<FieldError[]> {
  const faults = FILES.filter((name) => settings[name] && !isAbsolute(settings[name])).map((name) =>
    field(name, 'Give the whole path of the file.'),
  );
  if (faults.length > 0) return faults;
  try {
    await readKmipContact(settings, absent);
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.details?.fields === undefined) throw error;
    return error.details.fields.map(({ path, message }) => field(path, message));
  }
}

async function checkKmip(settings: KmipSettings, about: About): Promise<FieldError[]> {
  const { secret, offline } = about;
  const { host, insecure, serverSha256, serverCertPath, serverCaCertPath, username } = settings;
  const faults: FieldError[] = [];
  if (!/^[A-Za-z0-9._:-]+$/.test(host)) faults.push(field('host', 'A name or an address, without a port.'));
  else if (offline && !isAddress(host))
    faults.push(field('host', 'An offline station asks no name server: give the address of the HSM.'));
  faults.push(...(await checkFiles(settings, about.absent ?? null)));
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
