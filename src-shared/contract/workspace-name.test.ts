import { expect, test } from 'vitest';
import { workspaceName } from './workspace.ts';

test.each(['Production root', 'RPKI 2026', 'Zürich', '根', '1', 'a.b', 'Harbour A/S'])(
  '%s is a name',
  (name) => expect(workspaceName.safeParse(name).success).toBe(true),
);

test.each([
  ['.', /letter or a digit/],
  ['...', /letter or a digit/],
  ['Prod\u202Etoor', /invisible/],
  ['Prod\u200B', /invisible/],
  ['a\\b', /backslashes/],
  ['a\u0007', /control/],
  [' ', /Give the workspace a name/],
])('%j is none', (name, said) => {
  const parsed = workspaceName.safeParse(name);
  expect(parsed.error?.issues[0]?.message).toMatch(said);
});
