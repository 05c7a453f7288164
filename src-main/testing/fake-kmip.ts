/**
 * A small KMIP server in this process, for what PyKMIP does not do: EC keys, old versions, passwords, refusals, silence.
 * It shares the codec with the client, so PyKMIP stays the proof of the encoding. Not shipped.
 */
import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { type KmipSettings, kmipSettings } from '#shared/contract/signer-settings.ts';
import {
  enumeration,
  integer,
  maybeStructure,
  need,
  needStructure,
  structure,
  text,
} from '../signers/kmip/items.ts';
import {
  type KmipVersion,
  readVersion,
  sameVersion,
  versionItem,
  versionText,
} from '../signers/kmip/message.ts';
import { OPERATION, type OperationName, TAG } from '../signers/kmip/names.ts';
import { decodeTtlv, encodeTtlv, type TtlvItem, ttlvLength } from '../signers/kmip/ttlv.ts';
import { type FakeObject, FakeRefusal, fakeStore } from './fake-kmip-objects.ts';
import { serveRaw } from './test-net.ts';
import { type TestTls, testTls } from './test-tls.ts';

const ALL = Object.keys(OPERATION) as OperationName[];
const NAMES = new Map(ALL.map((name) => [OPERATION[name], name] as const));

export interface FakeKmipOptions {
  versions?: readonly string[];
  announced?: readonly OperationName[];
  rawEcdsa?: boolean;
  /** Its certificate; the one of all when left out. */
  tls?: TestTls;
  transparent?: boolean;
  /** Whether it says which keys are sensitive; true when left out. */
  tellsSensitive?: boolean;
  password?: { username: string; password: string };
  /** How long the answer to each is held back. */
  delayMs?: (operation: OperationName) => number;
  /** Asked before each request: a Result Reason refuses it, `silent` never answers, `drop` closes, octets are sent as they are. */
  before?: (
    operation: OperationName,
    withPassword: boolean,
  ) => number | 'silent' | 'drop' | Uint8Array | null;
}

export interface FakeKmip {
  port: number;
  certPem: string;
  objects: Map<string, FakeObject>;
  /** Operations asked, with the version of each request: "1.4 sign". */
  asked: string[];
  /** Passwords that came, one for each request that had one. */
  passwords: string[];
  /** Connections that are open now, and how many there were. */
  open(): number;
  total(): number;
  /** Ends every connection and goes on listening. */
  hangUp(): void;
  settings(more?: Partial<KmipSettings>): KmipSettings;
}

const TLS = testTls();

/** Ends with the test file's `endServers`. */
export async function fakeKmip(options: FakeKmipOptions = {}): Promise<FakeKmip> {
  const versions = (options.versions ?? ['1.4', '1.3', '1.2', '1.1', '1.0']).map((one): KmipVersion => {
    const [major = 0, minor = 0] = one.split('.').map(Number);
    return { major, minor };
  });
  const announced = options.announced ?? ALL;
  const tls = options.tls ?? TLS;
  const store = fakeStore({
    versions,
    announced,
    rawEcdsa: options.rawEcdsa ?? false,
    transparent: options.transparent ?? false,
    tellsSensitive: options.tellsSensitive ?? true,
  });
  const asked: string[] = [];
  const passwords: string[] = [];
  const sockets = new Set<Socket>();
  let total = 0;

  function answer(request: TtlvItem): Uint8Array | 'silent' | 'drop' {
    const header = needStructure(request, TAG.requestHeader);
    const version = readVersion(needStructure(header, TAG.protocolVersion));
    const item = needStructure(request, TAG.batchItem);
    const code = need(item, TAG.operation, 'enumeration');
    const operation = NAMES.get(code as (typeof OPERATION)[OperationName]);
    if (operation === undefined) return refused(code, versions, new FakeRefusal(5, 'unknown'));
    asked.push(`${versionText(version)} ${operation}`);
    const given = passwordIn(header);
    if (given !== null) passwords.push(given.password);
    const before = options.before?.(operation, given !== null) ?? null;
    if (before === 'silent' || before === 'drop' || before instanceof Uint8Array) return before;
    try {
      if (before !== null) throw new FakeRefusal(before, 'as the test wants');
      if (!versions.some((one) => sameVersion(one, version))) throw new FakeRefusal(4, 'protocol version');
      if (operation === 'discoverVersions' && version.major === 1 && version.minor === 0)
        throw new FakeRefusal(5, 'not in 1.0');
      checkPassword(header);
      const payload = needStructure(item, TAG.requestPayload);
      return response(version, [
        enumeration(TAG.operation, code),
        enumeration(TAG.resultStatus, 0),
        structure(TAG.responsePayload, store.run(operation, payload, version)),
      ]);
    } catch (error) {
      if (!(error instanceof FakeRefusal)) throw error;
      return refused(code, versions.some((one) => sameVersion(one, version)) ? [version] : versions, error);
    }
  }

  function checkPassword(header: TtlvItem): void {
    const wanted = options.password;
    if (wanted === undefined) return;
    const given = passwordIn(header);
    if (given?.username !== wanted.username || given.password !== wanted.password)
      throw new FakeRefusal(3, 'authentication failed');
  }

  /** By what was asked last. */
  function later(send: () => void): void {
    const operation = asked.at(-1)?.split(' ')[1] as OperationName | undefined;
    const ms = operation === undefined ? 0 : (options.delayMs?.(operation) ?? 0);
    if (ms === 0) send();
    else setTimeout(send, ms);
  }

  const server = createServer({ key: tls.keyPem, cert: tls.certPem }, (socket: TLSSocket) => {
    total += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let buffered = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 8 && buffered.length >= ttlvLength(buffered)) {
        const length = ttlvLength(buffered);
        const answered = answer(decodeTtlv(buffered.subarray(0, length)));
        buffered = buffered.subarray(length);
        if (answered === 'drop') socket.destroy();
        else if (answered !== 'silent') later(() => socket.write(answered));
      }
    });
  });
  server.on('tlsClientError', () => undefined);
  const port = await serveRaw(server, () => undefined);

  return {
    port,
    certPem: TLS.certPem,
    objects: store.objects,
    asked,
    passwords,
    open: () => sockets.size,
    total: () => total,
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
    settings: (more = {}) => ({
      ...kmipSettings.parse({ kind: 'kmip', host: '127.0.0.1', port }),
      insecure: true,
      ...more,
    }),
  };
}

function passwordIn(header: TtlvItem): { username: string; password: string } | null {
  const credential = maybeStructure(header, TAG.authentication);
  if (credential === null) return null;
  const value = needStructure(needStructure(credential, TAG.credential), TAG.credentialValue);
  return { username: need(value, TAG.username, 'text'), password: need(value, TAG.password, 'text') };
}

function response(version: KmipVersion, item: TtlvItem[]): Uint8Array {
  return encodeTtlv(
    structure(TAG.responseMessage, [
      structure(TAG.responseHeader, [
        versionItem(version),
        { tag: TAG.timeStamp, type: 'dateTime', value: 1_700_000_000n },
        integer(TAG.batchCount, 1),
      ]),
      structure(TAG.batchItem, item),
    ]),
  );
}

function refused(
  code: number,
  versions: readonly KmipVersion[],
  { reason, message }: FakeRefusal,
): Uint8Array {
  return response(versions[0] ?? { major: 1, minor: 0 }, [
    enumeration(TAG.operation, code),
    enumeration(TAG.resultStatus, 1),
    enumeration(TAG.resultReason, reason),
    text(TAG.resultMessage, message),
  ]);
}
