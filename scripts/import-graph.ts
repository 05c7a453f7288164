// Reads source files and lists what each one refers to: every way a module can name another one.
// It judges nothing; the directions are in layer-rules.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync, Visitor } from 'vite';

export type ReferenceKind = 'import' | 'import type' | 'export' | 'import()' | 'require' | 'URL' | 'glob';

export type Reference = {
  kind: ReferenceKind;
  line: number;
  /** As written, without the query that vite understands (`?url`). Null: computed, so nobody can tell. */
  specifier: string | null;
  /** Path from the root with slashes for a module of ours; null for a package or a Node module. */
  target: string | null;
};

export type SourceFile = { path: string; lines: number; references: Reference[] };

const SOURCE = /\.(?:ts|tsx|mts|js|mjs)$/;
const ABSENT = new Set(['ENOENT', 'ENOTDIR']);

/** Source files below `folders` of `root`, by path with slashes, sorted. A folder that is absent holds none. */
export function listSources(root: string, folders: readonly string[]): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readFolder(join(root, folder))) {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (SOURCE.test(entry.name) && !entry.name.endsWith('.d.ts')) found.push(path);
    }
  };
  for (const folder of folders) walk(folder);
  return found.toSorted();
}

function readFolder(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.has(String(error.code))) return [];
    throw error;
  }
}

/** Parses one file. Throws when it is no valid TypeScript, because a file nobody can read obeys nothing. */
export function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const { program, errors } = parseSync(path, text, {});
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);

  const references: Reference[] = [];
  const add = (kind: ReferenceKind, node: Located, specifier: string | null): void => {
    const plain = specifier?.replace(/\?.*$/s, '') ?? null;
    const line = text.slice(0, node.start).split('\n').length;
    references.push({ kind, line, specifier: plain, target: plain === null ? null : ownModule(path, plain) });
  };

  new Visitor({
    ImportDeclaration: (node) => {
      add(node.importKind === 'type' ? 'import type' : 'import', node, node.source.value);
    },
    ExportAllDeclaration: (node) => {
      add('export', node, node.source.value);
    },
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) add('export', node, node.source.value);
    },
    TSImportType: (node) => {
      add('import type', node, node.source.value);
    },
    TSExternalModuleReference: (node) => {
      add('require', node, literal(node.expression));
    },
    ImportExpression: (node) => {
      add('import()', node, literal(node.source));
    },
    NewExpression: (node) => {
      const [first, base] = node.arguments;
      const isUrl = node.callee.type === 'Identifier' && node.callee.name === 'URL';
      if (isUrl && text.slice(base?.start, base?.end) === 'import.meta.url') add('URL', node, literal(first));
    },
    CallExpression: (node) => {
      const callee = text.slice(node.callee.start, node.callee.end);
      const [first] = node.arguments;
      if (callee === 'import.meta.glob') {
        const patterns = first?.type === 'ArrayExpression' ? first.elements : [first];
        for (const pattern of patterns) add('glob', node, literal(pattern));
      } else if (isRequire(callee)) add('require', node, literal(first));
    },
  }).visit(program);

  return { path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0), references };
}

type Located = { start: number };

function isRequire(callee: string): boolean {
  return /^(?:createRequire\(.*\)|require|import\.meta)(?:\.resolve)?$/s.test(callee);
}

/** The text of a string or of a template without holes; null for anything computed. */
function literal(node: unknown): string | null {
  if (typeof node !== 'object' || node === null || !('type' in node)) return null;
  if (node.type === 'Literal' && 'value' in node && typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral' || !('quasis' in node) || !Array.isArray(node.quasis)) return null;
  const [only, ...others] = node.quasis as { value: { cooked: string } }[];
  return only !== undefined && others.length === 0 ? only.value.cooked : null;
}

function ownModule(from: string, specifier: string): string | null {
  if (specifier.startsWith('#shared/')) return posix.join('src-shared', specifier.slice('#shared/'.length));
  if (/^\.{1,2}(?:\/|$)/.test(specifier)) return posix.join(posix.dirname(from), specifier);
  return null;
}
