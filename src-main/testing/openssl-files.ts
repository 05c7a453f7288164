/** Files as OpenSSL makes them, and a look at them through the inspector. Not shipped. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestApp } from './test-app.ts';

export interface OpensslFiles {
  openssl(args: string): Buffer;
  file(name: string): Buffer;
  remove(): void;
}

/** ca.pem, leaf.csr, leaf.pem with their keys, and leaf.p12 ("right"), open.p12 (without a passphrase, of the old kind). */
export function opensslFiles(): OpensslFiles {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-openssl-'));
  const openssl = (args: string): Buffer =>
    execFileSync('openssl', args.split(' '), { cwd: folder, stdio: 'pipe' });
  openssl(
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 3650 -subj /CN=Root -addext keyUsage=critical,keyCertSign,cRLSign',
  );
  openssl(
    'req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -out leaf.csr -subj /CN=leaf.example.net',
  );
  openssl('x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 30 -out leaf.pem -set_serial 77');
  openssl(
    'pkcs12 -export -in leaf.pem -inkey leaf.key -certfile ca.pem -out leaf.p12 -passout pass:right -name krill',
  );
  openssl('pkcs12 -export -in leaf.pem -inkey leaf.key -out open.p12 -passout pass: -legacy');
  return {
    openssl,
    file: (name) => readFileSync(join(folder, name)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What the inspector shows of it. */
export async function inspected(app: TestApp, name: string, bytes: Uint8Array) {
  return app.call('inspect.blob', { blob: await app.blob(name, bytes) });
}
