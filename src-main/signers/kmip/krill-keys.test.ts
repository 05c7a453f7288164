import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kmipDevice } from '../../testing/kmip-device.ts';
import { missingPeers } from '../../testing/peers.ts';
import { type Pykmip, startPykmip } from '../../testing/pykmip.ts';
import { endServers } from '../../testing/test-net.ts';
import { vectorPath } from '../../testing/vectors.ts';
import { keyId } from '../../x509/public-key.ts';
import { signatureHolds } from '../signature-scheme.ts';

const DATA = Buffer.from('what is to be signed');
const missing = missingPeers('pykmip-server');
const folder = mkdtempSync(join(tmpdir(), 'baleen-krill-keys-'));
const store = vectorPath('krill-ta', 'krill-0.16.1', 'signer-store-kmip');
let pykmip: Pykmip;

interface Command {
  details: 'Init' | { AddKey: [string, string] };
  effect: {
    init?: { signer_name: string; signer_identity: { public_key: string; private_key_internal_id: string } };
  };
}

/** What krillta wrote of its KMIP signer: the identity key, and the map from key identifier to the server's identifiers. */
function krillsKeys(): { identity: { spki: Buffer; handle: string }; keys: [string, string][] } {
  const signers = join(store, 'data', 'signers');
  for (const signer of readdirSync(signers)) {
    const commands = readdirSync(join(signers, signer))
      .filter((name) => name.startsWith('command-'))
      .map((name) => JSON.parse(readFileSync(join(signers, signer, name), 'utf8')) as Command);
    const init = commands.find((command) => command.effect.init !== undefined)?.effect.init;
    if (init?.signer_name !== 'KMIP') continue;
    const { public_key, private_key_internal_id } = init.signer_identity;
    return {
      identity: { spki: Buffer.from(public_key, 'base64'), handle: private_key_internal_id },
      keys: commands.flatMap(({ details }) => (details === 'Init' ? [] : [details.AddKey])),
    };
  }
  throw new Error('the vectors hold no KMIP signer');
}

describe.skipIf(missing.length > 0)(
  `keys that a real krillta made on PyKMIP${missing.length > 0 ? ': MISSING, type npm run peers' : ''}`,
  () => {
    beforeAll(async () => {
      copyFileSync(join(store, 'pykmip.db'), join(folder, 'pykmip.db'));
      pykmip = await startPykmip(folder);
    });
    afterAll(async () => {
      await endServers();
      await pykmip?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test('are found, listed under their names, and sign under the handles that it kept', async () => {
      const device = kmipDevice(pykmip.settings());
      await device.open(new AbortController().signal);
      const { identity, keys } = krillsKeys();
      expect(keys.length).toBeGreaterThan(1);
      const listed = await device.list();
      for (const [identifier, handle] of keys) {
        const spkiDer = await device.publicKey(Buffer.from(handle));
        expect(keyId(spkiDer)).toBe(identifier);
        expect(Buffer.from((await device.find(spkiDer)) ?? []).toString()).toBe(handle);
        expect(listed.find((key) => key.identifier === handle)?.label).toBe(
          `krill-private-key-${identifier.toLowerCase()}`,
        );
        const signature = await device.sign(Buffer.from(handle), 'rsa-2048', DATA);
        expect(signatureHolds('rsa-2048', spkiDer, DATA, signature)).toBe(true);
      }
      const signature = await device.sign(Buffer.from(identity.handle), 'rsa-2048', DATA);
      expect(signatureHolds('rsa-2048', identity.spki, DATA, signature)).toBe(true);
      expect(Buffer.from(await device.publicKey(Buffer.from(identity.handle))).equals(identity.spki)).toBe(
        true,
      );
    });
  },
);
