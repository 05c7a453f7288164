import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTal } from '../rpki/tal.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { wordsOf } from '../lib/pgp-words.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import {
  approve,
  dateOf,
  exportTo,
  groupsOf,
  krillFile,
  openRequest,
  setUpSigner,
  signerOf,
} from '../testing/test-signer.ts';

const WEEK_MS = 7 * 86_400_000;
const request = (name: string): Buffer => krillFile(`exchanges/${name}/request.json`);
const scratch = mkdtempSync(join(tmpdir(), 'baleen-ta-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
  await app.create('offline');
});
afterEach(() => app.remove());

const lastAudit = async () => (await app.call('audit.list', { limit: 1 })).rows[0];
const signer = () => signerOf(app);

describe('an exchange', () => {
  beforeEach(async () => {
    await setUpSigner(app);
    app.clock.advance(60_000);
  });

  test('is reviewed, approved by the words of its digest, and recorded with both files', async () => {
    const bytes = request('x1-issue');
    const { id, view } = await openRequest(app, bytes);
    expect(view.faults).toEqual([]);
    expect(view.verdict.severity).toBe('careful');
    expect(view.unusual).toEqual(['online is a new child: it was in no exchange before.']);
    expect(view.outcome).toMatchObject({
      number: { before: '1', after: '2' },
      certificates: { before: '0', after: '1' },
    });
    expect(view.children[0]?.wishes[0]).toMatchObject({ what: 'new', problems: [] });
    expect(view.groups).toHaveLength(3);
    // Nothing that the window is told holds the digits it asks for, and opening it again asks for no others.
    const digest = sha256Hex(bytes).toUpperCase();
    expect(view.file.sha256).toBeNull();
    expect(JSON.stringify(view).toUpperCase()).not.toContain(digest.slice(0, 8));
    expect((await openRequest(app, bytes)).view.groups).toEqual(view.groups);
    await expect(
      app.call('ta.approve', { id, groups: ['0000', 'aardvark adroitness', 'zzzz'], number: null }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^What was typed for group \d+ is not a group: /) as string,
      reply: { details: { fields: [{ path: `typed.${view.groups[2] ?? 0}` }] } },
    });
    await expect(
      app.call('ta.approve', { id, groups: ['0000', 'aardvark adroitness', '0000'], number: null }),
    ).rejects.toThrow(/not the file the proxy made/);
    expect((await signer()).number).toBe('1');
    expect((await lastAudit())?.outcome).toBe('refused');
    const exchange = await app.result(
      await app.call('ta.approve', {
        id,
        groups: groupsOf(bytes, view.groups).flatMap((group) => wordsOf(group.toUpperCase())),
        number: null,
      }),
    );
    expect((await signer()).issued).toMatchObject([{ child: 'online' }]);
    const past = await app.call('ta.exchange', { id: exchange });
    expect(past).toMatchObject({ holds: true, row: { number: '2', issued: 1, revoked: 0 } });
    expect(past.text).toContain('Session number:    1');
    expect(past.review.outcome.number).toEqual({ before: '1', after: '2' });
  });

  test('a request answered before offers its response; the same nonce with other content is stopped with what differs', async () => {
    const first = krillFile('exchanges/same-nonce-first.json');
    const exchange = await approve(app, first);
    const again = await openRequest(app, first);
    expect(again.view.nonce).toMatchObject({ state: 'answered', exchange, differs: [] });
    expect(again.view.canSign).toBe(false);
    const other = await openRequest(app, krillFile('exchanges/same-nonce-second.json'));
    expect(other.view.nonce.state).toBe('other-content');
    expect(other.view.nonce.differs.length).toBeGreaterThan(0);
    expect(other.view.verdict.severity).toBe('bad');
    await expect(
      app.call('ta.approve', {
        id: other.id,
        groups: groupsOf(krillFile('exchanges/same-nonce-second.json'), other.view.groups),
        number: null,
      }),
    ).rejects.toThrow(/Stop/);
    expect((await signer()).number).toBe('2');
  });

  test('a roll: new key, then the old one revoked; the text is that of krillta but for what each made itself', async () => {
    await approve(app, request('x1-issue'));
    const roll = await openRequest(app, request('x4-roll-init'));
    expect(roll.view.children[0]?.wishes[0]?.what).toBe('rekey');
    await approve(app, request('x4-roll-init'));
    const activate = await openRequest(app, request('x5-roll-activate'));
    expect(activate.view.children[0]?.wishes.map(({ what }) => what)).toContain('revoke');
    await approve(app, request('x5-roll-activate'));
    const made = await signer();
    expect(made).toMatchObject({ number: '4', revoked: 1 });
    expect(made.issued.map(({ child }) => child)).toEqual(['online']);
    const krill = krillFile('exchanges/exchanges.txt').toString('utf8');
    const { rows } = await app.call('ta.exchanges', {});
    const texts = await Promise.all(rows.map(({ id }) => app.call('ta.exchange', { id })));
    const rolled = texts.find(({ text }) => text.includes('revoked '))?.text ?? '';
    const line = /revoked +\| [0-9A-F]{40} \| online/;
    expect(line.exec(rolled)?.[0]).toBe(line.exec(krill)?.[0]);
  });

  test('edited, cut off, of another kind: refused in one sentence, nothing written, one record', async () => {
    const good = request('x1-issue').toString('utf8');
    const edited = await openRequest(
      app,
      Buffer.from(good.replace('"child": "online"', '"child": "offline"')),
    );
    expect(edited.view.canSign).toBe(false);
    expect(edited.view.faults.map(({ text }) => text).join()).toMatch(
      /clear text differs from what was signed, at request\.child_requests\[0\]\.child: .*copy it again/,
    );
    expect(edited.view.verdict.title).toMatch(/^Do not sign: this file is damaged\. Copy it again/);
    // What was signed is shown, not what somebody wrote over it.
    expect(edited.view.children.map(({ handle }) => handle)).toEqual(['online']);
    for (const bytes of [
      Buffer.from(good.slice(0, 3000)),
      krillFile('setup/proxy-id.json'),
      Buffer.from('garbage'),
    ]) {
      const { total } = await app.call('audit.list', { limit: 1 });
      await expect(openRequest(app, bytes, 'stick.json')).rejects.toThrow(
        /stick\.json is .*wanted is a request/,
      );
      // The upload itself leaves none; the refusal leaves one.
      const after = await app.call('audit.list', { limit: 1 });
      expect(after.total).toBe(total + 1);
      expect(after.rows[0]).toMatchObject({ action: 'ta.openRequest', outcome: 'refused' });
    }
    // Cut off inside the message: nothing of it is known, so nothing is told.
    const cut = JSON.parse(good) as { signed: { message: string } };
    cut.signed.message = cut.signed.message.slice(0, 2000);
    const { view } = await openRequest(app, Buffer.from(JSON.stringify(cut)));
    expect(view.verdict.title).toMatch(
      /^Do not sign: this file is damaged or of another kind\. Copy it again/,
    );
    expect(view.verdict.checks.map(({ text }) => text).join()).toContain('what is asked for cannot be read');
    expect(view).toMatchObject({ children: [], quietChildren: 0 });
    expect((await signer()).number).toBe('1');
  });

  test('a clock before the last exchange stops it; a request past its time is refused with the date', async () => {
    await app.later(20 * 86_400_000);
    const late = await openRequest(app, request('x1-issue'));
    expect(late.view.canSign).toBe(false);
    expect(late.view.faults.map(({ text }) => text).join()).toMatch(/it ended at 2026-12-08/);
    expect(late.view.verdict.title).toMatch(
      /^This request ended on 2026-12-08 \d\d:\d\d Z, and the clock of this machine says /,
    );
  });

  test('a number may be chosen upwards only, with its reason on record', async () => {
    const bytes = request('x3-empty');
    const { id, view } = await openRequest(app, bytes);
    const groups = groupsOf(bytes, view.groups);
    await expect(
      app.call('ta.approve', { id, groups, number: { value: '1', reason: 'because' } }),
    ).rejects.toThrow(/must be above 1/);
    const big = '9007199254740993';
    await app.result(
      await app.call('ta.approve', { id, groups, number: { value: big, reason: 'after a lost laptop' } }),
    );
    expect((await signer()).number).toBe(big);
    expect((await lastAudit())?.summary).toContain('after a lost laptop');
  });

  test('rejecting writes the reason and gives a text for the proxy', async () => {
    const { id } = await openRequest(app, request('x1-issue'));
    const { nonce } = await app.call('ta.review', { id });
    const { text, rejection } = await app.call('ta.reject', { id, reason: 'Nobody announced this child.' });
    expect(text).toContain('Nobody announced this child.');
    const again = await openRequest(app, request('x1-issue'));
    expect(again.view.unusual[0]).toMatch(
      /^This file was rejected here on .* because: Nobody announced this child\./,
    );
    expect(again.view.verdict.severity).toBe('careful');
    // What stands on the proxy's screen names it; the digits of the file are asked for, and never told here.
    expect(text).toContain(`Request ${nonce.value} was not signed.`);
    expect(text).toMatch(/^File: .*, signed by the proxy at 20/m);
    expect(text.toUpperCase()).not.toContain(sha256Hex(request('x1-issue')));
    const path = join(app.folder, 'rejection.txt');
    app.places.push(path);
    const { chosen } = await app.call('dialogs.saveFile', { purpose: 'export', suggestedName: 'x.txt' });
    await app.call('ta.rejectionExport', { rejection, target: chosen?.ticket ?? '', overwrite: false });
    expect(readFileSync(path, 'utf8')).toBe(`${text}\n`);
    expect((await lastAudit())?.summary).toMatch(/^Wrote rejection to /);
    await expect(app.call('ta.review', { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('reissue keeps key and base, changes URIs and end, and the next response points at the new place', async () => {
    await approve(app, request('x1-issue'));
    const before = await signer();
    await app.later(WEEK_MS);
    await expect(
      app.call('ta.reissue', { https: [], rsync: 'rsync://localhost/repo/x.cer', notify: null, years: 50 }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await app.result(
      await app.call('ta.reissue', {
        https: ['https://localhost:3900/ta/ta.cer', 'https://mirror.example.net/ta/ta.cer'],
        rsync: 'rsync://localhost/ta/ta.cer',
        notify: 'https://localhost:3900/rrdp/notification.xml',
        years: 50,
        today: dateOf(app),
      }),
    );
    const after = await signer();
    expect(after).toMatchObject({ keyId: before.keyId, baseUri: before.baseUri, number: before.number });
    expect(after.certificate.serial).not.toBe(before.certificate.serial);
    expect(after.talUris).toHaveLength(3);
    const { rows } = await app.call('ta.exchanges', {});
    // What was signed under the former certificate still holds.
    expect((await app.call('ta.exchange', { id: rows[0]?.id ?? '' })).holds).toBe(true);
  });

  test('every file is written as asked, and OpenSSL verifies the response, its CRL and the certificates', async () => {
    const exchange = await approve(app, request('x1-issue'));
    const write = async (what: 'signer-info' | 'tal' | 'certificate' | 'response', name: string) => {
      const path = join(scratch, name);
      await exportTo(app, what, path, what === 'response' ? exchange : null);
      return readFileSync(path);
    };
    const info = JSON.parse((await write('signer-info', 'signer-info.json')).toString('utf8')) as {
      id: { base64: string };
    };
    const response = JSON.parse((await write('response', 'response.json')).toString('utf8')) as {
      signed: { message: string };
      response: { objects: { crl: { base64: string }; issued: Record<string, { base64: string }> } };
    };
    const [ta, tal] = [await write('certificate', 'ta.cer'), await write('tal', 'ta.tal')];
    expect(readTal(tal).uris).toHaveLength(2);
    const put = (name: string, bytes: Buffer): string => {
      const path = join(scratch, name);
      writeFileSync(path, bytes);
      return path;
    };
    const openssl = (...args: string[]): string =>
      execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const pem = (name: string, type: string, bytes: Buffer): string =>
      put(name, Buffer.from(openssl(type, '-inform', 'DER', '-in', put(`${name}.der`, bytes))));
    const identity = pem('identity.pem', 'x509', Buffer.from(info.id.base64, 'base64'));
    const at = String(Date.parse('2026-11-24T12:00:01Z') / 1000);
    const cms = put('response.cms', Buffer.from(response.signed.message, 'base64'));
    const content = join(scratch, 'content.json');
    openssl(
      'cms',
      '-verify',
      '-inform',
      'DER',
      '-in',
      cms,
      '-CAfile',
      identity,
      '-purpose',
      'any',
      '-attime',
      at,
      '-crl_check',
      '-out',
      content,
    );
    expect(JSON.parse(readFileSync(content, 'utf8'))).toEqual(response.response);
    const [issued] = Object.values(response.response.objects.issued);
    const child = pem('child.pem', 'x509', Buffer.from(issued?.base64 ?? '', 'base64'));
    const crl = pem('ta-crl.pem', 'crl', Buffer.from(response.response.objects.crl.base64, 'base64'));
    const anchor = pem('ta.pem', 'x509', ta);
    expect(
      openssl('verify', '-CAfile', anchor, '-CRLfile', crl, '-crl_check', '-attime', at, child),
    ).toContain('OK');
  });
});
