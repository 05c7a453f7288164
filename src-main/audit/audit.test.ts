import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../lib/app-error.ts';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';
import { recordHash, sealRecord, type StoredAuditRecord } from './audit-record.ts';
import { checkRecords } from './chain.ts';

let made: ReturnType<typeof testVault>;
let file = '';
beforeEach(async () => {
  made = testVault();
  file = join(await made.create(), 'audit.jsonl');
});
afterEach(() => made.remove());

const lines = (): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');
const rewrite = (all: string[]): void => writeFileSync(file, `${all.join('\n')}\n`);
const all = { query: '', outcome: null, action: null, from: null, to: null, cursor: null, limit: 100 };

describe('the audit', () => {
  it('holds one record for each change and one for each refusal, in the file too', async () => {
    await made.audit.refused('keys.destroy', new AppError('NOT_ALLOWED_NOW', 'It is in use.'));
    await made.audit.refused('audit.list', new AppError('BAD_REQUEST', 'Reading is no change.'));
    const { rows, total } = await made.audit.domain.list(all);
    expect(rows.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'keys.destroy refused',
      'workspace.recoveryKey done',
      'workspace.create done',
    ]);
    expect(lines()).toHaveLength(total);
    expect(await made.audit.domain.verify({ written: '' })).toMatchObject({ faults: [], entries: 3 });
  });

  it('folds in what was refused while it was locked', async () => {
    await made.vault.lock();
    await made.audit.refused(
      'workspace.unlock',
      new AppError('WRONG_PASSPHRASE', 'That is not the passphrase.'),
    );
    await made.domain.unlock({ passphrase: PASSPHRASE });
    const { rows } = await made.audit.domain.list({ ...all, action: 'workspace.unlock' });
    expect(rows.map(({ outcome }) => outcome)).toEqual(['done', 'refused']);
    expect(rows[1]?.summary).toContain('While locked, 2026-11-24T12:00:00.000Z: That is not the passphrase.');
  });

  it.each([
    [
      'an edited line',
      'altered',
      (found: string[]) => found.with(1, found[1]?.replace('recovery', 'other') ?? ''),
    ],
    ['a deleted line', 'missing', (found: string[]) => found.toSpliced(1, 1)],
    ['a cut off end', 'truncated', (found: string[]) => found.slice(0, -1)],
    ['two lines swapped', 'reordered', (found: string[]) => [found[0] ?? '', ...found.slice(1).toReversed()]],
    ['a line too many', 'forged', (found: string[]) => [...found, found[0] ?? '']],
  ])('finds %s in the file and says where', async (_name, kind, change) => {
    await made.audit.refused('keys.destroy', new AppError('NOT_ALLOWED_NOW', 'It is in use.'));
    rewrite(change(lines()));
    const { faults } = await made.audit.domain.verify({ written: '' });
    expect(faults[0]).toMatchObject({ kind });
    expect(faults[0]?.seq).toBeGreaterThan(0);
  });

  it('completes a line that a crash cut off, and never takes that for tampering', async () => {
    const whole = lines();
    await made.vault.lock();
    writeFileSync(file, `${whole[0] ?? ''}\n${whole[1]?.slice(0, 40) ?? ''}`);
    await made.domain.unlock({ passphrase: PASSPHRASE });
    expect((await made.audit.domain.verify({ written: '' })).faults).toEqual([]);
    expect((await made.domain.state({})).notices[0]?.text).toContain('completed');
  });

  it('finds out that it is shorter than, or another than, what was written down', async () => {
    const { short } = await made.audit.domain.head({});
    expect((await made.audit.domain.verify({ written: short })).faults).toEqual([]);
    expect((await made.audit.domain.verify({ written: short.toLowerCase() })).faults).toEqual([]);
    expect((await made.audit.domain.verify({ written: `999 ${short.slice(2)}` })).faults).toMatchObject([
      { kind: 'truncated' },
    ]);
    expect((await made.audit.domain.verify({ written: '2 0000 0000 0000' })).faults).toMatchObject([
      { kind: 'head', seq: 2 },
    ]);
  });

  it('is exported as JSON Lines with a signed head, never over a file without asking', async () => {
    const target = join(made.folder, 'audit-export.jsonl');
    appendFileSync(target, 'mine');
    await expect(made.audit.domain.export({ target, overwrite: false })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    });
    const { entries } = await made.audit.domain.export({ target, overwrite: true });
    expect(readFileSync(target, 'utf8').trimEnd().split('\n')).toHaveLength(entries);
    expect(JSON.parse(readFileSync(`${target}.head.json`, 'utf8'))).toMatchObject({
      entries,
      format: 'baleen-audit-head-1',
    });
  });
});

describe('the chain', () => {
  const key = Buffer.alloc(32, 7);
  const chain = { workspaceId: 'ws-a', auditKey: key };
  function records(count: number): StoredAuditRecord[] {
    const list: StoredAuditRecord[] = [];
    for (let seq = 1; seq <= count; seq += 1)
      list.push(
        sealRecord(
          key,
          'ws-a',
          { action: 'a.b', outcome: 'done', summary: `entry ${seq}`, subjects: [] },
          {
            seq,
            at: '2026-11-24T12:00:00.000Z',
            version: '0',
            previous: list.at(-1)?.hash ?? recordGenesis(),
          },
        ),
      );
    return list;
  }
  function recordGenesis(): string {
    return checkless.genesis;
  }
  const checkless = { genesis: '' };

  it('locates an alteration although all later hashes were recomputed', async () => {
    const { genesisHash } = await import('./audit-record.ts');
    checkless.genesis = genesisHash('ws-a');
    const forged = records(5);
    expect(checkRecords(chain, forged)).toEqual([]);
    // What somebody without the key can do: change entry 3 and recompute every hash after it.
    let previous = forged[1]?.hash ?? '';
    for (const record of forged.slice(2)) {
      if (record.seq === 3) record.summary = 'something else';
      record.previous = previous;
      record.hash = recordHash('ws-a', record);
      previous = record.hash;
    }
    expect(checkRecords(chain, forged)[0]).toMatchObject({ seq: 3, kind: 'forged' });
  });

  it('locates deletion and reordering', () => {
    expect(checkRecords(chain, records(5).toSpliced(2, 1))[0]).toMatchObject({ seq: 3, kind: 'missing' });
    const swapped = records(4);
    expect(
      checkRecords(
        chain,
        [swapped[0], swapped[2], swapped[1], swapped[3]].filter((record) => record !== undefined),
      ).map(({ kind }) => kind),
    ).toContain('missing');
  });
});
