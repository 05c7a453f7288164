// `npm run bundle`: one folder with application, production modules and Node, that starts on a Debian with Chromium and
// needs neither npm nor a network. What goes on the offline laptop until Electron packages are built elsewhere.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const target =
  process.argv[2] ?? join(root, 'dist', `baleen-${packageJson.version}-${process.platform}-${process.arch}`);

/** What native packages carry for building themselves. */
const LEFT_OUT =
  /\/(deps|src|test|docs|obj|obj\.target|\.deps|third_party)(\/|$)|\.(md|map|ts|cts|mts|gyp|gypi|c|cc|cpp|h|o|mk)$/;

/** Built parts of other systems stay behind. */
function isForHere(path: string): boolean {
  return (
    !/\/prebuilds\/[^/]+\.node$/.test(path) || path.endsWith(`/${process.platform}-${process.arch}.node`)
  );
}

function copyModule(name: string, done: Set<string>): void {
  if (done.has(name)) return;
  const from = join(root, 'node_modules', name);
  if (!existsSync(from)) return;
  done.add(name);
  cpSync(from, join(target, 'node_modules', name), {
    recursive: true,
    dereference: true,
    filter: (path) => !LEFT_OUT.test(path.slice(from.length)) && isForHere(path),
  });
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync(join(from, 'package.json'), 'utf8'),
  ) as {
    dependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
  };
  for (const inner of [...Object.keys(dependencies), ...Object.keys(optionalDependencies)])
    copyModule(inner, done);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
execFileSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit', cwd: root });
writeFileSync(join(root, 'out', '.built'), '');
cpSync(join(root, 'out', 'main'), join(target, 'out', 'main'), { recursive: true });
cpSync(join(root, 'out', 'renderer'), join(target, 'out', 'renderer'), { recursive: true });
copyFileSync(join(root, 'LICENSE'), join(target, 'LICENSE'));
writeFileSync(
  join(target, 'package.json'),
  `${JSON.stringify({ name: 'baleen', version: packageJson.version, type: 'module' }, null, 2)}\n`,
);
const modules = new Set<string>();
for (const name of [...Object.keys(packageJson.dependencies), 'pkcs11js']) copyModule(name, modules);
mkdirSync(join(target, 'bin'));
copyFileSync(process.execPath, join(target, 'bin', 'node'));
chmodSync(join(target, 'bin', 'node'), 0o755);
writeFileSync(
  join(target, 'baleen'),
  '#!/bin/sh\n# Starts Baleen from this folder, wherever it lies.\nhere=$(cd "$(dirname "$0")" && pwd)\nexec "$here/bin/node" "$here/out/main/chromium.js" "$@"\n',
  { mode: 0o755 },
);
writeFileSync(
  join(target, 'README'),
  `Baleen ${packageJson.version}\n\nNeeds Chromium (Debian: package chromium) and a desktop session; no npm, no network.\n\n  sha256sum -c SHA256SUMS   checks that the folder arrived whole\n  ./baleen                  starts it\n  ./baleen --help           says what else it understands\n`,
);
const sums = filesBelow(target).map(
  (path) => `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${relative(target, path)}`,
);
writeFileSync(join(target, 'SHA256SUMS'), `${sums.join('\n')}\n`);
console.log(`${sums.length} files in ${target}`);
