/** Moving to a token by rolling keys, through the channels, on a real SoftHSM token; OpenSSL judges what comes of it (H-030, H-031, H-033). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SignerMigration } from '#shared/contract/signer-migration.ts';
import { missingPeers } from './testing/peers.ts';
import { addSigner } from './testing/real-signers.ts';
import { PIN, type SoftHsm, softhsm } from './testing/softhsm.ts';
import { type TestApp, testApp } from './testing/test-app.ts';
import { ALL, answeredBy, associated, makeRequest, take } from './testing/test-proxy-app.ts';
import { setUpSigner } from './testing/test-signer.ts';
import { DAY, draftOf, wizard } from './testing/test-wizard.ts';

const missing = missingPeers('softhsm2-util', 'openssl');
const why = missing.length === 0 ? '' : ` SKIPPED: missing ${missing.join(', ')}; type npm run peers`;

let app: TestApp;
let hsm: SoftHsm;
beforeEach(async () => {
  hsm = softhsm();
  app = await testApp({ live: true });
  await app.create('online', 'Moving');
});
afterEach(async () => {
  await app.remove();
  await hsm.remove();
});

async function onToken(): Promise<string> {
  hsm.addToken('My token');
  return addSigner(app, 'SoftHSM', hsm.settings('My token', { retrySeconds: 0, maxRetrySeconds: 0 }), PIN);
}

const list = (): Promise<SignerMigration> => app.call('signers.migration', {});

async function rowOf(title: string): Promise<SignerMigration['rows'][number]> {
  const { rows } = await list();
  const found = rows.find((row) => row.title === title);
  if (found === undefined) throw new Error(`no row ${title} among ${rows.map((row) => row.title).join()}`);
  return found;
}

const roll = async (title: string): Promise<string> =>
  app.result(await app.call('signers.roll', { owner: (await rowOf(title)).owner }));

async function pemOf(id: string): Promise<string> {
  const path = join(app.folder, `${id}.pem`);
  writeFileSync(path, (await app.call('ca.pem', { id, what: 'pem' })).pem);
  return path;
}

/** What OpenSSL says of the chain with nothing trusted but `root`. */
async function verified(root: string, chain: string[], leaf: string): Promise<string> {
  const files = await Promise.all(chain.map(pemOf));
  const untrusted = files.flatMap((file) => ['-untrusted', file]);
  const args = ['verify', '-x509_strict', '-CAfile', await pemOf(root), ...untrusted, await pemOf(leaf)];
  return execFileSync('openssl', args, { encoding: 'utf8' });
}

async function leafOf(issuer: string): Promise<string> {
  return wizard(app).signed(
    draftOf('server', 'www.internal', {
      issuer,
      lifetimeSeconds: DAY,
      names: { dns: 'www.internal', ip: '', uri: '', email: '' },
      key: { from: 'new', algorithm: 'p-256', label: 'www', signer: 'software' },
    }),
  );
}

const certificates = async () => (await app.call('ca.certificates', { limit: 100 })).rows;

describe.skipIf(missing.length > 0)(`moving to a token${why}`, { timeout: 180_000 }, () => {
  test('a root with room and its intermediate: new keys on the token, a cross-certificate, and the old leaf goes on', async () => {
    const { signed } = wizard(app);
    const root = await signed(draftOf('root', 'Wide Root', { pathLength: 2 }));
    const issuing = await signed(draftOf('intermediate', 'Issuing', { issuer: root, pathLength: 0 }));
    const leaf = await leafOf(issuing);
    expect((await list()).softwareKeys).toBeNull();
    expect((await list()).rows.map(({ state }) => state)).toEqual(['there', 'there']);

    const signer = await onToken();
    const before = await list();
    expect(before.to).toBe('SoftHSM');
    expect(before.done).toBe(0);
    expect(
      before.rows.map(({ title, what, from, state, action }) => [title, what, from, state, action]),
    ).toEqual([
      ['Wide Root', 'root', 'Software', 'can-roll', 'Roll key'],
      ['Issuing', 'intermediate', 'Software', 'can-roll', 'Roll key'],
    ]);
    expect(before.rows[0]?.warning).toMatch(/Everybody who trusts “Wide Root” has to be told/);
    expect(before.rows[0]?.text).toMatch(/cross-certificate/);
    expect(before.rows[1]?.text).toMatch(/Roll its root first/);
    expect(before.softwareKeys?.total).toBe(3);

    const newRoot = await roll('Wide Root');
    const cross = (await certificates()).find(
      ({ name, id }) => name === 'Wide Root' && id !== root && id !== newRoot,
    )?.id as string;
    expect(await rowOf('Wide Root')).toMatchObject({ state: 'rolling', action: '', from: 'Software' });
    const shown = await app.call('ca.certificate', { id: cross });
    expect(shown.canRenew).toBe(false);
    expect(shown.whyNot).toMatch(/cross-certificate/);
    expect(shown.view).toMatchObject({ selfSigned: false, isCa: true, pathLength: 2 });
    expect(shown.chain.map(({ state }) => state)).toEqual(['good', 'good']);
    expect((await app.call('ca.authorities', {})).rows.map(({ id }) => id)).toEqual([newRoot, issuing]);

    const newIssuing = await roll('Issuing');
    expect((await app.call('ca.certificate', { id: newIssuing })).row.issuerId).toBe(newRoot);
    const row = await rowOf('Issuing');
    const ends = (await app.call('ca.certificate', { id: leaf })).row.notAfter.slice(0, 10);
    expect(row.state).toBe('rolling');
    expect(row.text).toContain(`until the certificate below it ends on ${ends}`);

    const { rows } = await app.call('keys.list', { limit: 100 });
    expect(
      rows.filter((key) => key.signer === signer).map(({ owner, exportable }) => [owner, exportable]),
    ).toEqual([
      ['Issuing', false],
      ['Wide Root', false],
    ]);
    const newLeaf = await leafOf(newIssuing);
    expect(await verified(newRoot, [newIssuing], newLeaf)).toMatch(/: OK\n$/);
    // Who knows the old root alone.
    expect(await verified(root, [cross, newIssuing], newLeaf)).toMatch(/: OK\n$/);
    expect(await verified(root, [issuing], leaf)).toMatch(/: OK\n$/);
    // What a server hands out serves both, and the certificate is told from the roots.
    const pemText = async (id: string) => (await app.call('ca.pem', { id, what: 'pem' })).pem;
    const { pem: handedOut } = await app.call('ca.pem', { id: newLeaf, what: 'chain' });
    expect(handedOut).toBe((await Promise.all([newLeaf, newIssuing, cross].map(pemText))).join(''));
    expect((await app.call('ca.pem', { id: leaf, what: 'chain' })).pem).not.toContain(await pemText(cross));
    expect((await certificates()).filter((one) => one.cross).map(({ id }) => id)).toEqual([cross]);

    const { rows: records } = await app.call('audit.list', { action: 'ca.sign', limit: 20 });
    const rolled = records.find(({ summary }) => summary.includes('the old key cross-signed it'));
    expect(rolled?.subjects.map(({ type }) => type)).toContain('token');
    expect((await app.call('drafts.list', {})).drafts).toEqual([]);

    // The leaf is gone for good: the old key has nothing left to do.
    app.clock.advance(2 * DAY * 1000);
    expect(await rowOf('Issuing')).toMatchObject({ state: 'there', from: 'SoftHSM' });
    expect(await rowOf('Wide Root')).toMatchObject({ state: 'there' });
    expect((await list()).done).toBe(2);
  });

  test('a root with the usual path length is cross-signed, and before anybody begins it is said who does not follow; what the token cannot make is of another type', async () => {
    const { signed } = wizard(app);
    const key = { from: 'new' as const, algorithm: 'ed25519' as const, label: 'Ed' };
    const root = await signed(draftOf('root', 'Usual Root', { key }));
    const issuing = await signed(draftOf('intermediate', 'Issuing', { issuer: root, pathLength: 0 }));
    const signer = await onToken();
    expect((await rowOf('Usual Root')).warning).toMatch(
      /path length \(1\), as those of programs in Go do, refuse chains with one authority below the root: they need the new root/,
    );
    await app.result(await app.call('signers.probe', { id: signer }));
    expect((await rowOf('Usual Root')).text).toMatch(/A new P-256 key, because “SoftHSM” makes no Ed25519/);
    const made = await roll('Usual Root');
    const states = new Map((await certificates()).map(({ id, state }) => [id, state]));
    expect(states.get(root)).toBe('replaced');
    expect(states.get(made)).toBe('good');
    const cross = [...states.keys()].find((id) => ![root, issuing, made].includes(id)) ?? '';
    expect((await app.call('ca.certificate', { id: cross })).view).toMatchObject({
      selfSigned: false,
      isCa: true,
      pathLength: 1,
    });
    const newIssuing = await roll('Issuing');
    const leaf = await leafOf(newIssuing);
    expect(await verified(made, [newIssuing], leaf)).toMatch(/: OK\n$/);
    // Who knows the old root alone.
    expect(await verified(root, [cross, newIssuing], leaf)).toMatch(/: OK\n$/);
  });

  test('a token that is away: its own sentence, and nothing is left half-made', async () => {
    const { root } = await wizard(app).chain();
    await onToken();
    const before = await certificates();
    renameSync(hsm.tokens, `${hsm.tokens}-away`);
    mkdirSync(hsm.tokens);
    const { owner, title } = (await list()).rows[0] ?? { owner: '', title: '' };
    const job = await app.ended((await app.call('signers.roll', { owner })).job);
    expect(job.error?.code).toBe('SIGNER_UNAVAILABLE');
    expect(await certificates()).toEqual(before);
    expect((await app.call('drafts.list', {})).drafts).toEqual([]);
    const [record] = (await app.call('audit.list', { action: 'signers.roll', limit: 5 })).rows;
    expect(record).toMatchObject({ outcome: 'refused' });
    expect(record?.summary).toContain(title);
    expect((await rowOf(title)).state).toBe('can-roll');
    expect((await app.call('ca.certificate', { id: root })).row.state).toBe('good');
  });

  test('an old root whose own device is away cannot cross-sign: the new token keeps no key of the failed roll', async () => {
    const old = softhsm();
    try {
      old.addToken('Old token');
      const none = { retrySeconds: 0, maxRetrySeconds: 0 };
      const first = await addSigner(app, 'Old HSM', old.settings('Old token', none), PIN);
      const root = await wizard(app).signed(draftOf('root', 'Wide Root', { pathLength: 2 }));
      const signer = await onToken();
      await app.result(await app.call('signers.probe', { id: signer }));
      const keysOnToken = (): number =>
        hsm.tool('My token', '-O', '--type', 'privkey').split('Private Key Object').length - 1;
      const before = { keys: keysOnToken(), certificates: await certificates() };
      await app.call('signers.logout', { id: first });
      renameSync(old.tokens, `${old.tokens}-away`);
      mkdirSync(old.tokens);
      const { job } = await app.call('signers.roll', { owner: root });
      const { error } = await app.ended(job);
      expect(error).toMatchObject({ code: 'SIGNER_UNAVAILABLE' });
      expect(error?.message).toContain('"Old token"');
      expect({ keys: keysOnToken(), certificates: await certificates() }).toEqual(before);
      expect((await app.call('drafts.list', {})).drafts).toEqual([]);
      expect(await rowOf('Wide Root')).toMatchObject({ from: 'Old HSM', state: 'can-roll' });
    } finally {
      await old.remove();
    }
  });

  test('an authority that has ended cannot be rolled', async () => {
    const { intermediate } = await wizard(app).chain();
    await onToken();
    app.clock.advance(3651 * DAY * 1000);
    expect((await list()).rows.map(({ state }) => state)).toEqual(['cannot', 'cannot']);
    await expect(app.call('signers.roll', { owner: intermediate })).rejects.toThrow(/It ended on/);
  });

  test('a local child rolls, activates and revokes; the TA key and identities stay, each with the reason', async () => {
    const station = await testApp({ live: true });
    try {
      await station.create('offline', 'Station');
      const folder = join(app.folder, 'published');
      mkdirSync(folder);
      await associated(app, station, folder);
      await app.result(await app.call('ta.localAdd', { handle: 'Online_1', resources: ALL }));
      const exchange = async (): Promise<void> => {
        await take(app, await answeredBy(app, station, await makeRequest(app)));
      };
      await exchange();
      const signer = await onToken();
      expect((await rowOf('Online_1')).state).toBe('can-roll');
      expect(await rowOf('Identity of Online_1')).toMatchObject({ state: 'cannot', what: 'identity' });
      await roll('Online_1');
      expect(await rowOf('Online_1')).toMatchObject({ state: 'rolling', action: '' });
      expect((await rowOf('Online_1')).text).toMatch(/waits for its certificate: ask the parent/);
      await exchange();
      expect(await rowOf('Online_1')).toMatchObject({ state: 'rolling', action: 'Activate the new key' });
      await roll('Online_1');
      expect((await rowOf('Online_1')).text).toMatch(/is to be revoked: ask the parent/);
      await exchange();
      expect(await rowOf('Online_1')).toMatchObject({ state: 'there', from: 'SoftHSM' });
      const { rows } = await app.call('keys.list', { limit: 100 });
      expect(rows.filter((key) => key.signer === signer).map(({ label }) => label)).toEqual([
        'Child Online_1',
      ]);
    } finally {
      await station.remove();
    }
  });

  test('a trust anchor signer: both keys are listed with the reason they stay', async () => {
    await setUpSigner(app);
    await onToken();
    const { rows, softwareKeys } = await list();
    expect(rows.map(({ what, state, action }) => [what, state, action])).toEqual([
      ['trust-anchor', 'cannot', ''],
      ['identity', 'cannot', ''],
    ]);
    expect(rows[0]?.text).toMatch(/TAL/);
    expect(rows[1]?.text).toMatch(/cannot be rolled/);
    expect(softwareKeys?.total).toBe(2);
    await expect(app.call('signers.roll', { owner: rows[0]?.owner ?? '' })).rejects.toThrow(/TAL/);
  });

  test('with a token as the default from the start no long-lived key is in the files (H-033)', async () => {
    await onToken();
    await wizard(app).signed(draftOf('root', 'Fresh Root'));
    expect(await list()).toMatchObject({ done: 1, softwareKeys: { total: 0, rows: [] } });
  });
});
