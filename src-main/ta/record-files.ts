/** The files of a check of the record: exchanges and the identities of both halves, read and no more (krill-ta.md 4.1, 4.5, 4.8). */
import { AppError } from '../lib/app-error.ts';
import { below, JsonError, type JsonValue, readJson, writeJson } from '../lib/json-reader.ts';
import { asArray, asObject, asText } from '../lib/json-shape.ts';
import { fileWords, recogniseFile } from '../rpki/exchange-file.ts';
import { readIdentity } from './documents.ts';
import { readSignerInfo } from './signer-info.ts';

export interface RecordFile {
  name: string;
  bytes: Uint8Array;
}

export interface PartyIdentity {
  spkiDer: Uint8Array;
  certificateDer: Uint8Array;
}

export interface Party extends PartyIdentity {
  /** From signer-info.json; null: only the identity is known. */
  anchor: { keyId: string; certificateDer: Uint8Array } | null;
}

/** One exchange of the file, as it stands there. */
export interface KeptExchange {
  at: Date;
  request: Uint8Array;
  response: Uint8Array;
}

function refuse(file: RecordFile, wanted: string, why: string | null = null): never {
  const is = why === null ? fileWords(recogniseFile(file.bytes)) : `damaged, ${why}`;
  throw new AppError('INVALID_INPUT', `${file.name} is ${is}; wanted is ${wanted}.`, { subject: file.name });
}

/** What `read` makes of a file of that kind. Throws AppError INVALID_INPUT. */
function readFile<T>(file: RecordFile, wanted: string, read: (value: JsonValue) => T | null): T {
  try {
    return read(readJson(file.bytes)) ?? refuse(file, wanted);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return refuse(file, wanted, error.path === '' ? error.message : `at ${error.path}: ${error.message}`);
  }
}

/** Throws AppError INVALID_INPUT. */
export function readParty(file: RecordFile, signer: boolean): Party {
  const wanted = signer
    ? "signer-info.json or the signer's identity"
    : 'the identity of the proxy (proxy-id.json)';
  return readFile(file, wanted, (value) => {
    switch (recogniseFile(file.bytes)) {
      case 'proxy-id':
        return { ...readIdentity(value, ''), anchor: null };
      case 'signer-info': {
        if (!signer) return null;
        const info = readSignerInfo(value);
        const identity = readIdentity(asObject(value, '', { required: ['id'], open: true }).get('id'), 'id');
        return { ...identity, anchor: { keyId: info.taKeyId, certificateDer: info.taCertificateDer } };
      }
      default:
        return null;
    }
  });
}

/** A list of exchanges or one of them, oldest first. Throws AppError INVALID_INPUT. */
export function readExchanges(file: RecordFile): KeptExchange[] {
  const wanted = 'exchanges.json, or one exchange of it';
  const all = readFile(file, wanted, (value) => {
    const members = { required: ['time', 'request', 'response'] };
    if (!Array.isArray(value) && !(value instanceof Map && value.has('time'))) return null;
    const list: [JsonValue, string][] = Array.isArray(value) ? asArray(value, '') : [[value, '']];
    return list.map(([item, path]) => {
      const exchange = asObject(item, path, members);
      const at = new Date(asText(exchange.get('time'), below(path, 'time')));
      if (Number.isNaN(at.getTime())) throw new JsonError('it is no instant', below(path, 'time'));
      const part = (name: string): Uint8Array => Buffer.from(writeJson(exchange.get(name) ?? null), 'utf8');
      return { at, request: part('request'), response: part('response') };
    });
  });
  if (all.length === 0) throw new AppError('INVALID_INPUT', `${file.name} holds no exchange.`);
  return all.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}
