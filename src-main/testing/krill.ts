/**
 * A real Krill on a loopback address, with its trust anchor's proxy, publication server and child CAs, for tests. Started and
 * stopped by its process id, in a folder of its own. Not shipped.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { peer } from './peers.ts';

export const KRILL_TOKEN = 'a-token-for-tests';

/** A free port on 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** `ms`: the bound, `everyMs`: the pace, `said`: what the failure tells besides. */
export interface Patience {
  ms?: number;
  everyMs?: number;
  said?: () => string | Promise<string>;
}

/** Waits for a condition with a bound. */
export async function until(
  what: string,
  ready: () => boolean | Promise<boolean>,
  { ms = 60_000, everyMs = 100, said = () => '' }: Patience = {},
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await ready())) {
    if (Date.now() > end) throw new Error(`not in time: ${what}\n${await said()}`.trimEnd());
    await new Promise((done) => setTimeout(done, everyMs));
  }
}

export interface Krill {
  folder: string;
  /** `krillc`, answers what it prints. */
  krillc(...args: string[]): string;
  /** The same while this process answers: for what makes Krill talk to us. */
  meanwhile(...args: string[]): Promise<string>;
  /** `krillta proxy`. */
  proxy(...args: string[]): string;
  /** `krillta signer` on a data directory. */
  signer(storage: string, ...args: string[]): string;
  /** A file of the folder with this content. */
  file(name: string, content: string): string;
  /** The publication server of `rsync://localhost/repo/`. */
  initServer(): void;
  /** What the publication server answers to a publisher request. */
  publisher(requestXml: string): string;
  /** A CA with its publication point and without a parent. */
  addCa(handle: string): void;
  /** The TA's proxy with its repository: proxy-id.json and proxy-repo.json as text, and the hash that its screen shows. */
  initProxy(): { idFile: string; repositoryFile: string; fingerprint: string };
  /** A child CA below `ta` with its publication point, after a signer was associated. */
  addChild(handle: string, resources?: { asn: string; ipv4: string; ipv6: string }): void;
  /** Makes a request and shows it once `wanted` is in it: children ask when they find the time. */
  request(wanted: string): Promise<Buffer>;
  respond(response: string): void;
  /** Waits until the child has that many certificates in use or more. */
  untilChild(handle: string, ready: (show: string) => boolean, what: string): Promise<void>;
  /** Where the publication server lays out `rsync://localhost/repo/`. */
  published: string;
  port: number;
  /** The UNIX socket it listens on; whoever runs it needs no token there. */
  socket: string;
  /** PEM file of its self-signed TLS certificate. */
  certificate: string;
  stop(): Promise<void>;
}

/** Starts it in `folder`. */
export async function startKrill(folder: string): Promise<Krill> {
  const port = await freePort();
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const config = join(folder, 'krill.conf');
  const socket = join(folder, 'krill.sock');
  writeFileSync(
    config,
    [
      `storage_uri = "${data}"`,
      `tls_keys_dir = "${data}/ssl"`,
      `repo_dir = "${data}/repo"`,
      `admin_token = "${KRILL_TOKEN}"`,
      'ip = "127.0.0.1"',
      `port = ${port}`,
      `service_uri = "https://localhost:${port}/"`,
      `unix_socket = "${socket}"`,
      'ta_support_enabled = true',
      'bgp_riswhois_enabled = false',
      'log_type = "stderr"',
      'post_limit_api = 8388608',
      '',
    ].join('\n'),
  );
  const server = spawn(peer('krill'), ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-20_000);
  });
  const ended = new Promise<void>((done) => server.once('exit', () => done()));
  const env = {
    ...process.env,
    KRILL_CLI_SERVER: `https://localhost:${port}/`,
    KRILL_CLI_TOKEN: KRILL_TOKEN,
  };
  const options = { env, encoding: 'utf8', timeout: 60_000, maxBuffer: 64 * 1_048_576 } as const;
  const failed = (program: string, args: readonly string[], error: unknown): Error => {
    const { stderr } = error as { stderr?: string };
    return new Error(`${program} ${args.join(' ')}: ${stderr ?? String(error)}\n${log.slice(-2000)}`, {
      cause: error,
    });
  };
  const run = (program: string, args: readonly string[]): string => {
    try {
      return execFileSync(peer(program), args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      throw failed(program, args, error);
    }
  };
  /** What is asked again and again: Krill on a busy machine now and then answers nothing at all. "" then. */
  const patient = (program: string, args: readonly string[]): string => {
    try {
      return execFileSync(peer(program), args, {
        ...options,
        timeout: 10_000,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ETIMEDOUT') return '';
      throw failed(program, args, error);
    }
  };
  const krillc = (...args: string[]): string => run('krillc', args);
  const proxy = (...args: string[]): string => run('krillta', ['proxy', ...args]);
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const answers = (): boolean => {
    try {
      krillc('health');
      return true;
    } catch {
      return false;
    }
  };
  await until('krill answers', answers);

  const initServer = (): void => {
    const rrdp = `https://localhost:${port}/rrdp/`;
    krillc('pubserver', 'server', 'init', '--rrdp', rrdp, '--rsync', 'rsync://localhost/repo/');
  };
  let publishers = 0;
  const publisher = (requestXml: string): string => {
    publishers += 1;
    const request = file(`publisher-${publishers}.xml`, requestXml);
    return krillc('pubserver', 'publishers', 'add', '--request', request);
  };
  const addCa = (handle: string): void => {
    krillc('add', '--ca', handle);
    const response = file(`${handle}-repository.xml`, publisher(krillc('repo', 'request', '--ca', handle)));
    krillc('repo', 'configure', '--ca', handle, '--response', response);
  };

  return {
    folder,
    krillc,
    async meanwhile(...args) {
      try {
        return (await promisify(execFile)(peer('krillc'), args, options)).stdout;
      } catch (error) {
        throw failed('krillc', args, error);
      }
    },
    proxy,
    initServer,
    publisher,
    addCa,
    signer: (storage, ...args) =>
      run('krillta', [
        'signer',
        '--config',
        file('krillta.conf', `storage_uri = "${storage}"\nlog_type = "stderr"\n`),
        '--format',
        'json',
        ...args,
      ]),
    file,
    port,
    socket,
    certificate: join(data, 'ssl', 'cert.pem'),
    published: join(data, 'repo', 'rsync', 'current'),
    initProxy() {
      initServer();
      proxy('init');
      const idFile = proxy('--format', 'json', 'id');
      const response = publisher(proxy('repo', 'request'));
      proxy('repo', 'configure', '--response', file('ta-repository-response.xml', response));
      const { hash } = JSON.parse(idFile) as { hash: string };
      return { idFile, repositoryFile: proxy('--format', 'json', 'repo', 'contact'), fingerprint: hash };
    },
    addChild(handle, resources) {
      addCa(handle);
      const info = file(`${handle}.json`, krillc('--format', 'json', 'show', '--ca', handle));
      const limits =
        resources === undefined
          ? []
          : ['--asn', resources.asn, '--ipv4', resources.ipv4, '--ipv6', resources.ipv6];
      const parent = proxy('children', 'add', '--info', info, ...limits);
      krillc(
        'parents',
        'add',
        '--ca',
        handle,
        '--parent',
        'ta',
        '--response',
        file(`${handle}-parent.xml`, parent),
      );
    },
    async request(wanted) {
      krillc('bulk', 'refresh');
      proxy('signer', 'make-request');
      let shown = '';
      await until(`a request with ${wanted}`, () => {
        shown = proxy('--format', 'json', 'signer', 'show-request');
        return shown.includes(`"${wanted}"`);
      });
      return Buffer.from(shown, 'utf8');
    },
    respond: (response) => void proxy('signer', 'process-response', '--response', response),
    untilChild: (handle, ready, what) =>
      until(`${handle}: ${what}`, () =>
        ready(patient('krillc', ['--format', 'json', 'show', '--ca', handle])),
      ),
    async stop() {
      server.kill('SIGTERM');
      const timer = setTimeout(() => server.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    },
  };
}
