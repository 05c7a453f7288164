/** An authority and certificates that it issued, made by OpenSSL into a folder, for servers that want both ends known. Not shipped. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface IssuedTls {
  certPath: string;
  keyPath: string;
  certPem: string;
  keyPem: string;
}

export interface TestAuthority {
  certPath: string;
  certPem: string;
  /** A certificate for `name`, which is its CN and the name of its files. */
  issue(name: string, purpose: 'serverAuth' | 'clientAuth'): IssuedTls;
}

const run = (args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });

/** `name` is the CN and the name of its files in `folder`. */
export function testAuthority(folder: string, name = 'authority'): TestAuthority {
  const paths = (of: string): { certPath: string; keyPath: string } => ({
    certPath: join(folder, `${of}.crt`),
    keyPath: join(folder, `${of}.key`),
  });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const own = paths(name);
  run([
    ...['req', '-x509', ...key, '-subj', `/CN=${name}`, '-days', '30'],
    ...['-keyout', own.keyPath, '-out', own.certPath],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ]);
  return {
    certPath: own.certPath,
    certPem: readFileSync(own.certPath, 'utf8'),
    issue(of, purpose) {
      const { certPath, keyPath } = paths(of);
      const [request, extensions] = [join(folder, `${of}.csr`), join(folder, `${of}.ext`)];
      writeFileSync(
        extensions,
        [
          'basicConstraints=critical,CA:FALSE',
          'keyUsage=critical,digitalSignature',
          `extendedKeyUsage=${purpose}`,
          ...(purpose === 'serverAuth' ? ['subjectAltName=DNS:localhost,IP:127.0.0.1'] : []),
          '',
        ].join('\n'),
      );
      run(['req', ...key, '-subj', `/CN=${of}`, '-keyout', keyPath, '-out', request]);
      run([
        ...['x509', '-req', '-in', request, '-CA', own.certPath, '-CAkey', own.keyPath, '-CAcreateserial'],
        ...['-days', '30', '-extfile', extensions, '-out', certPath],
      ]);
      return {
        certPath,
        keyPath,
        certPem: readFileSync(certPath, 'utf8'),
        keyPem: readFileSync(keyPath, 'utf8'),
      };
    },
  };
}
