import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contract } from '#shared/contract/index.ts';
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
    const { rows } = await made.audit.domain.list(all);
    expect(rows.slice(0, 2)).toMatchObject([
      { action: 'workspace.unlock', outcome: 'done' },
      {
        action: 'workspace.whileLocked',
        outcome: 'refused',
        summary: 'While locked, 2026-11-24 12:00:00 Z: unlocking: That is not the passphrase.',
      },
    ]);
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
    // As it lies there when the program ends in the middle: never locked.
    const crashed = join(made.folder, 'crashed');
    cpSync(made.vault.opened()?.folder ?? '', crashed, { recursive: true });
    const whole = lines();
    writeFileSync(join(crashed, 'audit.jsonl'), `${whole[0] ?? ''}\n${whole[1]?.slice(0, 40) ?? ''}`);
    await made.vault.open(crashed);
    await made.domain.unlock({ passphrase: PASSPHRASE });
    expect((await made.audit.domain.verify({ written: '' })).faults).toEqual([]);
    expect((await made.domain.state({})).notices.map(({ severity }) => severity)).toEqual(['note']);
    expect((await made.domain.state({})).notices[0]?.text).toContain('completed');
  });

  it('finds out that it is shorter than, or another than, what was written down', async () => {
    const { short } = await made.audit.domain.head({});
    expect((await made.audit.domain.verify({ written: short })).faults).toEqual([]);
    expect((await made.audit.domain.verify({ written: short.toLowerCase() })).faults).toEqual([]);
    const readRight = true;
    const longer = `999 ${short.slice(2)}`;
    expect((await made.audit.domain.verify({ written: longer, readRight })).faults).toMatchObject([
      { kind: 'truncated' },
    ]);
    const other = '2 0000 0000 0000';
    expect((await made.audit.domain.verify({ written: other, readRight })).faults).toMatchObject([
      { kind: 'head', seq: 2 },
    ]);
  });

  it('is exported as JSON Lines with a signed head, never over either file without asking', async () => {
    const target = join(made.folder, 'audit-export.jsonl');
    const headFile = `${target}.head.json`;
    writeFileSync(headFile, 'mine too');
    // Neither is written when one of them is somebody's.
    await expect(made.audit.domain.export({ target, overwrite: false })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
      details: { subject: headFile },
    });
    expect(existsSync(target)).toBe(false);
    expect(readFileSync(headFile, 'utf8')).toBe('mine too');
    appendFileSync(target, 'mine');
    await expect(made.audit.domain.export({ target, overwrite: false })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    });
    const { entries } = await made.audit.domain.export({ target, overwrite: true });
    expect(readFileSync(target, 'utf8').trimEnd().split('\n')).toHaveLength(entries);
    expect(JSON.parse(readFileSync(headFile, 'utf8'))).toMatchObject({
      entries,
      format: 'baleen-audit-head-1',
    });
    const kept = readdirSync(made.folder).filter((name) => name.includes('.bak-'));
    expect(kept.map((name) => readFileSync(join(made.folder, name), 'utf8')).toSorted()).toEqual([
      'mine',
      'mine too',
    ]);
  });

  it('says before that it is about to be exported, and that it was once both files are there', async () => {
    const target = join(made.folder, 'audit-export.jsonl');
    await expect(
      made.audit.domain.export({ target: join(made.folder, 'gone', 'a.jsonl'), overwrite: true }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await made.audit.domain.export({ target, overwrite: true });
    const { rows } = await made.audit.domain.list({ ...all, action: 'audit.export' });
    expect(rows.map(({ summary }) => summary)).toEqual([
      `The audit (3 entries) was exported to ${target}`,
      `The audit (3 entries) is about to be exported to ${target}`,
      `The audit (2 entries) is about to be exported to ${join(made.folder, 'gone', 'a.jsonl')}`,
    ]);
  });
});

describe('locking and closing', () => {
  const actions = async (): Promise<string[]> =>
    (await made.audit.domain.list(all)).rows
      .map(({ action, summary }) => `${action}: ${summary}`)
      .filter((line) => /lock|close/.test(line));

  it('are on record, whoever asked for it, as the last entry before the keys are gone', async () => {
    await made.vault.lock();
    await made.domain.unlock({ passphrase: PASSPHRASE });
    made.clock.advance(3_600_000);
    const folder = made.vault.opened()?.folder ?? '';
    // The lock is queued behind what runs; asking for another step waits for it.
    await made.vault.open(folder);
    expect(made.vault.stateName()).toBe('locked');
    await made.domain.unlock({ passphrase: PASSPHRASE });
    made.suspend();
    await made.vault.open(folder);
    await made.domain.unlock({ passphrase: PASSPHRASE });
    await made.domain.close({});
    expect(JSON.parse(lines().at(-1) ?? '')).toMatchObject({ action: 'workspace.close', outcome: 'done' });
    await made.vault.open(folder);
    await made.domain.unlock({ passphrase: PASSPHRASE });
    expect((await actions()).toReversed()).toEqual([
      'workspace.lock: Locked',
      'workspace.unlock: Unlocked with the passphrase',
      'workspace.lock: Locked by itself after the idle minutes',
      'workspace.unlock: Unlocked with the passphrase',
      'workspace.lock: Locked because the machine went to sleep',
      'workspace.unlock: Unlocked with the passphrase',
      'workspace.close: The workspace was closed',
      'workspace.unlock: Unlocked with the passphrase',
    ]);
  });

  it('a lock that was refused is on record as well', () => {
    expect([contract['workspace.lock'].changes, contract['workspace.close'].changes]).toEqual([true, true]);
  });
});

describe('the signed head', () => {
  const notices = async (): Promise<string[]> =>
    (await made.domain.state({})).notices
      .filter(({ severity }) => severity === 'bad')
      .map(({ text }) => text);
  const headFile = (): string => join(made.vault.opened()?.folder ?? '', 'audit-head.json');
  const relock = async (between: (folder: string) => void): Promise<void> => {
    await made.vault.lock();
    between(made.vault.opened()?.folder ?? '');
    await made.domain.unlock({ passphrase: PASSPHRASE });
  };

  it('names the lock as the last entry, and is quiet about an honest workspace', async () => {
    await relock(() => undefined);
    const signed = JSON.parse(readFileSync(headFile(), 'utf8')) as { entries: number; head: string };
    expect(await made.audit.domain.get({ seq: signed.entries })).toMatchObject({
      action: 'workspace.lock',
      hash: signed.head,
    });
    expect(await notices()).toEqual([]);
    expect((await made.audit.domain.verify({ written: '' })).faults).toEqual([]);
  });

  it('tells of a workspace whose database and audit file were rolled back', async () => {
    const old = join(made.folder, 'old');
    await relock((folder) => cpSync(folder, old, { recursive: true }));
    await made.audit.refused('keys.destroy', new AppError('NOT_ALLOWED_NOW', 'It is in use.'));
    await relock((folder) => {
      for (const name of ['workspace.db', 'audit.jsonl']) cpSync(join(old, name), join(folder, name));
    });
    expect(await notices()).toEqual([expect.stringMatching(/rolled back|cut back/)]);
    expect((await made.audit.domain.verify({ written: '' })).faults).toMatchObject([{ kind: 'truncated' }]);
  });

  it.each([
    ['not by this workspace', (text: string) => text.replace(/"entries": \d+/, '"entries": 1')],
    ['not at all readable', () => '{"format":"baleen-audit-head-1"}'],
  ])('that was signed %s is said', async (_name, change) => {
    await relock(() => writeFileSync(headFile(), change(readFileSync(headFile(), 'utf8'))));
    expect(await notices()).toEqual([expect.stringContaining('audit-head.json')]);
    expect((await made.audit.domain.verify({ written: '' })).faults.length).toBe(1);
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
