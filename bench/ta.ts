// Signing the response to one request through the whole application (review, judgement, answer, validation, one durable
// transaction) beside real krillta on the same request, and beside the RSA keys and signatures alone.
import { execFileSync } from 'node:child_process';
import { generateKeyPair, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { manyKeys } from '../src-main/testing/many-children.ts';
import { peer } from '../src-main/testing/peers.ts';
import { type TestApp, testApp } from '../src-main/testing/test-app.ts';
import { type TestKey, type TestProxy, testProxy } from '../src-main/testing/test-proxy.ts';
import { groupsOf, openRequest, setUpSigner } from '../src-main/testing/test-signer.ts';
import { inTurn, type Measured } from './measure.ts';

const ROUNDS = 5;
/** Keys of one use: of the manifest and of the message. */
const ONE_OFF_KEYS = 2;
/** Besides one for each child: CRL, the manifest and its certificate, the message, its certificate and its CRL. */
const MORE_SIGNATURES = 6;
const [keyPair, signed] = [promisify(generateKeyPair), promisify(sign)];
const URIS = { https: 'https://rpki.example.net/ta/ta.cer', rsync: 'rsync://rpki.example.net/ta/ta.cer' };

interface Bench {
  app: TestApp;
  proxy: TestProxy;
  krillta(...args: string[]): void;
  folder: string;
}

async function begin(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-bench-'));
  const app = await testApp();
  await app.create('offline');
  await app.later(Date.now() - app.clock.now().getTime());
  const proxy = await testProxy(new Date());
  await setUpSigner(app, {
    proxyId: { name: 'proxy-id.json', text: proxy.idFile },
    fingerprint: proxy.fingerprint,
    repository: { name: 'proxy-repo.json', text: proxy.repositoryFile },
    ...URIS,
  });
  const put = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const config = put('krillta.conf', `storage_uri = "${join(folder, 'data')}"\nlog_type = "stderr"\n`);
  const krillta = (...args: string[]): void =>
    void execFileSync(peer('krillta'), ['signer', '--config', config, '--format', 'json', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  krillta(
    'init',
    '--proxy-id',
    put('proxy-id.json', proxy.idFile),
    '--proxy-repository-contact',
    put('proxy-repo.json', proxy.repositoryFile),
    '--tal-https',
    URIS.https,
    '--tal-rsync',
    URIS.rsync,
  );
  return { app, proxy, krillta, folder };
}

/** The same children with the same keys: issued once, renewed after that. */
function requestOf({ app, proxy }: Bench, keys: readonly TestKey[]): Promise<Buffer> {
  const children = keys.map((key, at) => ({
    handle: `child-${at}`,
    resources: { asn: `AS${64_496 + at}`, ipv4: `10.${at >> 8}.${at & 255}.0/24`, ipv6: '' },
    issue: [key],
    revoke: [],
  }));
  return proxy.request(children, app.clock.now());
}

export interface TaBench {
  children: number;
  krillta: Measured;
  /** The RSA keys and signatures of it alone, one after the other. */
  bare: Measured;
  /** The same in the thread pool, all at once. */
  pool: Measured;
  /** Opening the review of such a request, milliseconds. */
  review: number;
}

export async function taBench(counts: readonly number[]): Promise<TaBench[]> {
  const bench = await begin();
  const { app, krillta, folder } = bench;
  const keys = manyKeys(Math.max(...counts));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const results: TaBench[] = [];
  for (const children of counts) {
    const requests: Buffer[] = [];
    for (let at = 0; at <= 3 * (ROUNDS + 1); at += 1)
      requests.push(await requestOf(bench, keys.slice(0, children)));
    const [mine, theirs] = [[...requests], [...requests]];
    let review = 0;
    const ours = async (): Promise<void> => {
      const bytes = mine.shift() ?? Buffer.alloc(0);
      app.clock.advance(2000);
      const started = performance.now();
      const { id, view } = await openRequest(app, bytes);
      review = performance.now() - started;
      await app.result(
        await app.call('ta.approve', { id, groups: groupsOf(bytes, view.groups), number: null }),
      );
    };
    const other = async (): Promise<void> => {
      const path = join(folder, 'request.json');
      writeFileSync(path, theirs.shift() ?? '');
      krillta('process', '--request', path);
    };
    const signatures = Array.from({ length: children + MORE_SIGNATURES }, (_, at) => Buffer.from(String(at)));
    const bare = async (): Promise<void> => {
      for (let at = 0; at < ONE_OFF_KEYS; at += 1) generateKeyPairSync('rsa', { modulusLength: 2048 });
      for (const one of signatures) sign('sha256', one, privateKey);
    };
    const pool = async (): Promise<void> => {
      const made = Array.from({ length: ONE_OFF_KEYS }, () => keyPair('rsa', { modulusLength: 2048 }));
      await Promise.all([...made, ...signatures.map((one) => signed('sha256', one, privateKey))]);
    };
    // The database is asked last: it has moved its log by then.
    const settle = (): Promise<unknown> => app.call('ta.signer', {});
    const options = { rounds: ROUNDS, pieces: 1, settle };
    results.push({
      children,
      krillta: await inTurn(ours, other, options),
      bare: await inTurn(ours, bare, options),
      pool: await inTurn(ours, pool, options),
      review,
    });
  }
  await app.remove();
  rmSync(folder, { recursive: true, force: true });
  return results;
}
