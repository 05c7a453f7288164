/** A self-signed TLS certificate for loopback servers, made by OpenSSL. Not shipped. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { sha256Hex } from '../lib/bytes.ts';

export interface TestTls {
  keyPem: string;
  certPem: string;
  der: Uint8Array;
  sha256: string;
}

/** `names`: the subjectAltName as OpenSSL writes it. It is no authority: rustls takes those for no server. */
export function testTls(names = 'DNS:localhost,IP:127.0.0.1'): TestTls {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const said = execFileSync(
    'openssl',
    [
      ...['req', '-x509', ...curve, '-subj', '/CN=test', '-keyout', '-'],
      ...['-addext', `subjectAltName=${names}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const at = said.indexOf('-----BEGIN CERTIFICATE-----');
  const certPem = said.slice(at);
  const der = new Uint8Array(new X509Certificate(certPem).raw);
  return { keyPem: said.slice(0, at), certPem, der, sha256: sha256Hex(der) };
}
