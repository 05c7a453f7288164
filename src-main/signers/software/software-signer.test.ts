import { createCipheriv, createDecipheriv, createPrivateKey, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { signerContract } from '../signer-contract.ts';
import { signatureHolds } from '../signature-scheme.ts';
import type { Signer } from '../signer.ts';
import { createSoftwareSigner, type KeySealer, SOFTWARE_ALGORITHMS } from './software-signer.ts';
import { routerOf } from '../../testing/test-router.ts';

/** AES-GCM bound to the key's id, as the vault does it. */
function testSealer(): KeySealer & { lock(): void; opened: Uint8Array[] } {
  const master = randomBytes(32);
  let locked = false;
  const opened: Uint8Array[] = [];
  const check = (): void => {
    if (locked) throw new AppError('LOCKED', 'Unlock the workspace first.');
  };
  return {
    opened,
    lock: () => void (locked = true),
    seal(keyId, plain) {
      check();
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', master, iv).setAAD(Buffer.from(keyId));
      return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open(keyId, sealed) {
      check();
      const bytes = Buffer.from(sealed);
      const cipher = createDecipheriv('aes-256-gcm', master, bytes.subarray(0, 12), { authTagLength: 16 })
        .setAAD(Buffer.from(keyId))
        .setAuthTag(bytes.subarray(-16));
      const plain = Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()]);
      opened.push(plain);
      return plain;
    },
  };
}

signerContract(
  'software',
  () => {
    const sealer = testSealer();
    let locked = false;
    const signer = createSoftwareSigner({
      sealer: () => {
        if (locked) throw new AppError('LOCKED', 'Unlock the workspace first.');
        return sealer;
      },
    });
    return Promise.resolve({ signer, lock: () => void (locked = true) });
  },
  SOFTWARE_ALGORITHMS,
);

test('the opened private key is wiped after each signature', async () => {
  const sealer = testSealer();
  const signer = createSoftwareSigner({ sealer: () => sealer });
  const key = await signer.create({ id: 'key-a', algorithm: 'p-256', label: 'a', uses: ['message'] });
  await signer.sign(key, 'message', Buffer.from('x'));
  await signer.withPrivateKey(key, (pkcs8Der) => {
    expect(createPrivateKey({ key: Buffer.from(pkcs8Der), format: 'der', type: 'pkcs8' }).type).toBe(
      'private',
    );
  });
  expect(sealer.opened.length).toBe(2);
  for (const bytes of sealer.opened) expect(bytes.every((byte) => byte === 0)).toBe(true);
});

test('signatures under way share one opening; the next one opens the key again', async () => {
  const sealer = testSealer();
  const signer = createSoftwareSigner({ sealer: () => sealer });
  const key = await signer.create({ id: 'key-a', algorithm: 'rsa-2048', label: 'a', uses: ['message'] });
  const data = Array.from({ length: 20 }, (_, at) => Buffer.from(`x${at}`));
  const made = await Promise.all(data.map((one) => signer.sign(key, 'message', one)));
  for (const [at, one] of data.entries())
    expect(signatureHolds('rsa-2048', key.spkiDer, one, made[at] ?? one)).toBe(true);
  expect(sealer.opened.length).toBe(1);
  await signer.sign(key, 'message', Buffer.from('x'));
  expect(sealer.opened.length).toBe(2);
  for (const bytes of sealer.opened) expect(bytes.every((byte) => byte === 0)).toBe(true);
});

test('a key that is open for one signature signs no other after the lock, nor under another name, nor destroyed', async () => {
  const sealer = testSealer();
  let locked = false;
  const signer = createSoftwareSigner({
    sealer: () => {
      if (locked) throw new AppError('LOCKED', 'Unlock the workspace first.');
      return sealer;
    },
  });
  const request = { algorithm: 'rsa-2048', label: 'a', uses: ['message'] } as const;
  const key = await signer.create({ id: 'key-a', ...request });
  const underWay = signer.sign(key, 'message', Buffer.from('x'));
  await expect(signer.sign({ ...key, id: 'key-b' }, 'message', Buffer.from('x'))).rejects.toThrow();
  locked = true;
  await expect(signer.sign(key, 'message', Buffer.from('x'))).rejects.toMatchObject({ code: 'LOCKED' });
  locked = false;
  const again = signer.sign(key, 'message', Buffer.from('x'));
  await signer.destroy({ ...key, handle: Uint8Array.from(key.handle) });
  await expect(signer.sign(key, 'message', Buffer.from('x'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await Promise.all([underWay, again]);
});

test('the sealed bytes of one key cannot stand in for another', async () => {
  const sealer = testSealer();
  const signer = createSoftwareSigner({ sealer: () => sealer });
  const key = await signer.create({ id: 'key-a', algorithm: 'p-256', label: 'a', uses: ['message'] });
  await expect(signer.sign({ ...key, id: 'key-b' }, 'message', Buffer.from('x'))).rejects.toThrow();
});

test('the router throws away a signature that the public key does not confirm', async () => {
  const sealer = testSealer();
  const software = createSoftwareSigner({ sealer: () => sealer });
  const faulty: Signer = {
    ...software,
    async sign(key, use, data) {
      const signature = await software.sign(key, use, data);
      signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
      return signature;
    },
  };
  const router = routerOf({ software, faulty });
  const request = { id: 'key-a', algorithm: 'ed25519', label: 'a', uses: ['message'] } as const;
  const good = await router.create('software', request);
  expect((await router.sign(good, 'message', Buffer.from('x'))).length).toBe(64);
  const bad = await router.create('faulty', { ...request, id: 'key-b' });
  await expect(router.sign(bad, 'message', Buffer.from('x'))).rejects.toThrow(/does not confirm/);
});

test('the router names a signer that is missing', async () => {
  const request = { id: 'key-a', algorithm: 'p-256', label: 'a', uses: ['message'] } as const;
  await expect(routerOf({}).create('gone', request)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
