/**
 * A data directory krillta goes on with (krill-ta.md 4.12): the present state as its init, every exchange as a command after
 * it, the keys of TA and identity in the clear, as krillta keeps them, or the places on the devices that hold them (9.4).
 * SECURITY: one of the few ways a key leaves on purpose.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { toHex } from '../../lib/bytes.ts';
import { type JsonValue, writeJson } from '../../lib/json-reader.ts';
import { toJson } from '../../lib/json-shape.ts';
import type { WholeExchange } from '../../store/commands/ta.ts';
import { pkcs1Der } from '../../x509/private-key.ts';
import { keyId } from '../../x509/public-key.ts';
import { exchangeJson } from '../export.ts';
import { signedTime } from '../review/history.ts';
import { identityJson, signerInfoJson, type TrustAnchor } from './trust-anchor.ts';

/** As Krill names the signer that it has when nothing is configured. */
export const OPENSSL_NAME = 'Default OpenSSL signer';

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

function exchangeCommand(exchange: WholeExchange, version: number): string {
  const done = exchangeJson(exchange);
  if (!(done instanceof Map)) throw new Error('an exchange is no object');
  return commandText({
    handle: 'ta',
    actor: 'krillta',
    version,
    time: signedTime(exchange),
    details: new Map([['TrustAnchorSignerRequest', done.get('request') ?? null]]),
    effect: success(new Map([['ProxySignerExchangeDone', done]])),
  });
}

/** Where krillta finds a key: PKCS#8 for a file, or what its device calls it. */
export type ExportedKey = { pkcs8: Uint8Array } | { device: ExportedDevice; handle: Uint8Array };

/** A device as krillta knows it again, by the key it was bound with here. */
export interface ExportedDevice {
  kind: 'pkcs11' | 'kmip';
  /** As in its configuration; Krill shows it and finds the device without it. */
  name: string;
  info: string;
  identity: { spkiDer: Uint8Array; handle: Uint8Array };
}

/** Krill's internal id of a key: CKA_ID; the two identifiers of a KMIP pair. */
const internalId = (kind: ExportedDevice['kind'], handle: Uint8Array): string =>
  kind === 'pkcs11' ? toHex(handle).toLowerCase() : Buffer.from(handle).toString('utf8');

/** One signer of Krill: who it is, and which key identifier is which of its internal ids. */
function signerCommands(
  init: { name: string; info: string; spkiDer: Uint8Array; privateId: string },
  keys: readonly [keyId: string, internal: string][],
  time: string,
): [path: string, text: string][] {
  const handle = randomUUID();
  const command = (version: number, details: JsonValue, effect: JsonValue): [string, string] => [
    `signers/${handle}/command-${version}.json`,
    commandText({ handle, actor: 'krill', version, time, details, effect }),
  ];
  return [
    command(
      0,
      'Init',
      toJson({
        result: 'init',
        init: {
          signer_name: init.name,
          signer_info: init.info,
          signer_identity: {
            public_key: Buffer.from(init.spkiDer).toString('base64'),
            private_key_internal_id: init.privateId,
          },
        },
      }),
    ),
    ...keys.map((key, at) => command(at + 1, toJson({ AddKey: key }), success(toJson({ KeyAdded: key })))),
  ];
}

/** krillta's own OpenSSL signer: it maps key identifiers to the files in keys/. */
function fileKeys(keys: readonly [keyId: string, pkcs8: Uint8Array][], time: string): [string, string][] {
  if (keys.length === 0) return [];
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const spkiDer = own.publicKey.export({ format: 'der', type: 'spki' });
  const privateId = keyId(spkiDer);
  return [
    ...keys.map(([id, pkcs8]): [string, string] => [`keys/${id}`, keyText(pkcs1Der(pkcs8))]),
    ...signerCommands(
      { name: OPENSSL_NAME, info: 'OpenSSL Soft Signer', spkiDer, privateId },
      keys.map(([id]) => [id, id]),
      time,
    ),
    [`keys/${privateId}`, keyText(own.privateKey.export({ format: 'der', type: 'pkcs1' }))],
  ];
}

function deviceKeys(
  { kind, name, info, identity }: ExportedDevice,
  keys: readonly [keyId: string, handle: Uint8Array][],
  time: string,
): [string, string][] {
  // Of its own key Krill keeps the private half alone.
  const privateId = internalId(kind, identity.handle).split(':').at(-1) ?? '';
  return signerCommands(
    { name, info, spkiDer: identity.spkiDer, privateId },
    keys.map(([id, handle]) => [id, internalId(kind, handle)]),
    time,
  );
}

/** Every file by its path. */
export function krillStoreFiles(
  anchor: TrustAnchor,
  exchanges: readonly WholeExchange[],
  keys: { identity: ExportedKey; ta: ExportedKey },
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
  const all: [string, ExportedKey][] = [
    [anchor.identity.keyId, keys.identity],
    [anchor.objects.keyId, keys.ta],
  ];
  const devices = new Set(all.flatMap(([, key]) => ('device' in key ? [key.device] : [])));
  return new Map([
    ['signer/ta/command-0.json', init],
    ...exchanges.map((exchange, at): [string, string] => [
      `signer/ta/command-${at + 1}.json`,
      exchangeCommand(exchange, at + 1),
    ]),
    ...fileKeys(
      all.flatMap(([id, key]): [string, Uint8Array][] => ('pkcs8' in key ? [[id, key.pkcs8]] : [])),
      createdAt,
    ),
    ...[...devices].flatMap((device) =>
      deviceKeys(
        device,
        all.flatMap(([id, key]): [string, Uint8Array][] =>
          'device' in key && key.device === device ? [[id, key.handle]] : [],
        ),
        createdAt,
      ),
    ),
  ]);
}

/** What an exported store reads back as; used to check it before it is offered. */
export const readBack = (files: ReadonlyMap<string, string>): Map<string, Uint8Array> =>
  new Map([...files].map(([path, text]) => [path, Buffer.from(text, 'utf8')]));
