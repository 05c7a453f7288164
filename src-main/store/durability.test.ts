import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../audit/audit-record.ts';
import { testClock } from '../testing/test-ports.ts';
import { PASSPHRASE, testVault } from '../testing/test-workspace.ts';
import { foldLog, openDatabase } from './database.ts';
import { closeWhole, migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { startStore } from './store.ts';
import type { Store } from './store-contract.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baleen-durable-'));
const mounted: string[] = [];
afterAll(() => {
  for (const path of mounted) execFileSync('umount', ['-l', path]);
  rmSync(scratch, { recursive: true, force: true });
});

const KEY = new Uint8Array(32).fill(7);
const audit = (summary: string): AuditEntry => ({
  action: 'test.take',
  outcome: 'done',
  summary,
  subjects: [],
});

async function openAt(folder: string, create = false): Promise<Store> {
  return startStore(
    {
      worker: new URL('./store-worker.ts', import.meta.url),
      clock: testClock(),
      died: () => undefined,
    },
    {
      path: join(folder, 'workspace.db'),
      auditFile: join(folder, 'audit.jsonl'),
      workspaceId: 'ws-aaaaaaaaaaaaaaaa',
      version: '0.0.0-test',
      key: Uint8Array.from(KEY),
      auditKey: new Uint8Array(32).fill(9),
      create,
    },
  );
}

/** Starts the writer, kills it -9 after a random while, answers what it had been told is stored. */
async function burst(folder: string, round: number): Promise<string[]> {
  const program = new URL('../testing/burst-writer.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, folder, String(round)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complained = '';
  child.stderr.on('data', (bytes: Buffer) => void (complained += String(bytes)));
  const { promise: opened, resolve } = Promise.withResolvers<void>();
  child.stdout.on('data', (bytes: Buffer) => {
    said += String(bytes);
    if (said.startsWith('open')) resolve();
  });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  await Promise.race([opened, ended]);
  await new Promise((done) => setTimeout(done, Math.random() * 40));
  child.kill('SIGKILL');
  await ended;
  expect(complained.replaceAll(/.*(Warning|--trace).*\n/g, '')).toBe('');
  // The last line may be cut off: then it was not told completely.
  return said.slice(0, said.lastIndexOf('\n')).split('\n').slice(1);
}

test('kill -9 at random points of 50 bursts loses nothing that was acknowledged', async () => {
  const folder = join(scratch, 'burst');
  mkdirSync(folder);
  const acknowledged = new Set<string>();
  for (let round = 0; round < 50; round += 1)
    for (const value of await burst(folder, round)) acknowledged.add(value);
  expect(acknowledged.size).toBeGreaterThan(20);

  const store = await openAt(folder);
  const { faults } = await store.run('audit.check', { written: '' });
  expect(faults).toEqual([]);
  const records = await store.run('audit.all', {});
  const stored = new Set(records.map(({ summary }) => summary.replaceAll('.', '')));
  expect([...acknowledged].filter((value) => !stored.has(value))).toEqual([]);
  for (const value of [...acknowledged].slice(-20))
    expect(await store.run('ledger.has', { kind: 'serial', scope: 'burst', value })).toBe(true);
  await store.close();
  // The file beside it has one whole line for each record, in order.
  const lines = readFileSync(join(folder, 'audit.jsonl'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(
    records.map(({ seq }) => seq),
  );
}, 300_000);

test('what is committed is moved into the database once there is much of it, and not before', () => {
  const folder = join(scratch, 'folded');
  mkdirSync(folder);
  const db = openDatabase(join(folder, 'workspace.db'), KEY, true);
  const left = (): number => {
    const [now] = db.pragma('wal_checkpoint(NOOP)') as { log: number; checkpointed: number }[];
    return (now?.log ?? -1) - (now?.checkpointed ?? 0);
  };
  db.exec('CREATE TABLE files (bytes BLOB)');
  foldLog(db);
  const few = left();
  expect(few).toBeGreaterThan(0);
  db.prepare('INSERT INTO files VALUES (?)').run(Buffer.alloc(20_000_000, 1));
  expect(left()).toBeGreaterThan(4096);
  foldLog(db);
  expect(left()).toBe(0);
  db.close();
});

describe('migrations', () => {
  const next = MIGRATIONS.length + 1;
  const more = [...MIGRATIONS, { version: next, sql: 'ALTER TABLE settings ADD COLUMN note TEXT' }];

  async function atThisVersion(name: string): Promise<{ folder: string; path: string }> {
    const folder = join(scratch, name);
    mkdirSync(folder);
    const store = await openAt(folder, true);
    await store.run('ledger.take', { kind: 'serial', scope: 'a', value: '01', audit: audit('kept') });
    await store.close();
    return { folder, path: join(folder, 'workspace.db') };
  }

  test('run on a copy, are checked, and take the old file’s place', async () => {
    const { folder, path } = await atThisVersion('migrated');
    const inode = statSync(path).ino;
    const db = migrate(openDatabase(path, KEY, false), path, KEY, more);
    expect(db.pragma('user_version', { simple: true })).toBe(next);
    expect(db.prepare('SELECT value FROM ledger').pluck().all()).toEqual(['01']);
    closeWhole(db);
    expect(statSync(path).ino).not.toBe(inode);
    expect(readdirSync(folder).toSorted()).toEqual(['audit.jsonl', 'workspace.db']);
    // The next start of this version says that it is too old, and leaves the file alone.
    const before = readFileSync(path);
    await expect(openAt(folder)).rejects.toMatchObject({ code: 'WORKSPACE_NEWER' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test.each([
    ['fails', 'ALTER TABLE nothing ADD COLUMN note TEXT'],
    ['loses rows', 'DROP TRIGGER ledger_no_delete; DELETE FROM ledger'],
    ['loses a signer', 'DELETE FROM signers'],
  ])('one that %s leaves the old file as it was', async (name, sql) => {
    const { folder, path } = await atThisVersion(`migration ${name}`);
    const before = readFileSync(path);
    const db = openDatabase(path, KEY, false);
    expect(() => migrate(db, path, KEY, [...MIGRATIONS, { version: next, sql }])).toThrow();
    db.close();
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder).filter((file) => file.includes('migrating'))).toEqual([]);
    const store = await openAt(folder);
    expect(await store.run('ledger.has', { kind: 'serial', scope: 'a', value: '01' })).toBe(true);
    await store.close();
  });
});

/** What a release wrote, one folder each; a new release adds one (docs/workspace.md). */
const fixtures = new URL('../testing/workspaces/', import.meta.url).pathname;

describe('workspaces of every release', () => {
  const releases = readdirSync(fixtures);
  test('are there', () => expect(releases).toContain('0.1.0'));
  test.each(releases)('%s opens, verifies and goes on working', async (release) => {
    const made = testVault();
    const folder = join(made.folder, 'old');
    mkdirSync(folder);
    for (const file of readdirSync(join(fixtures, release)))
      copyFileSync(join(fixtures, release, file), join(folder, file));
    await made.vault.open(folder);
    await made.domain.unlock({ passphrase: PASSPHRASE });
    // The head that release signed is read, and fits.
    expect((await made.domain.state({})).notices).toEqual([]);
    expect(existsSync(join(folder, 'audit-head.json'))).toBe(true);
    expect(await made.audit.domain.verify({ written: '' })).toMatchObject({ faults: [] });
    const store = made.vault.session().store;
    const { rows } = await store.run('certificates.list', ALL_CERTIFICATES);
    expect(rows.map(({ name }) => name).toSorted()).toEqual(['Fixture Root', 'leaf.example.net']);
    // The tables of later migrations are there and empty.
    expect(await store.run('ta.half', { half: 'signer' })).toBeNull();
    expect(await store.run('ta.children', {})).toEqual([]);
    expect(await store.run('signers.config', {})).toEqual({
      revision: 1,
      signers: [expect.objectContaining({ id: 'software', kind: 'software', settings: null, sealed: null })],
      roles: { defaultSigner: null, oneOffSigner: null },
      pending: null,
    });
    expect(await store.run('signers.keyCounts', {})).toEqual([{ signer: 'software', count: 2 }]);
    const [key] = (await store.run('keys.list', { query: '', cursor: null, limit: 10 })).rows;
    expect(key).toBeDefined();
    const { id, sealed } = await store.run('keys.get', { id: key?.id ?? '' });
    // PKCS#8 in clear: the sealing of that release is still understood.
    expect(made.vault.session().open(id, sealed)[0]).toBe(0x30);
    await made.remove();
  });
});

const ALL_CERTIFICATES = {
  query: '',
  state: null,
  issuer: null,
  role: null,
  sort: 'name' as const,
  descending: false,
  cursor: null,
  limit: 10,
};

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

/** A file system of its own, which only root can mount; CI is root. */
function mount(name: string, size: string): string {
  const path = join(scratch, name);
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', path]);
  mounted.push(path);
  return path;
}

describe.skipIf(!isRoot && process.env['CI'] === undefined)('a disk that cannot be written', () => {
  test('full while a workspace is made: said, and nothing half-made stays', async () => {
    const disk = mount('tiny', '96k');
    const made = testVault({ folder: join(scratch, 'config-of-tiny') });
    const folder = join(disk, 'new');
    await expect(
      made.vault.create({ folder, name: 'New', kind: 'online', passphrase: PASSPHRASE }),
    ).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(made.vault.stateName()).toBe('none');
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  });

  test('full while writing: the write is refused, and what was stored stays and goes on', async () => {
    const disk = mount('small', '3m');
    const store = await openAt(disk, true);
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(2_000_000));
    const take = (value: string) =>
      store.run('ledger.take', { kind: 'serial', scope: 'a', value, audit: audit(value.padEnd(3000, '.')) });
    let stored = 0;
    const failure = await (async () => {
      for (;;) {
        try {
          await take(String(stored));
          stored += 1;
        } catch (error) {
          return error;
        }
      }
    })();
    expect(failure).toMatchObject({ code: 'DISK_FULL', message: expect.stringContaining('Free some space') });
    expect(stored).toBeGreaterThan(5);
    rmSync(filler);
    await take('after');
    expect((await store.run('audit.check', { written: '' })).faults).toEqual([]);
    await store.close();
    const again = await openAt(disk);
    for (const value of ['0', String(stored - 1), 'after'])
      expect(await again.run('ledger.has', { kind: 'serial', scope: 'a', value })).toBe(true);
    const lines = readFileSync(join(disk, 'audit.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(
      lines.map((_, index) => index + 1),
    );
    await again.close();
  });

  test('read-only: unlocking says so and changes nothing', async () => {
    const disk = mount('sealed', '8m');
    const made = testVault({ folder: join(scratch, 'config-of-sealed') });
    const folder = join(disk, 'ws');
    await made.vault.create({ folder, name: 'New', kind: 'online', passphrase: PASSPHRASE });
    await made.vault.close();
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const before = readFileSync(join(folder, 'workspace.db'));
    const opening = (async () => {
      await made.vault.open(folder);
      await made.domain.unlock({ passphrase: PASSPHRASE });
    })();
    await expect(opening).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(made.vault.stateName()).not.toBe('unlocked');
    expect(readFileSync(join(folder, 'workspace.db')).equals(before)).toBe(true);
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    await made.vault.open(folder);
    await made.domain.unlock({ passphrase: PASSPHRASE });
    await made.remove();
  });
});
