// Bundles main, preload, worker and renderer into out/. What must be loaded from node_modules at run time (native parts,
// playwright-core, electron) stays outside; everything pure goes in, lazy imports as chunks of their own.
import { existsSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig } from 'vite';
import packageJson from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const outside = [
  'electron',
  ...Object.keys(packageJson.dependencies),
  ...Object.keys(packageJson.optionalDependencies),
  ...builtinModules.flatMap((name) => [name, `node:${name}`]),
];
const common: InlineConfig = { root, configFile: false, logLevel: 'warn', publicDir: false };

function entries(all: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([, path]) => existsSync(join(root, path))));
}

function node(folder: string, input: Record<string, string>, format: 'es' | 'cjs'): InlineConfig {
  const extension = format === 'es' ? 'js' : 'cjs';
  return {
    ...common,
    ssr: { noExternal: true, external: outside },
    build: {
      ssr: true,
      target: 'node24',
      outDir: join('out', folder),
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        input,
        external: outside,
        output: {
          format,
          entryFileNames: `[name].${extension}`,
          chunkFileNames: `chunks/[name]-[hash].${extension}`,
        },
      },
    },
  };
}

const renderer: InlineConfig = {
  ...common,
  root: join(root, 'src-renderer'),
  base: './',
  plugins: [react()],
  build: {
    target: 'chrome140',
    outDir: join(root, 'out', 'renderer'),
    emptyOutDir: true,
    // SECURITY: the policy allows no inline script and no data: font.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
  },
};

rmSync(join(root, 'out', '.built'), { force: true });
const main = entries({
  electron: 'src-main/shell/electron/main.ts',
  chromium: 'src-main/shell/chromium/main.ts',
  console: 'src-main/shell/chromium/console.ts',
  'store-worker': 'src-main/store/store-worker.ts',
  'pkcs11-host': 'src-main/signers/pkcs11/host.ts',
});
const preload = entries({ preload: 'src-main/shell/electron/preload.ts' });
if (Object.keys(main).length > 0) await build(node('main', main, 'es'));
if (Object.keys(preload).length > 0) await build(node('preload', preload, 'cjs'));
await build(renderer);
