/**
 * A KMIP server as a function from operation to answer: versions negotiated, connections pooled, what is safe to repeat
 * repeated once when a pooled connection turns out to be dead. What the operations are for is decided above.
 */
import type { KmipSettings } from '#shared/contract/signer-settings.ts';
import { sha256Hex, wipe } from '../../lib/bytes.ts';
import type { Clock, Net } from '../../ports.ts';
import { type Connection, ConnectionError, createConnection } from './connection.ts';
import type { KmipContact } from './contact.ts';
import { changedPeer } from './faults.ts';
import {
  decodeResponse,
  encodeRequest,
  type KmipCredential,
  KmipResultError,
  type KmipVersion,
  sameVersion,
} from './message.ts';
import { discoverVersions, type KmipOperation } from './operations.ts';
import { createPool } from './pool.ts';

export interface KmipClient {
  /** Throws KmipResultError, ConnectionError, TtlvError, AppError of the network. */
  call<T>(operation: KmipOperation<T>, signal?: AbortSignal): Promise<T>;
  /** Asks for the versions; answers the one that is spoken from then on. Throws as `call` does. */
  negotiate(signal?: AbortSignal): Promise<KmipVersion>;
  /** DER of the certificate that the server showed last; null before. */
  peer(): Uint8Array | null;
  /** SECURITY: whoever opened it proves the server with this certificate (SHA-256); every other one is asked to prove itself from now on. */
  settle(certificate: string): void;
  /**
   * Of the password: whether a request with it was handed to a connection, and then whether the server did what one asked for. `sent`
   * again after a request without an answer.
   */
  password(): 'unsent' | 'sent' | 'taken';
  close(): void;
}

/** In the order in which they are wanted: 2.x writes attributes differently and brings nothing that is needed. */
const VERSIONS: readonly KmipVersion[] = [
  ...[4, 3, 2, 1, 0].map((minor) => ({ major: 1, minor })),
  { major: 2, minor: 0 },
];
const OPERATION_NOT_SUPPORTED = 5;
const GENERAL_FAILURE = 256;
/** How a server says that it does not know the version: the standard left it open before 2.0. */
const WRONG_VERSION = new Set([null, 4, 7, 8, 63, GENERAL_FAILURE]);

/** A refusal without a reason: of the version, the password, or anything. */
const UNSAID = new Set([null, GENERAL_FAILURE]);
const FIRST: KmipVersion = { major: 1, minor: 4 };

const known = (version: KmipVersion | undefined): KmipVersion | undefined =>
  VERSIONS.find((one) => version !== undefined && sameVersion(one, version));

interface Spoken {
  spoken: KmipVersion;
  /** With the request; null: the server is not told who asks. */
  shown: KmipCredential | null;
}

/** For zero in a configuration: a server that says nothing for so long says nothing any more. */
const LONGEST_MS = 600_000;
/** Zero is no limit here. */
const keptMs = (seconds: number): number => (seconds === 0 ? Infinity : seconds * 1000);
const limitMs = (seconds: number): number => (seconds === 0 ? LONGEST_MS : seconds * 1000);

export function createKmipClient(deps: {
  settings: KmipSettings;
  /** Whom to believe and what to show, asked for each connection: the files may have been renewed. */
  contact(): Promise<KmipContact>;
  credential: KmipCredential | null;
  net: Net;
  clock: Clock;
  /**
   * SECURITY: asked once `settle` was called of each certificate that was not proven, and before anything else is done on a connection
   * that shows it. Throws to refuse it.
   */
  prove(call: KmipClient['call'], peer: Uint8Array): Promise<void>;
}): KmipClient {
  const { settings, contact, credential, net, clock } = deps;
  /** Certificates that were proven, SHA-256; null: it is being opened. */
  let proven: Set<string> | null = null;
  const limits = {
    readTimeoutMs: limitMs(settings.readTimeoutSeconds),
    writeTimeoutMs: limitMs(settings.writeTimeoutSeconds),
    maxResponseBytes: settings.maxResponseBytes,
  };
  let version: KmipVersion = { major: 1, minor: 0 };
  /** What the connection showed that answered last. */
  let peer: Uint8Array | null = null;
  let password: ReturnType<KmipClient['password']> = 'unsent';
  /** What a request with the password ended with, without an answer, when it was not known to be taken. */
  let unanswered: { error: unknown } | null = null;
  /** The end of the last request with a password of which nobody knows whether it is taken. */
  let doubted = Promise.resolve();

  /** SECURITY: one such request is under way, and after one without an answer there is no other: a server may count each. */
  async function alone<T>(work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = doubted;
    doubted = before.then(() => promise);
    try {
      await before;
      if (unanswered !== null) throw unanswered.error;
      return await work();
    } finally {
      resolve();
    }
  }

  const pool = createPool({
    clock,
    limits: {
      maxConnections: settings.maxConnections,
      maxUseMs: keptMs(settings.maxUseSeconds),
      maxIdleMs: keptMs(settings.maxIdleSeconds),
    },
    async connect(ended, signal) {
      const believed = await contact();
      const { host, port } = settings;
      const stream = await net
        .dial({
          ...{ host, port, ...believed },
          timeoutMs: limitMs(settings.connectTimeoutSeconds),
          ...(signal === undefined ? {} : { signal }),
        })
        .catch((error: unknown) => {
          throw changedPeer(error, believed.trust, host);
        });
      return createConnection(stream, { clock, limits, ended });
    },
  });

  /** Throws what the proof throws; the connection is over then. */
  async function requireProven(connection: Connection, signal: AbortSignal | undefined): Promise<void> {
    const certificate = sha256Hex(connection.peer);
    if (proven === null || proven.has(certificate)) return;
    const how = { spoken: version, shown: credential };
    try {
      await deps.prove(
        (operation, until) => exchange(connection, operation, how, until ?? signal),
        connection.peer,
      );
      proven.add(certificate);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async function exchange<T>(
    connection: Connection,
    operation: KmipOperation<T>,
    { spoken, shown }: Spoken,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const before = password;
    if (shown !== null && password === 'unsent') password = 'sent';
    const request = encodeRequest({
      version: spoken,
      operation: operation.name,
      payload: operation.payload(spoken),
      credential: shown,
      maxResponseBytes: limits.maxResponseBytes,
    });
    try {
      const response = await connection.exchange(request, signal);
      const value = operation.read(decodeResponse(response, operation.name));
      if (shown !== null) password = 'taken';
      return value;
    } catch (error) {
      if (shown !== null && isUnanswered(error)) {
        // It was changed meanwhile, for all that is known here.
        password = 'sent';
        if (before !== 'taken') unanswered = { error };
      }
      throw error;
    } finally {
      // SECURITY: it held the password.
      if (shown !== null) wipe(request);
    }
  }

  async function callIn<T>(
    operation: KmipOperation<T>,
    how: Spoken,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const attempt = (fresh: boolean): Promise<T> =>
      pool.use(
        async (connection) => {
          await requireProven(connection, signal);
          const value = await exchange(connection, operation, how, signal);
          ({ peer } = connection);
          return value;
        },
        { fresh, signal },
      );
    // SECURITY: a server that hangs up on a wrong password looks like one that closed an idle connection.
    if (how.shown !== null && password !== 'taken') return alone(() => attempt(true));
    try {
      return await attempt(false);
    } catch (error) {
      if (!operation.repeatable || !(error instanceof ConnectionError) || !error.stale) throw error;
      return how.shown === null ? attempt(true) : alone(() => attempt(true));
    }
  }

  /** What the server speaks, or what it says against this version. Throws what is no answer to that question. */
  async function discovered(
    how: Spoken,
    signal: AbortSignal | undefined,
  ): Promise<KmipVersion | KmipResultError | null> {
    try {
      const common = await callIn(discoverVersions(VERSIONS), how, signal);
      return VERSIONS.find((one) => common.some((other) => sameVersion(one, other))) ?? null;
    } catch (error) {
      if (!(error instanceof KmipResultError)) throw error;
      // 1.0 has no Discover Versions: who does not know it speaks what the request was written in, or says what it speaks.
      return error.reason === OPERATION_NOT_SUPPORTED ? (known(error.version) ?? how.spoken) : error;
    }
  }

  /**
   * SECURITY: whatever a server says against a version, it may mean the password; so that goes out once the version is known, or with
   * one last question about it, and never with each.
   */
  async function negotiated(signal: AbortSignal | undefined): Promise<KmipVersion> {
    let last: KmipResultError | null = null;
    for (const spoken of VERSIONS) {
      const found = await discovered({ spoken, shown: null }, signal);
      if (found === null) continue;
      if (!(found instanceof KmipResultError)) return found;
      last = found;
      if (WRONG_VERSION.has(found.reason)) continue;
      // It knows the version and wants to know who asks.
      if (credential === null) throw found;
      return withPassword(spoken, signal);
    }
    if (last === null) throw noCommonVersion();
    if (credential !== null) return withPassword(known(last.version) ?? FIRST, signal);
    throw UNSAID.has(last.reason) ? last : noCommonVersion(last.message);
  }

  async function withPassword(spoken: KmipVersion, signal: AbortSignal | undefined): Promise<KmipVersion> {
    const found = await discovered({ spoken, shown: credential }, signal);
    if (found instanceof KmipResultError) throw found;
    return found ?? spoken;
  }

  return {
    call: (operation, signal) => callIn(operation, { spoken: version, shown: credential }, signal),
    async negotiate(signal) {
      version = await negotiated(signal);
      return version;
    },
    peer: () => peer,
    settle(certificate) {
      proven = new Set([certificate]);
    },
    password: () => password,
    close: () => pool.close(),
  };
}

/** The server said nothing that is an answer, and nobody here ended it. */
const isUnanswered = (error: unknown): boolean =>
  !(error instanceof KmipResultError) && !(error instanceof ConnectionError && error.kind === 'cancelled');

function noCommonVersion(message = 'the server lists no version that is spoken here'): KmipResultError {
  return new KmipResultError('discoverVersions', {
    status: 1,
    reason: 63,
    message,
    version: { major: 0, minor: 0 },
  });
}
