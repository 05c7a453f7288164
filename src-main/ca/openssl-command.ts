/** The same certificate made with OpenSSL, for people who want to read what will happen in a language they know. Text only. */
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

/** A word of a POSIX shell. */
function quoted(text: string): string {
  return /^[A-Za-z0-9_./:=,@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** "/" and "=" stand for structure in -subj; a backslash takes that away. */
function subjectText(subject: Order['subject']): string {
  return (
    subject
      .map(({ type, value }) => `/${type}=${value.replaceAll(/[\\/+=]/g, (sign) => `\\${sign}`)}`)
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

/** openssl's time of -not_before and -not_after: YYYYMMDDHHMMSSZ. */
function opensslTime(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
}

/**
 * Commands of OpenSSL 3.4 or newer (which knows -not_before). `newKey` null: the key exists already as key.pem, or the
 * request as request.pem.
 */
export function opensslCommand(
  order: Order,
  facts: { newKey: KeyAlgorithm | null; fromRequest: boolean; rsa: boolean },
): string {
  const times = `-not_before ${opensslTime(order.validity.notBefore)} -not_after ${opensslTime(order.validity.notAfter)}`;
  const subject = quoted(subjectText(order.subject));
  const key =
    facts.newKey === null ? [] : [`openssl genpkey -algorithm ${KEY_OPTIONS[facts.newKey]} -out key.pem`];
  const extensions = [`cat > extensions.cnf <<'END'`, ...extensionLines(order, facts.rsa), 'END'];
  const sign =
    order.profile.signedBy === 'itself'
      ? [
          `openssl req -new -utf8 -key key.pem -subj ${subject} -out request.pem`,
          `openssl x509 -req -in request.pem -signkey key.pem ${times} -extfile extensions.cnf -out certificate.pem`,
        ]
      : [
          ...(facts.fromRequest
            ? []
            : [`openssl req -new -utf8 -key key.pem -subj ${subject} -out request.pem`]),
          `openssl x509 -req -in request.pem -CA issuer.pem -CAkey issuer-key.pem ${times} -extfile extensions.cnf -out certificate.pem`,
        ];
  return [...key, ...extensions, ...sign].join('\n');
}
