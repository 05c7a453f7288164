/** What becomes of a key whose maker did not wait for the server, and of one that the server may give away. */
import { afterEach, describe, expect, test } from 'vitest';
import { fakeKmip } from '../../testing/fake-kmip.ts';
import { addSigner } from '../../testing/real-signers.ts';
import { testApp } from '../../testing/test-app.ts';
import { kmipDevice } from '../../testing/kmip-device.ts';
import { endLater, endServers } from '../../testing/test-net.ts';

const signal = new AbortController().signal;
afterEach(endServers);

describe('nobody waited for the answer', () => {
  test.each([
    ['silent', 'unreachable', 'READ_TIMEOUT'],
    ['drop', 'unreachable', 'CONNECTION_CLOSED'],
    ['cancelled', 'cancelled', 'CANCELLED'],
  ] as const)(
    '%s: the name is told, and what appears later is destroyed by it',
    async (how, trouble, code) => {
      const abort = new AbortController();
      const server = await fakeKmip({
        before(operation) {
          if (operation !== 'createKeyPair') return null;
          if (how === 'cancelled') setTimeout(() => abort.abort(), 20);
          return how === 'drop' ? 'drop' : 'silent';
        },
      });
      const device = kmipDevice(server.settings({ readTimeoutSeconds: how === 'silent' ? 0.2 : 20 }));
      await device.open(signal);
      const handles: Uint8Array[] = [];
      const making = device.create(
        { algorithm: 'p-256', label: '', begun: async (handle) => void handles.push(handle) },
        abort.signal,
      );
      const error = await making.then(
        () => null,
        (failure: unknown) => failure as Error,
      );
      expect(error).toMatchObject({ trouble, code });
      const [, name] =
        /under (krill_new_key_[0-9a-f]{20}) is destroyed at the next contact\.$/.exec(error?.message ?? '') ??
        [];
      expect(handles.map((one) => Buffer.from(one).toString())).toEqual([`::${name}`]);
      // The server goes on with it.
      const other = await fakeKmip();
      const theirs = kmipDevice(other.settings());
      await theirs.open(signal);
      await theirs.create({ algorithm: 'p-256', label: '' });
      for (const [id, object] of other.objects)
        server.objects.set(id, {
          ...object,
          name: `${name}${object.type === 4 ? '_priv' : '_pub'}`,
          state: 1,
        });
      expect(server.objects.size).toBe(2);
      await device.destroy(handles[0] ?? new Uint8Array(), null);
      expect(server.objects.size).toBe(0);
      await device.destroy(handles[0] ?? new Uint8Array(), null);
    },
  );

  test('a handle that was told first destroys the whole pair', async () => {
    const server = await fakeKmip();
    const device = kmipDevice(server.settings());
    await device.open(signal);
    const handles: Uint8Array[] = [];
    const { handle } = await device.create({
      algorithm: 'p-256',
      label: '',
      begun: async (one) => void handles.push(one),
    });
    expect(handles).toHaveLength(2);
    expect(Buffer.from(handles[1] ?? []).equals(handle)).toBe(true);
    await device.destroy(handles[1] ?? new Uint8Array(), null);
    expect(server.objects.size).toBe(0);
  });
});

describe('a server that may give a key away', () => {
  test.each([
    ['it says that the key is sensitive', {}, undefined, false],
    ['it says nothing of it', { tellsSensitive: false }, undefined, true],
    ['it does not know the word', { versions: ['1.3'] }, undefined, true],
    ['it refuses the word', {}, 8, true],
  ] as const)('%s', async (_what, options, refusal, mayLeave) => {
    let refused = 0;
    const server = await fakeKmip({
      ...options,
      before: (operation) =>
        operation === 'createKeyPair' && refusal !== undefined && refused++ === 0 ? refusal : null,
    });
    const device = kmipDevice(server.settings());
    await device.open(signal);
    expect((await device.create({ algorithm: 'p-256', label: '' })).mayLeave).toBe(mayLeave);
  });

  test.each([true, false])('its keys are marked and on record, when it says nothing: %s', async (tells) => {
    const server = await fakeKmip({ tellsSensitive: tells });
    const app = await testApp({ live: true });
    endLater(() => app.remove());
    await app.create();
    const signer = await addSigner(app, 'KMIP', server.settings(), null);
    const key = await app.result(await app.call('keys.create', { algorithm: 'p-256', label: 'one', signer }));
    expect((await app.call('keys.get', { id: key })).mayLeave).toBe(!tells);
    const { rows } = await app.call('audit.list', { action: 'signers.keyMayLeave', limit: 10 });
    expect(rows.map(({ subjects }) => subjects.map(({ id }) => id))).toEqual(tells ? [] : [[key, signer]]);
  });
});
