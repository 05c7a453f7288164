// `npm start`: brings what is missing and starts Baleen. Which shell carries it is decided here, and said.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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

const given = process.argv.slice(2);

function valueOf(name) {
  const at = given.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at < 0) return null;
  return given[at].includes('=') ? given[at].slice(name.length + 1) : (given[at + 1] ?? '');
}

const shell = valueOf('--shell') ?? 'auto';
const workspace = valueOf('--workspace');
const asks = given.filter((arg) => arg === '--help' || arg === '--version');
if (!['auto', 'electron', 'chromium'].includes(shell)) give('--shell is electron, chromium or auto.');

const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
if (!hasDisplay && asks.length === 0)
  give('there is no display here. Start it in a desktop session, or under xvfb-run.');

prepare();

/** The path of Electron's binary when it is there or can be fetched in a bounded time. */
function electronBinary() {
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules', 'electron', 'dist');
  const name = join(root, 'node_modules', 'electron', 'path.txt');
  const find = () => join(dist, existsSync(name) ? readFileSync(name, 'utf8') : 'electron');
  if (existsSync(find())) return find();
  const installer = join(root, 'node_modules', 'electron', 'install.js');
  spawnSync(nodeProgram(), [installer], { stdio: 'ignore', timeout: 20_000, env: environment() });
  return existsSync(find()) ? find() : null;
}

function pass(program, args) {
  const child = spawn(program, args, { stdio: 'inherit', env: environment() });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
}

const rest = [...(workspace === null ? [] : ['--workspace', workspace]), ...asks];
const electron = shell === 'chromium' ? null : electronBinary();
if (electron !== null) {
  pass(electron, [root, ...rest]);
} else {
  if (shell === 'electron')
    give(
      'Electron is not here and could not be fetched. Use --shell=chromium or ELECTRON_OVERRIDE_DIST_PATH.',
    );
  if (shell === 'auto') say('baleen: Electron could not be fetched, so Chromium carries the window.');
  if (!hasChromium() && !bringDebianPackages(['chromium'], hasChromium))
    give('no Chromium or Chrome was found. Type: sudo apt-get install -y chromium');
  pass(nodeProgram(), [join(root, 'out', 'main', 'chromium.js'), ...rest]);
}
