/**
 * Writes the workspace fixture of this release, by its own code: `node src-main/testing/make-workspace.ts`, once before a
 * release is tagged, then committed. store/durability.test.ts opens the fixtures of every release. Not shipped.
 */
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { issuePreset } from '../ca/issue-preset.ts';
import { testApp } from './test-app.ts';

const target = join(import.meta.dirname, 'workspaces', packageJson.version);
if (existsSync(target)) throw new Error(`${target} is there already; a released fixture is never changed`);

const app = await testApp();
await app.create('online', 'Fixture');

async function signed(data: ReturnType<typeof issuePreset>): Promise<string> {
  const { id, revision } = await app.call('drafts.create', { kind: 'ca.issue' });
  const saved = await app.call('drafts.save', { kind: 'ca.issue', id, revision, step: 'review', data });
  const draft = { draft: id, revision: saved.revision };
  const { digest } = await app.call('ca.review', draft);
  return app.result(await app.call('ca.sign', { ...draft, digest }));
}

const preset = issuePreset('root');
const root = await signed({ ...preset, subject: [{ type: 'CN', value: 'Fixture Root' }] });
await signed({
  ...issuePreset('server'),
  issuer: root,
  subject: [{ type: 'CN', value: 'leaf.example.net' }],
  names: { dns: 'leaf.example.net', ip: '', uri: '', email: '' },
});
const path = (await app.call('workspace.state', {})).workspace?.path ?? '';
await app.call('workspace.close', {});
cpSync(path, target, { recursive: true, filter: (file) => basename(file) !== 'lock' });
await app.remove();
process.stdout.write(`${target}: ${readdirSync(target).join(', ')}\n`);
