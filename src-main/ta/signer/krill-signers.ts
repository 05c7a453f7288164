/**
 * Krill's signers in a data directory (krill-ta.md 9.4): which key identifier is which object of which token or KMIP server.
 * Keys of its OpenSSL signer lie in files and are not told here.
 */
import { asArray, asMap, asObject, asText } from '../../lib/json-shape.ts';
import { type KrillEffect, replayCommands } from './krill-commands.ts';

/** A key that lies on a device. */
export interface DeviceKeyPlace {
  kind: 'pkcs11' | 'kmip';
  /** As the signers' own handles are: CKA_ID; "public id:private id" in UTF-8. */
  handle: Uint8Array;
  /** As it was called in krillta.conf, and what Krill saw of it. */
  signerName: string;
  signerInfo: string;
}

const FOLDER = /^(signers\/[^/]+)\/command-0\.json$/;

function handleOf(kind: 'pkcs11' | 'kmip', internalId: string): Uint8Array {
  return kind === 'pkcs11' ? Buffer.from(internalId, 'hex') : Buffer.from(internalId, 'utf8');
}

/** By key identifier in upper-case hex. Throws JsonError. */
export function readKrillSigners(files: ReadonlyMap<string, Uint8Array>): Map<string, DeviceKeyPlace> {
  const places = new Map<string, DeviceKeyPlace>();
  const folders = [...files.keys()].flatMap((path) => FOLDER.exec(path)?.[1] ?? []);
  for (const folder of folders) {
    let signerName = '';
    let signerInfo = '';
    let kind: 'pkcs11' | 'kmip' | null = null;
    const take = (effect: KrillEffect): void => {
      if (effect.kind === 'init') {
        const at = `${effect.path}.init`;
        const init = asObject(effect.effect.get('init'), at, {
          required: ['signer_name', 'signer_info'],
          open: true,
        });
        signerName = asText(init.get('signer_name'), `${at}.signer_name`);
        signerInfo = asText(init.get('signer_info'), `${at}.signer_info`);
        kind = signerInfo.startsWith('PKCS#11') ? 'pkcs11' : signerInfo.startsWith('KMIP') ? 'kmip' : null;
        return;
      }
      if (effect.kind === 'refused') return;
      for (const [name, value, at] of asMap(effect.event, effect.path)) {
        if (name === 'KeyRemoved') places.delete(asText(value, at).toUpperCase());
        if (name !== 'KeyAdded' || kind === null) continue;
        const [[keyId, idPath] = [null, at], [internal, internalPath] = [null, at]] = asArray(value, at);
        places.set(asText(keyId, idPath).toUpperCase(), {
          kind,
          handle: handleOf(kind, asText(internal, internalPath)),
          signerName,
          signerInfo,
        });
      }
    };
    replayCommands(files, folder, take);
  }
  return places;
}
