import { afterEach, expect, test } from 'vitest';
import { fakeToken, strangerKey, trouble } from '../../testing/fake-device.ts';
import { endSigners, settle, started } from '../../testing/test-signers.ts';

afterEach(endSigners);

test('the test makes, uses and destroys a key of each kind, can be cancelled, and says what is missing', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  expect(await t.job(await t.app.call('signers.probe', { id }))).toMatchObject({ state: 'done' });
  expect(await t.audit('signers.probe')).toEqual([
    'done: One (serial S1) made, used and destroyed a key of RSA 2048 and P-256',
  ]);
  expect(token.keys.size).toBe(1);
  token.hangs.add('open');
  const { job } = await t.app.call('signers.probe', { id });
  await t.state(id, 'probing');
  await t.app.call('jobs.cancel', { id: job });
  expect(await t.app.ended(job)).toMatchObject({ state: 'cancelled' });
  token.hangs.clear();
  await t.until(async () => (await t.row(id)).state !== 'probing');
  token.algorithms = [];
  expect(await t.job(await t.app.call('signers.probe', { id }))).toMatchObject({ state: 'failed' });
  expect((await t.row(id)).state).toBe('unusable');
});

test('the key of a test that runs is of that job, for each signer on its device, and is not taken in', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token, '/b.so': token });
  const one = await t.add('One', '/a.so');
  const two = await t.add('Two', '/b.so');
  for (const id of [one, two]) await t.app.result(await t.app.call('signers.login', { id }));
  const known = new Set(token.keys.keys());
  token.hangs.add('destroy');
  const { job } = await t.app.call('signers.probe', { id: one });
  const made = await t.until(() => Promise.resolve([...token.keys.keys()].find((name) => !known.has(name))));
  for (const id of [one, two]) {
    const { keys } = await t.app.deviceKeys(id);
    const key = keys.find(({ identifier }) => identifier === made);
    expect(key).toMatchObject({ label: 'Baleen probe', begun: 'job', adoptable: false, key: null });
    expect(keys.filter(({ begun }) => begun !== null)).toHaveLength(1);
    const adopt = { id, spkiSha256: key?.spkiSha256 ?? '', label: 'mine' };
    expect(await t.job(await t.app.call('signers.adopt', adopt))).toMatchObject({
      error: { code: 'POLICY_REFUSED', message: expect.stringContaining('is being made here') },
    });
  }
  await t.app.call('signers.logout', { id: one });
  await t.app.ended(job);
});

test('a key of a kind that the device lacks is refused; one that is gone is named', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const refused = await t.app.call('keys.create', { algorithm: 'p-384', label: 'x', signer: id });
  expect(await t.job(refused)).toMatchObject({
    error: {
      code: 'POLICY_REFUSED',
      message: 'One makes no P-384 keys. Choose one of RSA 2048, P-256, or another signer.',
    },
  });
  expect((await t.row(id)).state).toBe('ready');
  token.faults = { create: [trouble('unreachable', 'SIGNER_HOST_CRASHED')] };
  const crashed = await t.newKey(id);
  expect(await t.job(crashed)).toMatchObject({ error: { code: 'SIGNER_HOST_CRASHED' } });
  // Making is not repeated by itself: half a key may be there. The next contact is.
  expect(await t.state(id, 'retrying')).toMatchObject({ keys: 0 });
});

test('one key that the device does not make is an answer to that call: its other keys go on', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const key = await t.app.result(await t.newKey(id));
  token.faults = { create: [trouble('unsupported', 'Bad Cryptographic Parameters')] };
  expect(await t.job(await t.newKey(id, 'no'))).toMatchObject({
    error: { code: 'POLICY_REFUSED', message: 'It was unsupported. Look at it.' },
  });
  expect((await t.row(id)).state).toBe('ready');
  expect(token.closed).toBe(0);
  const { key: view } = await t.app.call('keys.get', { id: key });
  await t.app.call('keys.destroy', { id: key, confirm: view.keyId.slice(-8) });
  expect(token.keys.size).toBe(1);
});

test('a key whose signer is removed while it is made is not stored, and said to be without a signer', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const ends: string[] = [];
  for (let turns = 0; turns < 12; turns += 1) {
    const { pending } = await t.list();
    if (pending.changes.length > 0) await t.app.call('signers.discard', { revision: pending.revision });
    const id = await t.add(`One ${turns}`, '/a.so');
    await t.job(await t.app.call('signers.login', { id }));
    await t.app.call('signers.remove', { revision: await t.revision(), id });
    const revision = await t.revision();
    const applied = t.app.call('signers.apply', { revision }).then(
      () => 'applied',
      () => 'kept',
    );
    for (let turn = 0; turn < turns; turn += 1) await new Promise((done) => setImmediate(done));
    const state = await t.newKey(id, `late ${turns}`).then(
      async (begun) => (await t.job(begun)).state,
      () => 'refused',
    );
    ends.push(`${await applied} ${state}`);
  }
  // Whoever comes first: never both.
  expect(ends.filter((end) => end === 'applied done')).toEqual([]);
  const names = new Set((await t.list()).rows.map(({ id }) => id));
  const { rows } = await t.app.call('keys.list', { query: '', cursor: null, limit: 50 });
  expect(rows.filter(({ signer }) => !names.has(signer))).toEqual([]);
});

test('a key of others is taken in by its public key, once; the identity key is not', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  strangerKey(token, 'rsa-2048');
  const { keys } = await t.app.deviceKeys(id);
  const free = keys.find(({ adoptable }) => adoptable);
  const identity = keys.find((one) => one.identity);
  expect(free).toMatchObject({ type: 'RSA 2048', key: null, label: 'Krill' });
  const adopt = (spkiSha256: string | null | undefined) =>
    t.app.call('signers.adopt', { id, spkiSha256: spkiSha256 ?? '', label: 'from others' });
  const key = await t.app.result(await adopt(free?.spkiSha256));
  expect(await t.app.call('keys.get', { id: key })).toMatchObject({
    source: 'imported',
    signer: id,
    reachable: true,
  });
  expect(await t.job(await adopt(free?.spkiSha256))).toMatchObject({ error: { code: 'CONFLICT' } });
  expect(await t.job(await adopt(identity?.spkiSha256))).toMatchObject({ error: { code: 'POLICY_REFUSED' } });
  expect(await t.job(await adopt('0'.repeat(64)))).toMatchObject({ error: { code: 'NOT_FOUND' } });
  expect(await t.audit('signers.adopt')).toHaveLength(4);
});

test('two signers on one device: the identity key of the other, and of one that was removed, is named and stays', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token, '/b.so': token });
  const one = await t.add('One', '/a.so');
  const two = await t.add('Two', '/b.so');
  for (const id of [one, two]) await t.app.result(await t.app.call('signers.login', { id }));
  // Said on both, and in the advice.
  expect([(await t.row(one)).sameDevice, (await t.row(two)).sameDevice]).toEqual([['Two'], ['One']]);
  const advised = async () =>
    (await t.list()).pending.advice.filter(({ code }) => code === 'same-device').map(({ text }) => text);
  expect(await advised()).toEqual([expect.stringMatching(/^“One” and “Two” lead to the same device/)]);
  const others = async () => {
    const { keys } = await t.app.deviceKeys(two);
    return keys.filter(({ identity }) => identity?.of !== 'this');
  };
  const [key, ...rest] = await others();
  expect(rest).toEqual([]);
  expect(key).toMatchObject({ identity: { of: 'other', name: 'One' }, adoptable: false, key: null });
  const adopt = () => t.app.call('signers.adopt', { id: two, spkiSha256: key?.spkiSha256 ?? '', label: 'x' });
  expect(await t.job(await adopt())).toMatchObject({
    error: { code: 'POLICY_REFUSED', message: expect.stringContaining('by which One is known again') },
  });
  await t.app.call('signers.remove', { revision: await t.revision(), id: one });
  await t.apply();
  expect((await t.row(two)).sameDevice).toEqual([]);
  expect(await advised()).toEqual([]);
  expect(await others()).toMatchObject([{ identity: { of: 'removed', name: 'One' }, adoptable: false }]);
  expect(await t.job(await adopt())).toMatchObject({ error: { code: 'POLICY_REFUSED' } });
  expect(token.keys.size).toBe(2);
});

test('a device whose identity key is gone is bound again by a person: with its serial and every key that the signer owns', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  const key = await t.app.result(await t.newKey(id));
  const [identity = ''] = [...token.keys.keys()];
  const own = [...token.keys].find(([name]) => name !== identity);
  token.keys.delete(identity);
  expect(await t.job(await t.app.call('signers.probe', { id }))).toMatchObject({ state: 'failed' });
  expect(await t.row(id)).toMatchObject({
    state: 'unusable',
    secretMark: null,
    trouble: { code: 'IDENTITY_LOST' },
  });
  const bindAgain = async () => t.job(await t.app.call('signers.bindAgain', { id }));
  // Its own key is gone, too: then it may be any device.
  token.keys.clear();
  expect(await bindAgain()).toMatchObject({
    error: { message: expect.stringContaining('"a key" is not on this device either') },
  });
  expect(token.keys.size).toBe(0);
  if (own !== undefined) token.keys.set(...own);
  token.serial = 'S2';
  expect(await bindAgain()).toMatchObject({ state: 'failed' });
  token.serial = 'S1';
  token.signsWrongly = true;
  expect(await bindAgain()).toMatchObject({ state: 'failed' });
  token.signsWrongly = false;
  expect(token.keys.size).toBe(1);
  expect(await bindAgain()).toMatchObject({ state: 'done' });
  expect((await t.row(id)).state).toBe('ready');
  expect(token.keys.size).toBe(2);
  expect((await t.audit('signers.bindAgain')).filter((one) => one.startsWith('done'))).toEqual([
    'done: One was bound again to the device with serial S1 by a new identity key on it: the old one is gone, the keys that it owns are there',
  ]);
  const { key: view } = await t.app.call('keys.get', { id: key });
  await t.app.call('keys.destroy', { id: key, confirm: view.keyId.slice(-8) });
  // Known again by the new one.
  await t.app.call('signers.logout', { id });
  expect(await t.job(await t.app.call('signers.login', { id }))).toMatchObject({ state: 'done' });
});

test('two who bind it again, and a login, one behind the other: one new identity key, and one contact at a time', async () => {
  const token = fakeToken('S1');
  const t = await started({ '/a.so': token });
  const id = await t.add('One', '/a.so');
  await t.app.result(await t.newKey(id));
  const [identity = ''] = [...token.keys.keys()];
  token.keys.delete(identity);
  await t.app.call('signers.logout', { id });
  // All of them wait for the end of this one.
  token.hangs.add('open');
  const first = await t.app.call('signers.login', { id });
  await t.state(id, 'probing');
  const begun = [
    await t.app.call('signers.bindAgain', { id }),
    await t.app.call('signers.bindAgain', { id }),
    await t.app.call('signers.bindAgain', { id }),
  ];
  await settle();
  token.hangs.clear();
  token.asked.length = 0;
  await t.app.call('jobs.cancel', { id: first.job });
  const login = await t.app.call('signers.login', { id });
  const ends = [];
  for (const one of [...begun, login]) ends.push((await t.job(one)).error?.message ?? 'done');
  expect(ends).toEqual(['done', 'done', 'done', 'done']);
  expect(token.asked.filter((call) => call === 'create')).toHaveLength(1);
  expect(token.keys.size).toBe(2);
  expect(await t.audit('signers.bindAgain')).toEqual([
    expect.stringMatching(/^done: One was bound again to the device with serial S1/),
  ]);
  expect((await t.row(id)).state).toBe('ready');
});
