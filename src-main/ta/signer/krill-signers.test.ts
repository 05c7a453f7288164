import { expect, test } from 'vitest';
import { readKrillFolder } from './krill-folder.ts';
import { vectorPath } from '../../testing/vectors.ts';
import { readKrillStore } from './krill-store.ts';

const store = async (name: string) =>
  readKrillStore(await readKrillFolder(vectorPath('krill-ta/krill-0.16.1', name, 'data')));

test('a store with keys on a token tells where each lies: its CKA_ID, which pkcs11-tool shows', async () => {
  const { anchor, keys, places } = await store('signer-store-pkcs11');
  expect(keys.has(anchor.objects.keyId)).toBe(false);
  const place = places.get(anchor.objects.keyId);
  expect(place).toMatchObject({ kind: 'pkcs11', signerName: 'HSM' });
  expect(place?.signerInfo).toContain('token: krill-ta (model: SoftHSM v2');
  expect([...places.values()].map(({ handle }) => Buffer.from(handle).toString('hex')).toSorted()).toEqual([
    '0501759677ae6ca07567913d12a648a5d5317be5',
    '19965b7989450239c8ed2a9c5af87fd1fd67f711',
  ]);
});

test('a store with keys on a KMIP server tells their identifiers', async () => {
  const { anchor, places } = await store('signer-store-kmip');
  expect(places.get(anchor.identity.keyId)?.kind).toBe('kmip');
  expect([...places.values()].map(({ handle }) => Buffer.from(handle).toString('utf8')).toSorted()).toEqual([
    '5:6',
    '7:8',
  ]);
});

test('a key that was removed from its signer is no longer there', async () => {
  const files = await readKrillFolder(vectorPath('krill-ta/krill-0.16.1/signer-store-pkcs11/data'));
  const folder =
    [...files.keys()].find((path) => path.endsWith('/command-2.json'))?.replace(/[^/]+$/, '') ?? '';
  const { places } = readKrillStore(files);
  const [gone = ''] = places.keys();
  const removal = {
    version: 3,
    time: '2026-11-24T01:39:10Z',
    effect: { result: 'success', events: [{ KeyRemoved: gone }] },
  };
  files.set(`${folder}command-3.json`, Buffer.from(JSON.stringify(removal)));
  const after = readKrillStore(files).places;
  expect(after.has(gone)).toBe(false);
  expect(after.size).toBe(1);
});

test('a command of a signer that is missing or broken is named with its file', async () => {
  const files = await readKrillFolder(vectorPath('krill-ta/krill-0.16.1/signer-store-pkcs11/data'));
  const path = [...files.keys()].find((one) => /^signers.*\/command-1\.json$/.test(one)) ?? '';
  const without = new Map(files);
  without.delete(path);
  expect(() => readKrillStore(without)).toThrow(/command-1.json is missing/);
  files.set(path, Buffer.from('{'));
  expect(() => readKrillStore(files)).toThrow(expect.objectContaining({ path }));
});
