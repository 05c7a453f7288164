// `npm test`: brings what is missing, then the checks, the unit tests and the end-to-end tests. `npm test -- unit NAME`
// narrows it to one of check, unit, e2e and hands the rest on.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  bringDebianPackages,
  environment,
  give,
  hasChromium,
  nodeProgram,
  onPath,
  prepare,
  root,
  say,
} from './prepare.mjs';

const PARTS = ['check', 'unit', 'e2e'];
const [only, ...rest] = process.argv.slice(2);
if (only !== undefined && !PARTS.includes(only)) give(`npm test -- ${only}: choose ${PARTS.join(', ')}.`);

prepare();
bringDebianPackages(['chromium'], () => hasChromium());
bringDebianPackages(['iproute2', 'openssl', 'xvfb', 'xauth'], (name) =>
  onPath({ iproute2: 'ss', xvfb: 'Xvfb' }[name] ?? name),
);

const bin = (name) => join(root, 'node_modules', '.bin', name);
const commands = {
  check: [nodeProgram(), ['scripts/check.ts', ...rest]],
  unit: [bin('vitest'), ['run', ...rest]],
  e2e: [bin('playwright'), ['test', '-c', 'e2e/playwright.config.ts', ...rest]],
};

// Threads and children that tests start read TypeScript as it stands. Stripped once and kept, that takes a third of the time; and V8
// is spared a WebAssembly module in each of hundreds of threads, which now and then ended a test process (nodejs/node issue 64500).
const env = { ...environment(), NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node-compile') };

const failed = [];
for (const part of PARTS) {
  if (only !== undefined && part !== only) continue;
  const [program, args] = commands[part];
  if (!existsSync(program)) give(`${program} is missing; delete node_modules and try again.`);
  const started = Date.now();
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit', env });
  say(`${part}: ${status === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  if (status !== 0) failed.push(part);
}
if (failed.length > 0) give(`failed: ${failed.join(', ')}`);
