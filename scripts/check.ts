// `npm run check`: format, lint, types, layers, dead code. All of them run, each is named with its time, and one
// failure fails the whole. It changes nothing; `npm run format` formats.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

/** What was found of files that did not change is kept beside the modules: a new installation begins anew. */
const types = (folder: string): [string, string, string[]] => [
  `types of ${folder}`,
  bin('tsc'),
  [
    '-p',
    folder,
    '--incremental',
    '--tsBuildInfoFile',
    join(root, 'node_modules', '.cache', 'types', `${folder}.tsbuildinfo`),
  ],
];

const CHECKS: [name: string, program: string, args: string[]][] = [
  ['lint', bin('oxlint'), ['--type-aware', '--quiet']],
  ['dead code', bin('knip'), ['--no-progress']],
  ['format', bin('oxfmt'), ['--check']],
  types('src-shared'),
  types('src-main'),
  types('src-renderer'),
  types('e2e'),
  types('bench'),
  types('scripts'),
  ['layers', process.execPath, ['scripts/layers.ts']],
];

function run(program: string, args: string[]): Promise<{ code: number; output: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; output: string }>();
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.on('error', (error) => resolve({ code: 1, output: error.message }));
  child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }));
  return promise;
}

const queue = [...CHECKS];
let failed = 0;

/** Two at a time: more only take each other's processor. */
async function worker(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [name, program, args] = next;
    const started = performance.now();
    const { code, output } = await run(program, args);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (code !== 0) {
      failed += 1;
      console.log(output.trimEnd());
    }
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  }
}

await Promise.all([worker(), worker()]);
process.exitCode = failed === 0 ? 0 : 1;
