/**
 * Writes into a store as fast as it can and says each acknowledged value on standard output, until it is killed. A
 * program of its own, because a thread cannot be killed with -9. Not shipped.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { startStore } from '../store/store.ts';

const [folder = '', round = ''] = process.argv.slice(2);
const store = await startStore(
  {
    worker: new URL('../store/store-worker.ts', import.meta.url),
    clock: { now: () => new Date(), after: () => () => undefined },
    died: (error) => void process.stderr.write(String(error)),
  },
  {
    path: join(folder, 'workspace.db'),
    auditFile: join(folder, 'audit.jsonl'),
    workspaceId: 'ws-aaaaaaaaaaaaaaaa',
    version: '0.0.0-test',
    key: new Uint8Array(32).fill(7),
    auditKey: new Uint8Array(32).fill(9),
    create: round === '0',
  },
);
writeSync(1, 'open\n');
async function writer(lane: number): Promise<never> {
  for (let count = 0; ; count += 1) {
    const value = `${round}-${lane}-${count}`;
    await store.run('ledger.take', {
      kind: 'serial',
      scope: 'burst',
      value,
      audit: { action: 'test.take', outcome: 'done', summary: value.padEnd(200, '.'), subjects: [] },
    });
    writeSync(1, `${value}\n`);
  }
}
await Promise.all([1, 2, 3, 4].map(writer));
