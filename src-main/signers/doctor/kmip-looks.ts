/** What is looked at of a KMIP signer before it is spoken with: files, name, port, TLS, whom it is believed to be. */
import { X509Certificate } from 'node:crypto';
import { inFours } from '#shared/fingerprint-text.ts';
import type { KmipSettings } from '#shared/contract/signer-settings.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { Clock, Net } from '../../ports.ts';
import { isAddress } from '../../lib/ip-address.ts';
import { DeviceError } from '../device.ts';
import { type KmipContact, readKmipContact } from '../kmip/contact.ts';
import { changedPeer, deviceFault } from '../kmip/faults.ts';
import type { Looks } from './pkcs11-looks.ts';
import { attempt, type Seen } from './steps.ts';

const NAME_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA']);
const TCP_CODES = new Set([
  ...[
    'ECONNREFUSED',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EACCES',
    'EPERM',
    'UNREACHABLE',
    'OFFLINE',
  ],
  ...['LOCKED', 'NO_WORKSPACE'],
]);
/** How a server says that it does not take the client certificate, or just hangs up. */
const REFUSES = /^(?:PEER_REFUSED|ECONNRESET|EPROTO|CONNECTION_CLOSED)$|ALERT/;
const CREDENTIALS = new Set([
  'Authentication Not Successful',
  'Permission Denied',
  'PEER_REFUSED',
  'CLIENT_CERTIFICATE_OVER',
]);

function dayOf(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}

/** Subject, fingerprint and dates; careful when they are over. */
function seeCertificate(der: Uint8Array, now: Date): Seen {
  const certificate = new X509Certificate(der);
  const { subject, issuer, subjectAltName, validFrom, validTo } = certificate;
  const line = (text: string): string => text.replaceAll('\n', ', ');
  const details = [
    `Subject: ${line(subject)}`,
    `Issuer: ${line(issuer)}`,
    ...(subjectAltName === undefined ? [] : [`Names: ${line(subjectAltName)}`]),
    `Valid from ${dayOf(validFrom)} to ${dayOf(validTo)}`,
    `SHA-256 fingerprint: ${inFours(sha256Hex(der))}`,
  ];
  const seen: Seen = { text: `The server shows the certificate of ${line(subject)}.`, details };
  if (new Date(validTo) >= now && new Date(validFrom) <= now) return seen;
  return {
    ...seen,
    text: `The certificate of the server is valid from ${dayOf(validFrom)} to ${dayOf(validTo)}, and not now.`,
    careful: {
      cause: 'It was not renewed, or the clock of this machine is wrong.',
      check: 'Compare the dates with the clock of this machine.',
      fix: 'Let the server have a new certificate.',
    },
  };
}

/** clientAuth and anyExtendedKeyUsage (RFC 5280 4.2.1.12). */
const FOR_CLIENTS: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.3.2', '2.5.29.37.0']);

/** The pair is one; careful where its certificate is out of date or made for something else, which no server is needed for. */
function seeClient(certPem: string | Uint8Array, now: Date): Seen & { over?: string } {
  const { keyUsage: purposes, validFrom, validTo } = new X509Certificate(certPem);
  const details = [`Valid from ${dayOf(validFrom)} to ${dayOf(validTo)}`];
  if (new Date(validTo) < now || new Date(validFrom) > now)
    return {
      text: `The client certificate is valid from ${dayOf(validFrom)} to ${dayOf(validTo)}, and not now.`,
      over:
        new Date(validTo) < now
          ? `Your client certificate ended on ${dayOf(validTo)}.`
          : `Your client certificate is not valid before ${dayOf(validFrom)}.`,
      details,
      careful: {
        cause: 'It was not renewed, or the clock of this machine is wrong.',
        check: 'Compare the dates with the clock of this machine.',
        fix: 'Have a new client certificate issued, and name it under Signers.',
      },
    };
  // Without the extension it is for everything.
  if (purposes !== undefined && !purposes.some((oid) => FOR_CLIENTS.has(oid)))
    return {
      text: 'The client certificate is not for client authentication: its extendedKeyUsage does not have clientAuth.',
      details,
      careful: {
        cause: 'It was issued for another purpose, such as a server.',
        check: 'Look at it with `openssl x509 -noout -purpose -in`.',
        fix: 'Have one issued for clients (clientAuth), and name it under Signers.',
      },
    };
  return { text: 'Client certificate and key are a pair, for client authentication and valid now.', details };
}

function seeTrust({ insecure, serverSha256, serverCertPath, serverCaCertPath }: KmipSettings): Seen {
  if (insecure)
    return {
      text: 'The server is not checked ("insecure"): whoever is on the way can read and change everything.',
      careful: {
        cause: '"insecure" is ticked for this signer.',
        check: 'Compare the fingerprint above with the one that the operator of the server reads to you.',
        fix: 'Name the authority or the certificate of the server, and take "insecure" away.',
      },
    };
  return {
    text:
      serverSha256 !== null
        ? 'It is the one certificate whose fingerprint is pinned.'
        : serverCertPath
          ? 'It is the one certificate that is named for it.'
          : serverCaCertPath
            ? 'It is of the authority that is named for it, and for this host.'
            : 'It is of a public authority, and for this host.',
  };
}

export function kmipLooks(deps: {
  net: Net;
  clock: Clock;
  settings: KmipSettings;
  signal: AbortSignal;
  name: string;
}): Looks {
  const { net, clock, settings, signal, name } = deps;
  const { host, port } = settings;
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  let contact: KmipContact = { trust: 'system', client: null };

  /** Why no server takes the client certificate. */
  let over: string | null = null;

  function because(error: unknown): unknown {
    if (over === null || !(error instanceof DeviceError) || !REFUSES.test(error.code)) return error;
    return new DeviceError(
      ...(['misconfigured', 'CLIENT_CERTIFICATE_OVER', `${over} Have a new one issued.`] as const),
      [error.code, error.message, error.library].filter(Boolean).join('\n'),
    );
  }

  async function dial(trust: KmipContact['trust']): Promise<Uint8Array> {
    try {
      const timeoutMs = (settings.connectTimeoutSeconds || 600) * 1000;
      const { client } = contact;
      const stream = await net.dial({ host, port, trust, client, timeoutMs, signal });
      stream.close();
      return stream.peer;
    } catch (error) {
      throw because(deviceFault(changedPeer(error, trust, host), where, false));
    }
  }
  let seen: Uint8Array | null = null;
  // SECURITY: to see its certificate; nothing is sent over a connection that is not believed.
  const shown = attempt(
    () => dial('any'),
    name,
    ({ code }) => (NAME_CODES.has(code) ? 'name' : TCP_CODES.has(code) ? 'tcp' : 'tls'),
  );

  return {
    end: () => undefined,
    because,
    certificate: () =>
      seen === null
        ? null
        : { sha256: sha256Hex(seen), subject: new X509Certificate(seen).subject.replaceAll('\n', ', ') },
    steps: [
      {
        code: 'files',
        title: 'Its certificate files',
        async look() {
          try {
            contact = await readKmipContact(settings);
          } catch (error) {
            throw deviceFault(error, where, false);
          }
          if (contact.client === null) return { text: 'No client certificate is named for it.' };
          const client = seeClient(contact.client.certPem, clock.now());
          over = client.over ?? null;
          return client;
        },
      },
      {
        code: 'name',
        title: 'The name of the server',
        async look() {
          await shown('name');
          return {
            text: isAddress(host)
              ? `${host} is an address: no name server is asked.`
              : `The name server knows ${host}.`,
          };
        },
      },
      {
        code: 'tcp',
        title: 'The port answers',
        async look() {
          await shown('tcp');
          return { text: `Something answers at ${where}.` };
        },
      },
      {
        code: 'tls',
        title: 'TLS',
        async look() {
          const der = await shown('tls');
          seen = der;
          return seeCertificate(der ?? new Uint8Array(), clock.now());
        },
      },
      {
        code: 'trust',
        title: 'The server is the right one',
        async look() {
          if (!settings.insecure) await dial(contact.trust);
          return seeTrust(settings);
        },
      },
    ],
    opening: {
      lines: [
        { code: 'protocol', title: 'It speaks KMIP' },
        { code: 'login', title: 'It lets this client in' },
        { code: 'operations', title: 'Its operations' },
      ],
      lineOf: ({ trouble, code }) =>
        code === 'OPERATIONS_MISSING'
          ? 'operations'
          : ['pin-refused', 'pin-locked', 'pin-needed', 'cancelled'].includes(trouble) ||
              CREDENTIALS.has(code) ||
              code.includes('ALERT')
            ? 'login'
            : 'protocol',
    },
  };
}
