import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StickOrder } from '#shared/contract/ta-stick.ts';
import { sha256Hex } from '../../lib/bytes.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { BASE, initProxy, proxyFileOf } from '../../testing/test-proxy-app.ts';
import {
  lastAudit,
  open,
  publishedBy,
  refusal,
  SLOW,
  stateOf,
  stickOf,
  type TestStation,
  testStation,
  write,
  writeDue,
} from '../../testing/test-station.ts';

let station: TestStation;
let proxy: TestApp;

describe('media that fail', () => {
  const PROXY_ID: StickOrder = { half: 'proxy', what: 'proxy-id', child: null };
  let id: Buffer;
  beforeEach(async () => {
    station = testStation();
    proxy = await station.start('online');
    await proxy.result(await proxy.call('ta.proxyInit', {}));
    id = await proxyFileOf(proxy, 'proxy-id');
  }, SLOW);
  afterEach(async () => {
    if (isRoot && readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${station.place} `))
      execFileSync('umount', [station.place]);
    await station.end();
  });

  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  function mount(options: string): void {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', station.place]);
  }
  test.runIf(isRoot)('a full one is said, and nothing half-written is left', async () => {
    mount('size=16k');
    station.put('filler', Buffer.alloc(16 * 1024));
    const full = await refusal(write(proxy, PROXY_ID));
    expect(full.code).toBe('DISK_FULL');
    expect(full.message).toMatch(/^The stick TA-STICK (is full|has too little room): proxy-id\.json/);
    expect(readdirSync(station.place)).toEqual(['filler']);
    expect(await lastAudit(proxy)).toMatchObject({
      outcome: 'refused',
      subjects: [{ id: 'proxy-id.json', sha256: sha256Hex(id) }],
    });
    rmSync(join(station.place, 'filler'));
    await write(proxy, PROXY_ID);
    // Room for octets, none for one more file: found while writing, not before.
    execFileSync('mount', ['-o', 'remount,size=1m,nr_inodes=2', station.place]);
    rmSync(join(station.place, 'proxy-id.json'));
    station.put('filler', 'x');
    expect((await refusal(write(proxy, PROXY_ID))).message).toMatch(
      /^The stick TA-STICK is full: proxy-id\.json/,
    );
  });

  test.runIf(isRoot)('a write-protected one is said; the old file stays as it was', async () => {
    mount('size=1m');
    station.put('proxy-id.json', 'old');
    execFileSync('mount', ['-o', 'remount,ro', station.place]);
    const refused = await refusal(write(proxy, PROXY_ID, true));
    expect([refused.code, refused.message]).toEqual([
      'PERMISSION_DENIED',
      'The stick TA-STICK is write-protected: proxy-id.json was not written. Slide its lock, or use another one.',
    ]);
    expect(readFileSync(join(station.place, 'proxy-id.json'), 'utf8')).toBe('old');
  });

  test('pulled out: gone from the list, gone under its name, another one in its place', async () => {
    const stick = (await stickOf(proxy)).id;
    const away = `${station.place}-away`;
    renameSync(station.place, away);
    const pulled = await refusal(proxy.call('ta.stickWrite', { stick, order: PROXY_ID, overwrite: false }));
    expect(pulled.message).toMatch(
      /^The stick TA-STICK was pulled out or fails: proxy-id\.json was not written/,
    );
    expect((await stickOf(proxy)).problem).toBe('It is not there any more.');
    expect((await refusal(proxy.call('ta.stickOpen', { stick, name: 'proxy-id.json' }))).message).toMatch(
      /proxy-id\.json is no longer on the stick TA-STICK/,
    );
    renameSync(away, station.place);
    proxy.volumes[0] = { path: station.place, label: 'OTHER', totalBytes: 8e9, freeBytes: 1 };
    expect(
      (await refusal(proxy.call('ta.stickWrite', { stick, order: PROXY_ID, overwrite: false }))).message,
    ).toMatch(/another one is in its place/);
    proxy.volumes.pop();
    expect((await proxy.call('ta.sticks', {})).sticks).toEqual([]);
    expect(existsSync(join(station.place, 'proxy-id.json'))).toBe(false);
  });

  test('what an interrupted write left is swept away by the next, and never shown as a file', async () => {
    station.put('.proxy-id.json.0123456789ab.part', 'half');
    station.put('.proxy-id.json.part', 'not ours');
    expect((await stickOf(proxy)).files).toEqual([]);
    await write(proxy, PROXY_ID);
    expect(readdirSync(station.place).toSorted()).toEqual(['.proxy-id.json.part', 'proxy-id.json']);
  });

  test('a file that is too large is not read, whatever it is called', async () => {
    station.put('proxy-id.json', '');
    truncateSync(join(station.place, 'proxy-id.json'), 67_108_865);
    expect(await stateOf(proxy, 'proxy-id.json')).toMatch(/^unexpected: proxy-id\.json is too large/);
    await expect(open(proxy, 'proxy-id.json')).rejects.toMatchObject({ code: 'TOO_LARGE' });
    station.put('ta.cer', '');
    truncateSync(join(station.place, 'ta.cer'), 1_048_577);
    expect(await stateOf(proxy, 'ta.cer')).toMatch(/too large/);
  });
});

describe('a folder in the place of a stick', () => {
  beforeEach(async () => {
    station = testStation();
    proxy = await station.start('online');
  }, SLOW);
  afterEach(() => station.end());

  const choose = async (app: TestApp, path: string): Promise<string> => {
    app.places.push(path);
    const { chosen } = await app.call('dialogs.folder', { purpose: 'stick' });
    return (await app.call('ta.stickFolder', { folder: chosen?.ticket ?? '' })).path;
  };

  test('it is remembered in this workspace, says when it is gone, and is forgotten', async () => {
    proxy.volumes.pop();
    await choose(proxy, station.place);
    await initProxy(proxy, publishedBy(proxy));
    expect(await writeDue(proxy)).toHaveLength(2);
    await proxy.call('workspace.lock', {});
    await proxy.call('workspace.unlock', { passphrase: 'tundra-Okapi 7 vesper lantern' });
    expect(await stickOf(proxy)).toMatchObject({
      kind: 'folder',
      path: station.place,
      totalBytes: null,
      problem: null,
    });
    const { id } = await stickOf(proxy);
    renameSync(station.place, `${station.place}-away`);
    expect((await stickOf(proxy)).problem).toBe('It is not there any more.');
    const order: StickOrder = { half: 'proxy', what: 'proxy-id', child: null };
    expect(
      (await refusal(proxy.call('ta.stickWrite', { stick: id, order, overwrite: true }))).message,
    ).toMatch(
      /^The folder .* is not there any more: proxy-id\.json was not written\. Bring it back, or choose another one\.$/,
    );
    renameSync(`${station.place}-away`, station.place);
    await proxy.call('ta.forgetStickFolder', {});
    expect((await proxy.call('ta.sticks', {})).sticks).toEqual([]);
  });

  test('a folder that is a listed volume is one stick; the workspace itself and a file are refused', async () => {
    await choose(proxy, station.place);
    expect((await proxy.call('ta.sticks', {})).sticks).toHaveLength(1);
    const own = (await proxy.call('workspace.state', {})).workspace?.path ?? '';
    await expect(choose(proxy, own)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    station.put('file', 'x');
    await expect(choose(proxy, join(station.place, 'file'))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('the answer of a publication server goes to the choice of the repository, shown first', async () => {
    await proxy.result(await proxy.call('ta.proxyInit', {}));
    expect(await writeDue(proxy)).toEqual(['pub-req.xml']);
    const other = await station.start('online');
    await initProxy(other, publishedBy(other));
    station.put('repo-res.xml', await proxyFileOf(other, 'repo-res'));
    expect(await stateOf(proxy, 'repo-res.xml')).toBe(
      `expected: The answer of a publication server: publish at ${BASE} (sia_base).`,
    );
    const opened = await open(proxy, 'repo-res.xml');
    expect(opened.opens).toBe('repository');
    expect(opened.text).toContain('<repository_response');
  });
});
