/** The relying parties of others, run over a local copy of a repository without any network. Not shipped. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { peer } from './peers.ts';

export interface Repository {
  /** The folder that is `rsync://HOST/repo/`. */
  published: string;
  tal: string;
  taCertificate: Uint8Array;
  host: string;
  /** Other modules of the host, by name, with the folders that are them. */
  also?: Readonly<Record<string, string>>;
}

export interface Verdict {
  /** Origins it found below the trust anchor: "AS64496 192.0.2.0/24". */
  origins: string[];
  /** What it complains of; empty: clean. */
  complaints: string[];
}

/** A tree `HOST/repo`, `HOST/ta/ta.cer`, as validators keep it. */
function layOut(root: string, { published, taCertificate, host, also = {} }: Repository): void {
  mkdirSync(join(root, host, 'ta'), { recursive: true });
  for (const [module, folder] of Object.entries({ ...also, repo: published }))
    cpSync(folder, join(root, host, module), { recursive: true, dereference: true });
  writeFileSync(join(root, host, 'ta', 'ta.cer'), taCertificate);
}

/** Everything readable and writable by `uid`: rpki-client drops its privileges. */
function own(path: string, uid: number, gid: number): void {
  chownSync(path, uid, gid);
  if (!statSync(path).isDirectory()) return;
  chmodSync(path, 0o755);
  for (const name of readdirSync(path)) own(join(path, name), uid, gid);
}

/** Lines that say something is wrong. */
function bad(output: string, pattern: RegExp): string[] {
  return output.split('\n').filter((line) => pattern.test(line));
}

/** The rows of a CSV of validated origins. */
function originsIn(csv: string): string[] {
  return csv
    .split('\n')
    .flatMap((line) => /^(AS\d+),"?([0-9a-f:.]+\/\d+)/.exec(line)?.slice(1, 3).join(' ') ?? []);
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-rp-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function rpkiClient(repository: Repository): Verdict {
  return inFolder((folder) => {
    const [cache, out] = [join(folder, 'cache'), join(folder, 'out')];
    layOut(cache, repository);
    mkdirSync(join(cache, 'ta', 'anchor'), { recursive: true });
    writeFileSync(join(cache, 'ta', 'anchor', 'ta.cer'), repository.taCertificate);
    mkdirSync(out);
    const tal = join(folder, 'anchor.tal');
    writeFileSync(tal, repository.tal);
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, '_rpki-client'], { encoding: 'utf8' }));
    if (process.getuid?.() === 0) own(folder, id('-u'), id('-g'));
    const { stdout, stderr } = spawnSync(
      peer('rpki-client'),
      ['-n', '-R', '-v', '-d', cache, '-t', tal, '-c', out],
      { encoding: 'utf8', timeout: 60_000 },
    );
    const text = `${stdout}${stderr}`;
    // "Manifests: 3 (0 failed parse, 0 stale)": anything but zeros, every line about one file, an early end.
    const complaints = text
      .split('\n')
      .filter(
        (line) =>
          /\((?:[^)]*[^\d])?[1-9]\d* (?:failed|invalid|stale)/.test(line) ||
          /\.(?:cer|mft|crl|roa|tal): |giving up/.test(line),
      );
    const csv = join(out, 'csv');
    return { origins: existsSync(csv) ? originsIn(readFileSync(csv, 'utf8')) : [], complaints };
  });
}

export function fort(repository: Repository): Verdict {
  return inFolder((folder) => {
    const [tree, tal, vrps] = [join(folder, 'tree'), join(folder, 'tals'), join(folder, 'roas.csv')];
    layOut(tree, repository);
    mkdirSync(tal);
    writeFileSync(
      join(tal, 'anchor.tal'),
      repository.tal
        .split('\n')
        .filter((line) => !line.startsWith('https:'))
        .join('\n'),
    );
    const { stdout, stderr } = spawnSync(
      peer('fort'),
      [
        '--mode=standalone',
        '--work-offline',
        `--tal=${tal}`,
        `--local-repository=${tree}`,
        '--http.enabled=false',
        '--validation-log.enabled=true',
        '--validation-log.output=console',
        `--output.roa=${vrps}`,
      ],
      { encoding: 'utf8', timeout: 60_000 },
    );
    const text = `${stdout}${stderr}`;
    // It announces its steps as warnings; everything else is about an object.
    const complaints = bad(text, /(?:ERR|WRN|CRT|ALR|EMR)/).filter(
      (line) => !/The validation has (?:begun|successfully ended)|Looking for the TA certificate/.test(line),
    );
    return { origins: existsSync(vrps) ? originsIn(readFileSync(vrps, 'utf8')) : [], complaints };
  });
}

function complaintsOfRoutinator(stderr: string): string[] {
  return bad(stderr, /\b(?:WARN|ERROR)\b|rejected|failed/i).filter(
    (line) => !line.includes('Using config file'),
  );
}

export function routinator(repository: Repository): Verdict {
  return inFolder((folder) => {
    const [tree, tals, cache] = [join(folder, 'tree'), join(folder, 'tals'), join(folder, 'cache')];
    layOut(tree, repository);
    mkdirSync(tals);
    mkdirSync(cache);
    writeFileSync(
      join(tals, 'anchor.tal'),
      repository.tal
        .split('\n')
        .filter((line) => !line.startsWith('https:'))
        .join('\n'),
    );
    const fake = join(folder, 'rsync');
    writeFileSync(
      fake,
      [
        '#!/bin/sh',
        'if [ "$1" = "-h" ]; then echo "--contimeout --max-size"; exit 0; fi',
        'for last; do from="$to"; to="$last"; done',
        `path="${tree}/\${from#rsync://}"`,
        'mkdir -p "$to" && cp -R "$path/." "$to/"',
        '',
      ].join('\n'),
      { mode: 0o755 },
    );
    const { stdout, stderr } = spawnSync(
      peer('routinator'),
      [
        '--no-rir-tals',
        '--extra-tals-dir',
        tals,
        '--repository-dir',
        cache,
        '--disable-rrdp',
        '--rsync-command',
        fake,
        '--allow-dubious-hosts',
        '--strict',
        '-v',
        'vrps',
        '--format',
        'csv',
      ],
      { encoding: 'utf8', timeout: 60_000 },
    );
    return {
      origins: originsIn(stdout),
      complaints: complaintsOfRoutinator(stderr),
    };
  });
}

/**
 * Routinator over https alone, from servers that `rootPem` vouches for: TA certificate and RRDP. Answers what it complains of,
 * and whose manifests it keeps (those that held). The server may be in this process.
 */
export async function routinatorByRrdp(
  tal: string,
  rootPem: string,
): Promise<{ complaints: string[]; manifests: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-rp-'));
  try {
    const [tals, cache, out] = [join(folder, 'tals'), join(folder, 'cache'), join(folder, 'out')];
    for (const path of [tals, cache]) mkdirSync(path);
    writeFileSync(join(tals, 'anchor.tal'), tal);
    writeFileSync(join(folder, 'root.pem'), rootPem);
    const run = (...args: string[]) =>
      promisify(execFile)(
        peer('routinator'),
        [
          '--no-rir-tals',
          '--extra-tals-dir',
          tals,
          '--repository-dir',
          cache,
          '--disable-rsync',
          '--rrdp-root-cert',
          join(folder, 'root.pem'),
          '--allow-dubious-hosts',
          '--strict',
          '-v',
          ...args,
        ],
        { encoding: 'utf8', timeout: 60_000 },
      );
    const { stderr } = await run('vrps', '--format', 'csv');
    await run('dump', '--output', out);
    return {
      complaints: complaintsOfRoutinator(stderr),
      manifests: readdirSync(out, { recursive: true })
        .map(String)
        .filter((name) => name.startsWith('store/') && name.endsWith('.mft')),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
