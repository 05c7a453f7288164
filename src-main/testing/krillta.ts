/** A real krillta as the signer of a trust anchor: files in, files out, in a folder of its own. Not shipped. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '../lib/bytes.ts';
import { peer } from './peers.ts';

export interface Krillta {
  /** Its keys and its trust anchor, for the files of a proxy. */
  init(proxyId: Uint8Array, proxyRepo: Uint8Array, tal: { https: string; rsync: string }): void;
  /** The same key with another TAL. */
  reissue(proxyId: Uint8Array, proxyRepo: Uint8Array, tal: { https: string; rsync: string }): void;
  /** signer-info.json. */
  show(): Buffer;
  /** The fingerprint of its identity, as its operator reads it. */
  fingerprint(): string;
  /** response.json. Throws with its words when it refuses. */
  process(request: Uint8Array): Buffer;
  /** How many exchanges it has on record. */
  exchanges(): number;
}

/**
 * `more`: lines of krillta.conf after the first two, or `own`: it is in the folder as it is to be; variables that its libraries
 * read.
 */
export function krillta(
  folder: string,
  more: { config?: string; own?: boolean; environment?: Readonly<Record<string, string>> } = {},
): Krillta {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  if (more.own !== true)
    writeFileSync(
      at('krillta.conf'),
      `storage_uri = "${at('data')}"\nlog_type = "stderr"\n${more.config ?? ''}`,
    );
  const file = (name: string, content: Uint8Array): string => {
    writeFileSync(at(name), content);
    return at(name);
  };
  function run(...args: string[]): Buffer {
    try {
      return execFileSync(
        peer('krillta'),
        ['signer', '--config', at('krillta.conf'), '--format', 'json', ...args],
        {
          env: { ...process.env, ...more.environment },
          timeout: 60_000,
          stdio: ['ignore', 'pipe', 'pipe'],
          maxBuffer: 64 * 1_048_576,
        },
      );
    } catch (error) {
      const { stderr } = error as { stderr?: Buffer };
      throw new Error(`krillta ${args[0] ?? ''}: ${stderr?.toString('utf8') ?? String(error)}`, {
        cause: error,
      });
    }
  }
  const made =
    (how: 'init' | 'reissue') =>
    (proxyId: Uint8Array, proxyRepo: Uint8Array, tal: { https: string; rsync: string }): void => {
      run(
        how,
        '--proxy-id',
        file('proxy-id.json', proxyId),
        '--proxy-repository-contact',
        file('proxy-repo.json', proxyRepo),
        '--tal-https',
        tal.https,
        '--tal-rsync',
        tal.rsync,
      );
    };
  return {
    init: made('init'),
    reissue: made('reissue'),
    show: () => run('show'),
    fingerprint() {
      const { id } = JSON.parse(run('show').toString('utf8')) as { id: { base64: string } };
      return sha256Hex(Buffer.from(id.base64, 'base64'));
    },
    process: (request) => run('process', '--request', file('request.json', request)),
    exchanges: () => (JSON.parse(run('exchanges').toString('utf8')) as unknown[]).length,
  };
}
