import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { CONTENT_SECURITY_POLICY } from './csp.ts';

const page = readFileSync(new URL('../src-renderer/index.html', import.meta.url), 'utf8');

test('the policy allows nothing by default, nothing inline, nothing remote, no string as script', () => {
  const directives = CONTENT_SECURITY_POLICY.split('; ');
  expect(directives[0]).toBe("default-src 'none'");
  expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|https?:|\*/);
  expect(directives).toContain("require-trusted-types-for 'script'");
  expect(directives).toContain("trusted-types 'none'");
  for (const name of ['script-src', 'style-src', 'connect-src', 'font-src']) {
    expect(directives).toContain(`${name} 'self'`);
  }
});

test('the page itself has no inline script, style or handler', () => {
  expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
  expect(page.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="./main.tsx">']);
});

test('the element that keeps React Aria from adding a <style> has the id it looks for', () => {
  const root = dirname(createRequire(import.meta.url).resolve('react-aria-components/package.json'));
  const press = join(root, '../react-aria/dist/private/interactions/usePress.mjs');
  const id = /STYLE_ID = '([^']+)'/.exec(readFileSync(press, 'utf8'))?.[1];
  expect(id).toBeTypeOf('string');
  expect(page).toContain(`id="${id}"`);
  const rule = readFileSync(new URL('../src-renderer/styles/base.css', import.meta.url), 'utf8');
  expect(rule).toContain('[data-react-aria-pressable]');
});
