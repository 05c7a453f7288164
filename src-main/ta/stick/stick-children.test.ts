import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../../testing/test-app.ts';
import { ALL, associated, initProxy } from '../../testing/test-proxy-app.ts';
import { remoteChild } from '../../testing/test-remote-child.ts';
import {
  lastAudit,
  open,
  publishedBy,
  refusal,
  SLOW,
  stateOf,
  type TestStation,
  testStation,
  write,
  writeDue,
} from '../../testing/test-station.ts';

let station: TestStation;
let proxy: TestApp;
beforeEach(async () => {
  station = testStation();
  proxy = await station.start('online');
}, SLOW);
afterEach(() => station.end());

test('a child on another machine: its request is expected, then its answer is due until it asked', async () => {
  const signer = await station.start('offline');
  await associated(proxy, signer, publishedBy(proxy));
  const child = await remoteChild('remote/one', proxy.clock.now());
  station.put('child-request.xml', child.requestXml);
  expect(await stateOf(proxy, 'child-request.xml')).toBe('expected: The child remote/one asks to be added.');
  const { opens, id } = await open(proxy, 'child-request.xml');
  expect(opens).toBe('child-info');
  const info = { kind: 'file' as const, id };
  await proxy.call('ta.childAdd', { from: info, handle: child.handle, resources: ALL });
  expect(await stateOf(proxy, 'child-request.xml')).toBe('done: The child remote/one is added.');
  expect(await writeDue(proxy)).toEqual(['res.xml']);
  expect(await stateOf(proxy, 'res.xml')).toMatch(/^own: The answer of this proxy to the child remote\/one/);
  const stranger = await remoteChild('remote/one', proxy.clock.now());
  station.put('child-request.xml', stranger.requestXml);
  expect(await stateOf(proxy, 'child-request.xml')).toMatch(
    /^unexpected: .*identity …\w{8} \(id_cert\); the one that was added is …/,
  );
});

test('a CA of this workspace by files: it is added, and takes both answers, each once', async () => {
  const signer = await station.start('offline');
  await associated(proxy, signer, publishedBy(proxy));
  await proxy.result(await proxy.call('ta.localCreate', { handle: 'online' }));
  expect((await proxy.call('ta.sticks', {})).waits).toContain(
    "The child online waits for res.xml of this workspace's proxy.",
  );
  await write(proxy, { half: 'child', what: 'online', child: 'online' });
  expect(await stateOf(proxy, 'online.json')).toBe('expected: The child online asks to be added.');
  const { id } = await open(proxy, 'online.json');
  await proxy.call('ta.childAdd', { from: { kind: 'file', id }, handle: 'online', resources: ALL });
  expect(await stateOf(proxy, 'online.json')).toMatch(/^own: The child online of this workspace/);
  // It needs no file for what it can take here; nothing is due.
  expect(await writeDue(proxy)).toEqual([]);
  await write(proxy, { half: 'proxy', what: 'parent-response', child: 'online' });
  expect(await stateOf(proxy, 'res.xml')).toMatch(/^expected: The answer of a parent to the child online/);
  expect(await open(proxy, 'res.xml')).toMatchObject({
    opens: 'local-child',
    id: 'online',
    says: 'online has the parent ta now.',
  });
  expect(await lastAudit(proxy)).toMatchObject({ action: 'ta.stickOpen', outcome: 'done' });
  expect(await stateOf(proxy, 'res.xml')).toBe('done: The child online has its parent already.');
  expect((await refusal(open(proxy, 'res.xml'))).message).toMatch(/^res\.xml is not opened here\./);
  expect(await stateOf(proxy, 'online.json')).toMatch(/^done: /);

  await write(proxy, { half: 'child', what: 'repo-res', child: 'online' });
  expect(await stateOf(proxy, 'repo-res.xml')).toMatch(
    /^expected: The answer of a publication server to the child/,
  );
  expect((await open(proxy, 'repo-res.xml')).says).toMatch(/^online publishes at rsync:/);
  expect((await proxy.call('ta.sticks', {})).waits.join()).not.toContain('child online');

  const other = await station.start('online');
  await initProxy(other, publishedBy(other));
  await other.result(await other.call('ta.localCreate', { handle: 'online' }));
  expect(await stateOf(other, 'res.xml')).toMatch(
    /^unexpected: It is the answer of another parent, …\w{8} \(parent_bpki_ta\)/,
  );
  expect(await stateOf(other, 'repo-res.xml')).toMatch(/^expected: /);
});
