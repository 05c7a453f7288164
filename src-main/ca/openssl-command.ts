/** The same certificate made with OpenSSL, for people who want to read what will happen in a language they know. Text only. */
import { shellWord } from '#shared/shell-word.ts';
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import type { Order } from '../issuing/order.ts';

const KEY_OPTIONS: Record<KeyAlgorithm, string> = {
  'rsa-2048': 'RSA -pkeyopt rsa_keygen_bits:2048',
  'rsa-3072': 'RSA -pkeyopt rsa_keygen_bits:3072',
  'rsa-4096': 'RSA -pkeyopt rsa_keygen_bits:4096',
  'p-256': 'EC -pkeyopt ec_paramgen_curve:P-256',
  'p-384': 'EC -pkeyopt ec_paramgen_curve:P-384',
  'p-521': 'EC -pkeyopt ec_paramgen_curve:P-521',
  ed25519: 'ED25519',
};

/** What OpenSSL calls an attribute that it does not know under our name. */
const OPENSSL_ATTRIBUTES: Partial<Record<Order['subject'][number]['type'], string>> = { STREET: 'street' };

/** "/" and "=" stand for structure in -subj; a backslash takes that away. */
function subjectText(subject: Order['subject']): string {
  return (
    subject
      .map(
        ({ type, value }) =>
          `/${OPENSSL_ATTRIBUTES[type] ?? type}=${value.replaceAll(/[\\/+=]/g, (sign) => `\\${sign}`)}`,
      )
      .join('') || '/'
  );
}

function extensionLines(order: Order, rsa: boolean): string[] {
  const { profile, names, status } = order;
  const critical = (flag: boolean): string => (flag ? 'critical,' : '');
  return profile.extensions.flatMap((extension) => {
    switch (extension.type) {
      case 'basicConstraints': {
        const length = extension.ca && order.pathLength !== null ? `,pathlen:${order.pathLength}` : '';
        return [
          `basicConstraints=${critical(extension.critical)}CA:${extension.ca ? 'TRUE' : 'FALSE'}${length}`,
        ];
      }
      case 'keyUsage':
        return [
          `keyUsage=${critical(extension.critical)}${[...extension.usages, ...(rsa ? extension.forRsa : [])].join(',')}`,
        ];
      case 'extendedKeyUsage':
        return [`extendedKeyUsage=${critical(extension.critical)}${extension.purposes.join(',')}`];
      case 'subjectAltName':
        return names.length === 0
          ? []
          : [
              `subjectAltName=${critical(order.subject.length === 0)}${names.map(({ type, value }) => `${{ dns: 'DNS', ip: 'IP', uri: 'URI', email: 'email' }[type]}:${value}`).join(',')}`,
            ];
      case 'subjectKeyIdentifier':
        return ['subjectKeyIdentifier=hash'];
      case 'authorityKeyIdentifier':
        return profile.signedBy === 'itself' ? [] : ['authorityKeyIdentifier=keyid'];
      case 'nameConstraints':
        return order.permitted.length === 0
          ? []
          : [
              `nameConstraints=critical,${order.permitted.map(({ type, value }) => `permitted;${type === 'ip' ? `IP:${withMask(value)}` : `DNS:${value}`}`).join(',')}`,
            ];
      case 'crlDistributionPoints':
        return status.crl.length === 0
          ? []
          : [`crlDistributionPoints=${status.crl.map((url) => `URI:${url}`).join(',')}`];
      case 'authorityInfoAccess': {
        const entries = [
          ...status.ocsp.map((url) => `OCSP;URI:${url}`),
          ...status.caIssuers.map((url) => `caIssuers;URI:${url}`),
        ];
        return entries.length === 0 ? [] : [`authorityInfoAccess=${entries.join(',')}`];
      }
    }
  });
}

/** OpenSSL wants a mask where everybody writes a prefix length: 10.0.0.0/8 is 10.0.0.0/255.0.0.0. */
function withMask(prefix: string): string {
  const [address = '', length = ''] = prefix.split('/');
  const isV4 = address.includes('.');
  const width = isV4 ? 8 : 16;
  const groups = Array.from({ length: isV4 ? 4 : 8 }, (_, at) => {
    const bits = Math.min(width, Math.max(0, Number(length) - at * width));
    return 2 ** width - 2 ** (width - bits);
  });
  return `${address}/${groups.map((group) => (isV4 ? String(group) : group.toString(16))).join(isV4 ? '.' : ':')}`;
}

/** openssl's time of -startdate and -enddate: YYYYMMDDHHMMSSZ. */
function opensslTime(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
}

/** In a configuration file these stand for structure. */
function configured(line: string): string {
  return line.replaceAll(/[\\$#]/g, (sign) => `\\${sign}`);
}

/**
 * The smallest configuration `openssl ca` runs with: it is the only command of OpenSSL 3.0 that takes the times of a
 * certificate. -preserveDN keeps the name as it is; the policy must name something all the same.
 */
function configuration(order: Order, facts: CommandFacts): string[] {
  return [
    `cat > ca.cnf <<'END'`,
    '[ca]',
    'default_ca=this',
    '[this]',
    'database=index.txt',
    'new_certs_dir=.',
    'rand_serial=yes',
    'unique_subject=no',
    `default_md=${facts.hash ?? 'default'}`,
    'policy=any',
    'x509_extensions=wanted',
    '[any]',
    'commonName=optional',
    '[wanted]',
    ...extensionLines(order, facts.rsa).map(configured),
    'END',
    ': > index.txt',
  ];
}

export interface CommandFacts {
  /** null: the key exists already, or stays with whoever sent the request. */
  newKey: KeyAlgorithm | null;
  fromRequest: boolean;
  /** The subject's key is RSA. */
  rsa: boolean;
  /** Which keys a device holds: OpenSSL can neither make them in a file nor read them from one. */
  onDevice: { subject: boolean; issuer: boolean };
  /** Of the signature; null where the algorithm hashes itself. */
  hash: string | null;
}

/** What stands for a key that never leaves its device. */
const onDevice = (file: string, whose: string): string =>
  `# ${file} stands for ${whose}, which its device holds and never gives away: make it there with the device's own tool, and give OpenSSL the device's provider.`;

/** Commands of OpenSSL 3.0 or newer, to be run in an empty folder with the files its first lines name. */
export function opensslCommand(order: Order, facts: CommandFacts): string {
  const times = `-startdate ${opensslTime(order.validity.notBefore)} -enddate ${opensslTime(order.validity.notAfter)}`;
  const subject = `-utf8 -subj ${shellWord(subjectText(order.subject))}`;
  const itself = order.profile.signedBy === 'itself';
  const { subject: keyOnDevice, issuer: issuerOnDevice } = facts.onDevice;
  const needed = [
    ...(keyOnDevice
      ? [onDevice('key.pem', 'the key')]
      : facts.newKey !== null || facts.fromRequest
        ? []
        : ['# key.pem is the private key that is here already.']),
    ...(facts.fromRequest ? ['# request.pem is the request.'] : []),
    ...(itself
      ? []
      : issuerOnDevice
        ? [
            '# issuer.pem is the certificate of the authority.',
            onDevice('issuer-key.pem', "the authority's key"),
          ]
        : ['# issuer.pem and issuer-key.pem are certificate and key of the authority.']),
  ];
  const key =
    facts.newKey === null || keyOnDevice
      ? []
      : [`openssl genpkey -algorithm ${KEY_OPTIONS[facts.newKey]} -out key.pem`];
  const request = facts.fromRequest ? [] : [`openssl req -new ${subject} -key key.pem -out request.pem`];
  const by = itself ? '-selfsign -keyfile key.pem' : '-cert issuer.pem -keyfile issuer-key.pem';
  const sign = `openssl ca -batch -notext -config ca.cnf ${by} -preserveDN ${subject} ${times} -in request.pem -out certificate.pem`;
  return [...needed, ...key, ...request, ...configuration(order, facts), sign].join('\n');
}
