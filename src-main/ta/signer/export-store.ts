/**
 * A data directory krillta goes on with (krill-ta.md 4.12): the present state as its init, every exchange as a command after
 * it, the keys of TA and identity in the clear, as krillta keeps them. SECURITY: one of the few ways a key leaves on purpose.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { type JsonValue, writeJson } from '../../lib/json-reader.ts';
import { toJson } from '../../lib/json-shape.ts';
import type { NewExchange } from '../../store/commands/ta.ts';
import { pkcs1Der } from '../../x509/private-key.ts';
import { keyId } from '../../x509/public-key.ts';
import { exchangeJson } from '../export.ts';
import { identityJson, signerInfoJson, type TrustAnchor } from './trust-anchor.ts';

interface Command {
  handle: string;
  actor: string;
  version: number;
  time: string;
  details: JsonValue;
  effect: JsonValue;
}

const commandText = (command: Command): string =>
  writeJson(
    new Map<string, JsonValue>([
      ['actor', command.actor],
      ['time', command.time],
      ['handle', command.handle],
      ['version', toJson(command.version)],
      ['details', command.details],
      ['effect', command.effect],
    ]),
  );

const success = (...events: JsonValue[]): JsonValue =>
  new Map<string, JsonValue>([
    ['result', 'success'],
    ['events', events],
  ]);

const keyText = (pkcs1: Uint8Array): string => JSON.stringify(Buffer.from(pkcs1).toString('base64'));

function initOf(anchor: TrustAnchor): JsonValue {
  const info = signerInfoJson(anchor);
  if (!(info instanceof Map)) throw new Error('signer-info is no object');
  return new Map<string, JsonValue>([
    ['id', info.get('id') ?? null],
    ['proxy_id', identityJson(anchor.proxy)],
    ['ta_cert_details', info.get('ta_cert_details') ?? null],
    ['objects', info.get('objects') ?? null],
  ]);
}

function exchangeCommand(exchange: NewExchange, version: number): string {
  const done = exchangeJson(exchange);
  if (!(done instanceof Map)) throw new Error('an exchange is no object');
  return commandText({
    handle: 'ta',
    actor: 'krillta',
    version,
    time: exchange.at,
    details: new Map([['TrustAnchorSignerRequest', done.get('request') ?? null]]),
    effect: success(new Map([['ProxySignerExchangeDone', done]])),
  });
}

/** krillta's own OpenSSL signer: it maps key identifiers to the files in keys/. */
function signerCommands(keyIds: readonly string[], time: string): Map<string, string> {
  const handle = randomUUID();
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const spki = own.publicKey.export({ format: 'der', type: 'spki' });
  const id = keyId(spki);
  const init = commandText({
    handle,
    actor: 'krill',
    version: 0,
    time,
    details: 'Init',
    effect: toJson({
      result: 'init',
      init: {
        signer_name: 'Default OpenSSL signer',
        signer_info: 'OpenSSL Soft Signer',
        signer_identity: { public_key: spki.toString('base64'), private_key_internal_id: id },
      },
    }),
  });
  return new Map([
    [`signers/${handle}/command-0.json`, init],
    ...keyIds.map((key, at): [string, string] => [
      `signers/${handle}/command-${at + 1}.json`,
      commandText({
        handle,
        actor: 'krill',
        version: at + 1,
        time,
        details: toJson({ AddKey: [key, key] }),
        effect: success(toJson({ KeyAdded: [key, key] })),
      }),
    ]),
    [`keys/${id}`, keyText(own.privateKey.export({ format: 'der', type: 'pkcs1' }))],
  ]);
}

/** Every file by its path. `keys`: PKCS#8 of the identity and of the TA key. */
export function krillStoreFiles(
  anchor: TrustAnchor,
  exchanges: readonly NewExchange[],
  keys: { identity: Uint8Array; ta: Uint8Array },
  createdAt: string,
): Map<string, string> {
  const init = commandText({
    handle: 'ta',
    actor: 'krillta',
    version: 0,
    time: createdAt,
    details: 'Init',
    effect: new Map<string, JsonValue>([
      ['result', 'init'],
      ['init', initOf(anchor)],
    ]),
  });
  const [identityId, taId] = [anchor.identity.keyId, anchor.objects.keyId];
  return new Map([
    ['signer/ta/command-0.json', init],
    ...exchanges.map((exchange, at): [string, string] => [
      `signer/ta/command-${at + 1}.json`,
      exchangeCommand(exchange, at + 1),
    ]),
    [`keys/${identityId}`, keyText(pkcs1Der(keys.identity))],
    [`keys/${taId}`, keyText(pkcs1Der(keys.ta))],
    ...signerCommands([identityId, taId], createdAt),
  ]);
}

/** What an exported store reads back as; used to check it before it is offered. */
export const readBack = (files: ReadonlyMap<string, string>): Map<string, Uint8Array> =>
  new Map([...files].map(([path, text]) => [path, Buffer.from(text, 'utf8')]));
