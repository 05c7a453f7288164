import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCanaries } from './canaries.ts';
import { expect, startConsole, test } from './console-app.ts';
import { issue, exportAs, open } from './pages/ca.ts';
import { createWorkspace } from './pages/workspace.ts';

const PASSWORD = 'open sesame 2026';

// The search itself is tested: each form is planted once and found.
const SECRET = Buffer.from('00ff10canary-bytes', 'utf8');
const PLANTED: [string, unknown][] = [
  ['raw text', { text: `before ${SECRET.toString('utf8')} after` }],
  ['raw bytes', { deep: [new Uint8Array(Buffer.concat([Buffer.alloc(3), SECRET]))] }],
  ['lower hex', SECRET.toString('hex')],
  ['upper hex', SECRET.toString('hex').toUpperCase()],
  ...[0, 1, 2].map((shift): [string, unknown] => [
    `base64 at ${shift}`,
    { value: Buffer.concat([Buffer.alloc(shift, 7), SECRET, Buffer.from('tail')]).toString('base64') },
  ]),
];

for (const [name, value] of PLANTED) {
  test(`a canary is found as ${name}`, () => {
    const canaries = createCanaries();
    canaries.guard('secret', SECRET);
    canaries.saw('answer', value);
    expect(canaries.leaks()).toEqual(['secret in answer']);
  });
}

test('the recovery key and the bytes of every key that is made are searched for, and would be found', async ({
  apps,
}) => {
  // A search of its own: what is planted here must not fail the fixture's.
  const canaries = createCanaries();
  const app = await startConsole(join(apps.scratch, 'planted'), canaries);
  try {
    const recoveryKey = await createWorkspace(app.page, { canaries });
    await open(app.page, 'Authorities');
    await app.page.getByRole('link', { name: 'New root…' }).click();
    await issue(app.page, 'Example Root CA', { organisation: 'Example' });
    const file = join(apps.scratch, 'root.key');
    app.answers.push(file);
    await app.page.getByRole('button', { name: 'Export…' }).click();
    await exportAs(app.page, 'Private key', PASSWORD);
    expect(canaries.leaks()).toEqual([]);
    canaries.saw('answer', { text: `the key is ${recoveryKey}` });
    canaries.saw('event', recoveryKey.replaceAll('-', ''));
    const { d = '' } = createPrivateKey({ key: readFileSync(file), passphrase: PASSWORD }).export({
      format: 'jwk',
    });
    canaries.saw('log', Buffer.from(d, 'base64url').toString('hex'));
    expect(canaries.leaks()).toEqual([
      'answer of workspace.showRecoveryKey in answer',
      'answer of workspace.showRecoveryKey without dashes in event',
      expect.stringMatching(/^generated key \d+, part 0, of .* in log$/),
    ]);
  } finally {
    await app.close();
  }
});

test('what holds no canary passes', () => {
  const canaries = createCanaries();
  canaries.guard('secret', SECRET);
  canaries.saw('answer', { text: 'something else' });
  canaries.sawArguments();
  expect(canaries.leaks()).toEqual([]);
});
