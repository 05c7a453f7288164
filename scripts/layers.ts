// Checks the whole tree against the layer rules and the size of files, and prints every breach.
// The rules themselves are in layer-rules.ts, the reading of files in import-graph.ts.
import { fileURLToPath } from 'node:url';

import { listSources, readSource, type SourceFile } from './import-graph.ts';
import { isTest, refusals } from './layer-rules.ts';

const MAX_LINES = 300;

const MUST_HOLD_FILES = ['src-main', 'src-shared', 'src-renderer'];
const FOLDERS = [...MUST_HOLD_FILES, 'e2e', 'scripts', 'bench'];

export type LayerReport = { files: number; references: number; breaches: string[] };

/** Reads every source file under `root` and returns what breaks a rule, one line each (`path:line: why`). */
export function checkLayers(root: string): LayerReport {
  const files = listSources(root, FOLDERS).map((path) => readSource(root, path));
  const breaches = MUST_HOLD_FILES.filter(
    (folder) => !files.some((file) => file.path.startsWith(`${folder}/`)),
  )
    // A check that reads nothing passes everything.
    .map((folder) => `${folder}: no source file was read`);
  breaches.push(...files.flatMap(breachesOf));
  return {
    files: files.length,
    references: files.reduce((sum, file) => sum + file.references.length, 0),
    breaches,
  };
}

function breachesOf(file: SourceFile): string[] {
  const found = file.references.flatMap((reference) =>
    refusals(file.path, reference).map(
      (why) =>
        `${file.path}:${reference.line}: ${reference.kind} ${reference.specifier ?? '(computed)'}: ${why}`,
    ),
  );
  if (file.lines > MAX_LINES) {
    found.push(
      `${file.path}: ${file.lines} lines, more than ${MAX_LINES}: ${isTest(file.path) ? 'split by subject' : 'it does two things'}`,
    );
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report = checkLayers(fileURLToPath(new URL('..', import.meta.url)));
  for (const breach of report.breaches) console.error(breach);
  console.log(`${report.files} files, ${report.references} references, ${report.breaches.length} breaches`);
  process.exitCode = report.breaches.length === 0 ? 0 : 1;
}
