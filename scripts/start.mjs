// `npm start`: brings what is missing and starts Baleen. Which shell carries it is decided here, and said.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bringDebianPackages,
  environment,
  give,
  hasChromium,
  nodeProgram,
  prepare,
  root,
  say,
} from './prepare.mjs';
import { startArguments } from './start-arguments.mjs';

function argumentsGiven() {
  try {
    return startArguments(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  } catch (error) {
    return give(error.message);
  }
}

const { shell, workspace, tour, asks } = argumentsGiven();

const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
if (!hasDisplay && asks.length === 0 && tour === null)
  give(
    'there is no display here. Start it in a desktop session; without one, npm start -- --tour DIR makes pictures of every screen.',
  );

prepare();

/** The path of Electron's binary when it is there or can be fetched in a bounded time. */
function electronBinary() {
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules', 'electron', 'dist');
  const name = join(root, 'node_modules', 'electron', 'path.txt');
  const find = () => join(dist, existsSync(name) ? readFileSync(name, 'utf8') : 'electron');
  if (existsSync(find())) return find();
  // A machine that could not fetch it is not asked to wait again before tomorrow.
  const tried = join(root, 'node_modules', '.baleen-electron-tried');
  if (shell === 'auto' && existsSync(tried) && Date.now() - statSync(tried).mtimeMs < 86_400_000) return null;
  const installer = join(root, 'node_modules', 'electron', 'install.js');
  spawnSync(nodeProgram(), [installer], { stdio: 'ignore', timeout: 20_000, env: environment() });
  if (existsSync(find())) return find();
  writeFileSync(tried, '');
  return null;
}

function pass(program, args) {
  const child = spawn(program, args, { stdio: 'inherit', env: environment() });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
}

function needChromium() {
  if (!hasChromium() && !bringDebianPackages(['chromium'], () => hasChromium()))
    give('no Chromium or Chrome was found. Type: sudo apt-get install -y chromium');
}

if (tour !== null) {
  needChromium();
  const { status } = spawnSync(nodeProgram(), [join(root, 'e2e', 'tour.ts'), tour], {
    stdio: 'inherit',
    env: environment(),
  });
  process.exit(status ?? 1);
}

const rest = [...(workspace === null ? [] : ['--workspace', workspace]), ...asks];
// Electron refuses root, and a sandbox switch is not ours to add unasked.
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
if (isRoot && shell === 'electron')
  give('Electron does not start as root. Start it as an ordinary user, or use --shell=chromium.');
const electron = shell === 'chromium' || isRoot ? null : electronBinary();
if (electron !== null) {
  pass(electron, [root, ...rest]);
} else {
  if (shell === 'electron')
    give(
      'Electron is not here and could not be fetched. Use --shell=chromium or ELECTRON_OVERRIDE_DIST_PATH.',
    );
  if (shell === 'auto')
    say(
      isRoot
        ? 'baleen: Electron does not start as root, so Chromium carries the window.'
        : 'baleen: Electron could not be fetched, so Chromium carries the window.',
    );
  needChromium();
  pass(nodeProgram(), [join(root, 'out', 'main', 'chromium.js'), ...rest]);
}
