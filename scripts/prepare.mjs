// Brings what a fresh clone lacks: npm packages, PKCS#11's native part, Debian packages, the build. Plain JavaScript
// without dependencies, because nothing is installed when it runs. It starts nothing of the application.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.baleen-install');

export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Ends with one sentence and no stack. */
export function give(text) {
  say(`baleen: ${text}`);
  process.exit(1);
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  return error === undefined && status === 0;
}

/** The Node 24 that npm brought, or this one when it is new enough (macOS has no such package). */
export function nodeProgram() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const brought = join(
    modules,
    `node-${system}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(brought)) return brought;
  if (Number(process.versions.napi) >= 10) return process.execPath;
  return give(
    `Node 24 is needed and npm brings none for ${process.platform} ${process.arch}. Install Node 24 and try again.`,
  );
}

/** npm ci when the lock file is another one than at the last time. */
function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('Installing packages (npm ci)…');
  if (!npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'])) give('npm ci failed; see above.');
  buildPkcs11();
  writeFileSync(stamp, lock);
}

/** npm is a script on Windows, which only a shell starts. */
function npm(args, options = {}) {
  return run('npm', args, { shell: process.platform === 'win32', ...options });
}

/** Folder of the Node that npm brought, when the headers of native modules are in it; otherwise node-gyp fetches them. */
export function nodeHeaders(program = nodeProgram(), isThere = existsSync) {
  const folder = program.endsWith('.exe') ? dirname(program) : dirname(dirname(program));
  return [folder, dirname(folder)].find((path) => isThere(join(path, 'include', 'node', 'node.h'))) ?? null;
}

function pkcs11Loads() {
  return spawnSync(nodeProgram(), ['-e', "require('pkcs11js')"], { cwd: root, stdio: 'ignore' }).status === 0;
}

/** pkcs11js has no prebuilt part, and npm drops a failed optional build without a word: so it is built here and said. */
function buildPkcs11() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { version } = lock.packages['node_modules/pkcs11js'];
  bringDebianPackages(['g++', 'make', 'python3']);
  if (!existsSync(join(modules, 'pkcs11js')))
    npm(['install', '--no-save', '--ignore-scripts', '--loglevel=error', `pkcs11js@${version}`]);
  if (pkcs11Loads()) return;
  say('Building pkcs11js…');
  const headers = nodeHeaders();
  const env = headers === null ? process.env : { ...process.env, npm_config_nodedir: headers };
  npm(['rebuild', 'pkcs11js', '--loglevel=error'], { stdio: ['ignore', 'ignore', 'inherit'], env });
}

/** Said at each start, because it changes what Baleen can do: a PKCS#11 token is out of reach. In CI it ends. */
function requirePkcs11() {
  if (pkcs11Loads()) return;
  const tools = {
    linux: 'g++, make and python3',
    darwin: 'the Xcode command line tools',
    win32: 'Visual Studio Build Tools and Python',
  };
  const text = `pkcs11js is not built: PKCS#11 tokens are not available. Install ${tools[process.platform] ?? tools.linux}, delete node_modules and start again.`;
  if (process.env.CI) give(text);
  say(`\n*** ${text} ***\n`);
}

let updated = false;

/** Installs Debian packages as root; otherwise names the command. `has` tells whether it is there already. */
export function bringDebianPackages(packages, has = onPath) {
  const missing = packages.filter((name) => !has(name));
  if (missing.length === 0) return true;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    say(`Missing: ${missing.join(', ')}. Type: sudo ${command}`);
    return false;
  }
  say(`Installing ${missing.join(', ')} (apt)…`);
  const quiet = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  if (!updated) run('apt-get', ['update', '-qq'], quiet);
  updated = true;
  return run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], quiet);
}

export function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Missing or not ours to run: both mean "not this one".
    return false;
  }
}

/**
 * Whether the shell would find a Chromium: the same places as src-main/shell/chromium/find-chromium.ts, which this
 * cannot import before there is a Node that reads TypeScript.
 */
export function hasChromium(env = process.env, platform = process.platform, isThere = isProgram) {
  if (env.CHROMIUM) return isAbsolute(env.CHROMIUM) && isThere(env.CHROMIUM);
  const places = JSON.parse(
    readFileSync(join(root, 'src-main', 'shell', 'chromium', 'chromium-places.json'), 'utf8'),
  );
  const usual =
    platform === 'win32'
      ? ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
          .filter((name) => env[name] !== undefined)
          .flatMap((name) => places.windows.map((parts) => join(env[name], ...parts)))
      : (places[platform] ?? []);
  const searched = (env.PATH ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .flatMap((folder) => places.names.map((name) => join(folder, name)));
  return [...usual, ...searched].some((path) => isThere(path));
}

function newest(folder) {
  let at = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    at = Math.max(at, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return at;
}

/** Builds when a source is newer than the last build. */
function build() {
  const done = join(root, 'out', '.built');
  const folders = ['src-main', 'src-renderer', 'src-shared', 'assets'].map((name) => join(root, name));
  const files = ['package.json', 'package-lock.json', 'scripts/build.ts'].map((name) => join(root, name));
  const changed = Math.max(
    ...folders.filter((folder) => existsSync(folder)).map(newest),
    ...files.map((file) => statSync(file).mtimeMs),
  );
  if (existsSync(done) && statSync(done).mtimeMs > changed) return;
  if (!run(nodeProgram(), ['scripts/build.ts'])) give('the build failed; see above.');
  writeFileSync(done, '');
}

/** PATH with the project's own programs and Node 24 first. */
export function environment() {
  return { ...process.env, PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}` };
}

/** Everything a start or a test needs. */
export function prepare() {
  installPackages();
  requirePkcs11();
  build();
}
