/**
 * A real KMIP server, PyKMIP, on a loopback address with certificates at both ends; started and stopped by its process
 * id, in a folder of its own. Not shipped.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type KmipSettings, kmipSettings } from '#shared/contract/signer-settings.ts';
import { type IssuedTls, type TestAuthority, testAuthority } from './issued-tls.ts';
import { freePort, until } from './krill.ts';
import { peer } from './peers.ts';

export interface Pykmip {
  port: number;
  authority: TestAuthority;
  server: IssuedTls;
  /** Who owns what it makes: CN client. */
  client: IssuedTls;
  /** Settings with which a signer uses it. */
  settings(more?: Partial<KmipSettings>): KmipSettings;
  /** What it wrote into its log. */
  log(): string;
  stop(): Promise<void>;
}

/** Whoever forgot to stop it: it ends, with what it started. */
const LONGEST_SECONDS = '900';

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

/** Starts it in `folder`, which holds its database. `port`: the one it had, to come back there. */
export async function startPykmip(folder: string, port?: number): Promise<Pykmip> {
  const policies = join(folder, 'policies');
  mkdirSync(policies, { recursive: true });
  const authority = testAuthority(folder);
  const server = authority.issue('server', 'serverAuth');
  const client = authority.issue('client', 'clientAuth');
  const at = port ?? (await freePort());
  const log = join(folder, 'server.log');
  const config = join(folder, 'server.conf');
  writeFileSync(
    config,
    [
      '[server]',
      'hostname=127.0.0.1',
      `port=${at}`,
      `certificate_path=${server.certPath}`,
      `key_path=${server.keyPath}`,
      `ca_path=${authority.certPath}`,
      'auth_suite=TLS1.2',
      `policy_path=${policies}`,
      'enable_tls_client_auth=True',
      'logging_level=INFO',
      `database_path=${join(folder, 'pykmip.db')}`,
      '',
    ].join('\n'),
  );
  // Debian's program belongs to Debian's Python.
  const program = spawn(
    'timeout',
    ['-k', '5', LONGEST_SECONDS, '/usr/bin/python3', peer('pykmip-server'), '-f', config, '-l', log],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      // A group of its own: it starts a second process that watches its policies.
      detached: true,
    },
  );
  let said = '';
  program.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-5000);
  });
  let ended = false;
  const exit = new Promise<void>((done) =>
    program.once('exit', () => {
      ended = true;
      done();
    }),
  );
  await until('pykmip-server answers', () => {
    if (ended) throw new Error(`pykmip-server ended: ${said}`);
    return answers(at);
  });
  return {
    port: at,
    authority,
    server,
    client,
    settings: (more = {}) => ({
      ...kmipSettings.parse({ kind: 'kmip', host: '127.0.0.1', port: at }),
      // It does not announce Modify Attribute, though it does it.
      force: true,
      // It makes keys in Python, and the machine may be busy.
      readTimeoutSeconds: 60,
      serverCaCertPath: authority.certPath,
      clientCertPath: client.certPath,
      clientCertPrivateKeyPath: client.keyPath,
      ...more,
    }),
    log: () => readFileSync(log, 'utf8'),
    async stop() {
      // At SIGTERM it would wait for its sessions.
      if (!ended && program.pid !== undefined) process.kill(-program.pid, 'SIGKILL');
      await exit;
    },
  };
}
