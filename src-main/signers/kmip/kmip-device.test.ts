import { afterEach, describe, expect, test } from 'vitest';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { kmipDevice, typing } from '../../testing/kmip-device.ts';
import { endServers } from '../../testing/test-net.ts';
import { deviceContract } from '../device-contract.ts';
import { signatureHolds } from '../signature-scheme.ts';
import type { OperationName } from './names.ts';

const DATA = Buffer.from('what is to be signed');
const signal = new AbortController().signal;
afterEach(endServers);

describe('a server that makes EC keys', () => {
  deviceContract(
    'fake',
    async () => kmipDevice((await shared()).settings()),
    ['p-256', 'p-384', 'p-521', 'rsa-2048'],
    {
      label: /^krill-private-key-[0-9a-f]{40}$/,
    },
  );
  let one: ReturnType<typeof fakeKmip> | null = null;
  const shared = () => (one ??= fakeKmip());
  afterEach(() => void (one = null));

  test.each(['p-256', 'p-384', 'p-521', 'rsa-2048'] as const)(
    '%s with signatures as r and s, and keys as numbers',
    async (algorithm) => {
      const server = await fakeKmip({ rawEcdsa: true, transparent: true });
      const device = kmipDevice(server.settings());
      await device.open(signal);
      const { handle, spkiDer } = await device.create({ algorithm, label: '' });
      const signature = await device.sign(handle, algorithm, DATA);
      expect(signatureHolds(algorithm, spkiDer, DATA, signature)).toBe(true);
    },
  );
});

describe('versions', () => {
  test.each([
    [['1.4', '1.3', '1.2', '1.1', '1.0'], '1.4'],
    [['1.3', '1.2'], '1.3'],
    [['1.2', '1.1', '1.0'], '1.2'],
    [['1.1', '1.0'], '1.1'],
    [['1.0'], '1.0'],
    [['2.0', '1.4'], '1.4'],
    [['2.0'], '2.0'],
  ])('of a server with %j: %s', async (versions, spoken) => {
    const server = await fakeKmip({ versions });
    const device = kmipDevice(server.settings());
    expect((await device.open(signal)).model).toBe(`KMIP ${spoken}`);
    server.asked.splice(0);
    const { handle, spkiDer } = await device.create({ algorithm: 'p-256', label: '' });
    const signature = await device.sign(handle, 'p-256', DATA);
    expect(signatureHolds('p-256', spkiDer, DATA, signature)).toBe(true);
    expect(Buffer.from((await device.find(spkiDer)) ?? []).equals(handle)).toBe(true);
    expect((await device.list())[0]).toMatchObject({ label: /^krill-private-key-/, uses: ['sign'] });
    await device.destroy(handle, null);
    expect(server.objects.size).toBe(0);
    expect(new Set(server.asked.map((line) => line.split(' ')[0]))).toEqual(new Set([spoken]));
  });

  test('none that is spoken here', async () => {
    const server = await fakeKmip({ versions: ['3.0'] });
    await expect(kmipDevice(server.settings()).open(signal)).rejects.toMatchObject({
      trouble: 'unsupported',
      message: expect.stringMatching(/\.$/),
    });
  });
});

describe('making a key, whole or not at all', () => {
  test.each([
    [7, 2],
    [8, 2],
    [256, 1],
    [12, 1],
    [42, 1],
  ])(
    'refused with reason %i: %i tries, for only a server that lacks "Sensitive" makes one without',
    async (reason, tries) => {
      let refused = 0;
      const server = await fakeKmip({
        before: (operation) => (operation === 'createKeyPair' && refused++ === 0 ? reason : null),
      });
      const device = kmipDevice(server.settings());
      await device.open(signal);
      const made = device.create({ algorithm: 'rsa-2048', label: '' }).then(
        () => 'made',
        () => 'refused',
      );
      expect(await made).toBe(tries === 2 ? 'made' : 'refused');
      expect(server.asked.filter((line) => line.endsWith(' createKeyPair'))).toHaveLength(tries);
      expect(server.objects.size).toBe(tries === 2 ? 2 : 0);
    },
  );

  const names: OperationName[] = ['createKeyPair', 'get', 'modifyAttribute', 'activate'];
  test.each(names)('%s refused: nothing is left', async (refused) => {
    const server = await fakeKmip({ before: (operation) => (operation === refused ? 12 : null) });
    const device = kmipDevice(server.settings());
    await device.open(signal);
    await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toMatchObject({
      trouble: 'refused',
      code: 'Permission Denied',
      message: expect.stringMatching(/\.$/),
    });
    expect(server.objects.size).toBe(0);
    expect(server.asked).toContain(`1.4 ${refused}`);
  });

  test('the connection lost after each step: nothing is left', async () => {
    for (const lost of names) {
      let once = true;
      const server = await fakeKmip({
        before: (operation) => (operation === lost && once ? ((once = false), 'drop') : null),
      });
      const device = kmipDevice(server.settings());
      await device.open(signal);
      // What may be asked twice is asked twice, and all is well.
      const made = await device.create({ algorithm: 'p-256', label: '' }).catch((error: unknown) => error);
      expect(server.objects.size, lost).toBe(made instanceof Error ? 0 : 2);
      expect(made instanceof Error, lost).toBe(lost === 'createKeyPair' || lost === 'activate');
    }
  });

  test('a pair whose answer never came is found by its name and destroyed', async () => {
    let silent = false;
    const server = await fakeKmip({
      before: (operation) => (silent && operation === 'get' ? 'silent' : null),
    });
    const device = kmipDevice(server.settings({ readTimeoutSeconds: 0.2 }));
    await device.open(signal);
    silent = true;
    await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toMatchObject({
      trouble: 'unreachable',
      code: 'READ_TIMEOUT',
    });
    expect(server.objects.size).toBe(0);
  });

  test('what cannot be destroyed is named', async () => {
    const server = await fakeKmip({
      before: (operation) => (operation === 'activate' || operation === 'destroy' ? 12 : null),
    });
    const device = kmipDevice(server.settings());
    await device.open(signal);
    await expect(device.create({ algorithm: 'p-256', label: '' })).rejects.toMatchObject({
      code: 'LEFT_BEHIND',
      message: expect.stringMatching(/object-1 and object-2/),
    });
  });

  test('a kind that the server does not make is not offered again', async () => {
    const server = await fakeKmip({ before: (operation) => (operation === 'createKeyPair' ? 8 : null) });
    const device = kmipDevice(server.settings());
    expect((await device.open(signal)).algorithms).toContain('p-384');
    await expect(device.create({ algorithm: 'p-384', label: '' })).rejects.toMatchObject({
      trouble: 'unsupported',
    });
    expect((await device.open(signal)).algorithms).not.toContain('p-384');
  });

  test('two objects for one public key are refused', async () => {
    const server = await fakeKmip();
    const device = kmipDevice(server.settings());
    await device.open(signal);
    const { spkiDer } = await device.create({ algorithm: 'p-256', label: '' });
    const [copied] = server.objects.values();
    if (copied !== undefined) server.objects.set('copy', { ...copied });
    await expect(device.find(spkiDer)).rejects.toMatchObject({ trouble: 'refused', code: 'AMBIGUOUS' });
  });
});

describe('numbers that the server gave again', () => {
  test.each([
    ['both halves', 2],
    ['the private half alone', 1],
  ])('%s are of another key now: nothing is destroyed', async (_what, count) => {
    const server = await fakeKmip();
    const device = kmipDevice(server.settings());
    await device.open(signal);
    const mine = await device.create({ algorithm: 'p-256', label: '' });
    const theirs = await device.create({ algorithm: 'p-256', label: '' });
    const [ids = [], others = []] = [mine, theirs].map(({ handle }) =>
      Buffer.from(handle).toString().split(':').toReversed(),
    );
    for (let at = 0; at < count; at += 1) {
      const other = server.objects.get(others[at] ?? '');
      if (other === undefined) throw new Error('no such object');
      server.objects.set(ids[at] ?? '', { ...other, partner: ids[1 - at] ?? '' });
      server.objects.delete(others[at] ?? '');
    }
    const before = [...server.objects.keys()];
    await expect(device.destroy(mine.handle, mine.spkiDer)).rejects.toMatchObject({ code: 'ANOTHER_KEY' });
    expect([...server.objects.keys()]).toEqual(before);
  });
});

describe('capabilities', () => {
  const announced: OperationName[] = ['activate', 'createKeyPair', 'destroy', 'get', 'query', 'revoke'];
  test('missing ones are named, unless forced', async () => {
    const server = await fakeKmip({ announced });
    await expect(kmipDevice(server.settings()).open(signal)).rejects.toMatchObject({
      trouble: 'unsupported',
      message: expect.stringMatching(/Modify Attribute, Sign.*force/),
    });
    const facts = await kmipDevice(server.settings({ force: true })).open(signal);
    expect(
      facts.capabilities.filter(({ needed, present }) => needed && !present).map(({ name }) => name),
    ).toEqual(['Modify Attribute', 'Sign']);
  });
});

describe('user and password', () => {
  const password = { username: 'operator', password: 'right' };
  test('are asked for once and sent with every request', async () => {
    const server = await fakeKmip({ password });
    const person = typing('right');
    const device = kmipDevice(server.settings({ username: 'operator' }), { person });
    await device.open(signal);
    await device.open(signal);
    await device.create({ algorithm: 'p-256', label: '' });
    expect(person.asked).toBe(1);
  });
  test('a wrong one is told as that, sent once and never again without a person', async () => {
    const server = await fakeKmip({ password });
    const person = typing('wrong');
    const device = kmipDevice(server.settings({ username: 'operator' }), { person });
    await expect(device.open(signal)).rejects.toMatchObject({
      trouble: 'pin-refused',
      code: 'Authentication Not Successful',
    });
    expect(server.asked).toEqual(['1.4 discoverVersions', '1.4 discoverVersions']);
    expect(server.passwords).toEqual(['wrong']);
    await expect(device.sign(Buffer.from('1:2'), 'p-256', DATA)).rejects.toMatchObject({ code: 'NOT_OPEN' });
    expect(server.asked).toHaveLength(2);
  });
  test.each([
    ['to whoever is not known', (withPassword: boolean) => (withPassword ? null : 256), 'right', true],
    ['to a wrong password', (withPassword: boolean) => (withPassword ? 256 : null), 'wrong', false],
    ['to everything', () => 256, 'wrong', false],
  ])(
    'a server that says "General Failure" %s gets the password once a login',
    async (_to, reason, typed, works) => {
      const server = await fakeKmip({
        password: { username: 'operator', password: 'right' },
        before: (operation, withPassword) => (operation === 'discoverVersions' ? reason(withPassword) : null),
      });
      const device = kmipDevice(server.settings({ username: 'operator' }), { person: typing(typed) });
      const opening = device.open(signal).then(
        ({ model }) => model,
        (error: unknown) => error,
      );
      if (works) expect(await opening).toBe('KMIP 1.4');
      else expect(await opening).toMatchObject({ name: 'DeviceError' });
      expect(server.passwords.length).toBe(works ? 2 : 1);
    },
  );
  test('nobody who types, and none configured', async () => {
    const server = await fakeKmip({ password });
    await expect(kmipDevice(server.settings({ username: 'operator' })).open(signal)).rejects.toMatchObject({
      trouble: 'pin-needed',
    });
    expect(server.asked).toEqual([]);
    await expect(kmipDevice(server.settings()).open(signal)).rejects.toMatchObject({
      trouble: 'misconfigured',
      message: expect.stringMatching(/user name and password/),
    });
  });
});
