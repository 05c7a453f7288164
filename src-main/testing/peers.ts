/** The real programs the tests meet: where they are, and what happens when one is missing. Not shipped. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** As scripts/peers.mjs builds them. */
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'baleen', 'peers');
const BUILT: Readonly<Record<string, string>> = {
  krill: 'krill-0.16.1',
  krillc: 'krill-0.16.1',
  krillta: 'krill-0.16.1',
  routinator: 'routinator-0.15.3',
};

/** The path of a program, or null. */
function find(name: string): string | null {
  const built = BUILT[name];
  const folders =
    built === undefined
      ? [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
      : [join(CACHE, built, 'bin')];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Which of `names` are missing. Give it to `skipIf` with `mustMeet`: at a desk it skips loudly, in CI the test runs and fails. */
export function missingPeers(...names: string[]): string[] {
  return process.env['CI'] === undefined ? names.filter((name) => find(name) === null) : [];
}

/** The path of a peer. Throws with the command that brings it. */
export function peer(name: string): string {
  const path = find(name);
  if (path === null) throw new Error(`${name} is missing: type npm run peers`);
  return path;
}
