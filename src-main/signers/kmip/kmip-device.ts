/**
 * A KMIP server as a device: keys as Krill makes and names them (krill-ta.md 9.3), so that each finds the other's. The
 * operator's label is not written there: the names carry the key identifier. When it is contacted is decided above.
 */
import type { KmipSettings } from '#shared/contract/signer-settings.ts';
import { sha256Hex, wipe } from '../../lib/bytes.ts';
import type { Clock, Net, Random } from '../../ports.ts';
import {
  type Capability,
  type Device,
  DeviceError,
  type DeviceFacts,
  type DeviceKeyRequest,
  type MadeKey,
  type Person,
  type Proof,
} from '../device.ts';
import { type KmipClient, createKmipClient } from './client.ts';
import { type KmipContact, readKmipContact } from './contact.ts';
import { ConnectionError } from './connection.ts';
import { deviceFault } from './faults.ts';
import { createKeys, type KmipKeys } from './keys.ts';
import { type KmipCredential, versionText } from './message.ts';
import { OPERATION, OPERATION_TITLES, type OperationName } from './names.ts';
import { KMIP_ALGORITHMS, queryServer } from './operations.ts';

/** H-021. */
const NEEDED_OPERATIONS: readonly OperationName[] = [
  ...(['activate', 'createKeyPair', 'destroy', 'get', 'modifyAttribute', 'query', 'revoke', 'sign'] as const),
];
/** With them a key is found again by its public half, and keys that others made are listed. */
const HELPFUL_OPERATIONS: readonly OperationName[] = ['discoverVersions', 'getAttributes', 'locate'];

/** Servers that announce Create Key Pair and make one kind: KMIP has no question for it. */
const RSA_ONLY = /^PyKMIP /;
/** All keys of the server, and the search for one among them. */
const LISTING_MS = 300_000;

/**
 * `person` is asked for the password once an opening when a user name is configured. SECURITY: KMIP wants it in every
 * request, so it is kept in memory until `close`.
 */
export function createKmipDevice(deps: {
  settings: KmipSettings;
  net: Net;
  clock: Clock;
  random: Random;
  person: Person;
}): Device {
  const { settings, net, clock, random, person } = deps;
  const where = `${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${settings.port}`;
  const withPassword = (settings.username ?? '') !== '';
  let opened: { client: KmipClient; keys: KmipKeys } | null = null;
  /** Of the last opening; null: nobody wants it proven. */
  let proof: Proof | null = null;
  let last: DeviceFacts | null = null;
  /** The password; empty: none. */
  let sent = '';
  /** The server took it since it was opened. */
  let took = false;
  /** Kinds that the server refused to make. */
  const refusedKinds = new Set<string>();

  /** SECURITY: what the server says is shown and copied, and it may say the password that it got. */
  const clean = (said: string): string => (sent === '' ? said : said.replaceAll(sent, '***'));
  function withoutPassword(fault: unknown): unknown {
    return fault instanceof DeviceError && clean(fault.library) !== fault.library
      ? new DeviceError(fault.trouble, fault.code, fault.message, clean(fault.library))
      : fault;
  }

  /** Runs `work`; whatever goes wrong becomes a DeviceError. */
  async function told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const fault = withoutPassword(deviceFault(error, where, withPassword));
      // SECURITY: a password that was refused is not sent again, and one that was not answered to goes out once more at most, on record.
      const refused = fault instanceof DeviceError && fault.trouble === 'pin-refused';
      if (refused) took = false;
      if (refused || opened?.client.password() === 'sent') shut();
      throw fault;
    }
  }

  /** What asks for each object that the server names: no server makes that take for ever, and with one that failed the rest ends. */
  async function inTime<T>(
    signal: AbortSignal | undefined,
    work: (until: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const over = new AbortController();
    let late = false;
    const stop = clock.after(LISTING_MS, () => {
      late = true;
      over.abort();
    });
    try {
      return await work(signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]));
    } catch (error) {
      if (!late || signal?.aborted === true) throw error;
      throw new DeviceError(
        'unreachable',
        'READ_TIMEOUT',
        `${where} did not show its keys within ${LISTING_MS / 60_000} minutes: look at its load.`,
      );
    } finally {
      stop();
      over.abort();
    }
  }

  function shut(): void {
    opened?.client.close();
    opened = null;
  }

  function keys(): KmipKeys {
    if (opened === null)
      throw new DeviceError('unreachable', 'NOT_OPEN', `${where} is not connected: contact it first.`);
    return opened.keys;
  }

  async function credential(): Promise<KmipCredential | null> {
    if (!withPassword) return null;
    const password = await person.pin({
      ...{ reason: 'login', tries: null },
      server: { host: settings.host, port: settings.port },
      ...(took ? { known: new Uint8Array(Buffer.from(sent, 'utf8')) } : {}),
    });
    try {
      sent = Buffer.from(password).toString('utf8');
      return { username: settings.username ?? '', password: sent };
    } finally {
      wipe(password);
    }
  }

  async function connect(signal: AbortSignal): Promise<KmipClient> {
    if (signal.aborted) throw new ConnectionError('cancelled', 'It was cancelled.');
    const contact = (): Promise<KmipContact> => readKmipContact(settings);
    // Nobody is asked for a password that wrong files keep from being used.
    await contact();
    const client = createKmipClient({
      ...{ settings, contact, credential: await credential(), net, clock },
      async prove(call, peer) {
        if (opened === null || last === null || proof === null) return;
        const { find, sign } = createKeys({ client: { call }, random, version: opened.keys.version });
        await proof({ find, sign }, { ...last, serial: sha256Hex(peer) });
      },
    });
    try {
      const version = await client.negotiate(signal);
      opened = { client, keys: createKeys({ client, random, version }) };
      return client;
    } catch (error) {
      client.close();
      throw withPin(client, error);
    }
  }

  /** `error` as the device port has it, with what became of the password. */
  function withPin(client: KmipClient, error: unknown): unknown {
    const fault = deviceFault(error, where, withPassword);
    const password = client.password();
    if (fault instanceof DeviceError) fault.pin = password === 'sent' ? null : password;
    return fault;
  }

  async function facts(client: KmipClient, signal: AbortSignal): Promise<DeviceFacts> {
    const { operations, vendor: named } = await client.call(queryServer(), signal);
    const vendor = clean(named);
    const present = (name: OperationName): boolean => operations.includes(OPERATION[name]);
    const missing = NEEDED_OPERATIONS.filter((name) => !present(name));
    if (missing.length > 0 && !settings.force) {
      const names = missing.map((name) => OPERATION_TITLES[name]).join(', ');
      throw new DeviceError(
        'unsupported',
        'OPERATIONS_MISSING',
        `${where} does not announce ${names}: use another server, or set "force" if you know that it does them all the same.`,
        `announced: ${operations.join(', ')}`,
      );
    }
    const capability =
      (needed: boolean) =>
      (name: OperationName): Capability => ({
        name: OPERATION_TITLES[name],
        present: present(name),
        needed,
      });
    return {
      manufacturer: vendor,
      model: `KMIP ${opened === null ? '' : versionText(opened.keys.version)}`.trim(),
      serial: sha256Hex(client.peer() ?? new Uint8Array()),
      firmware: '',
      label: vendor,
      slot: null,
      library: '',
      capabilities: [
        ...NEEDED_OPERATIONS.map(capability(true)),
        ...HELPFUL_OPERATIONS.map(capability(false)),
      ],
      algorithms: KMIP_ALGORITHMS.filter(
        (algorithm) =>
          !refusedKinds.has(algorithm) && (algorithm.startsWith('rsa-') || !RSA_ONLY.test(vendor)),
      ),
      tries: null,
    };
  }

  async function made(request: DeviceKeyRequest, signal: AbortSignal | undefined): Promise<MadeKey> {
    try {
      return await keys().create(request, signal);
    } catch (error) {
      const fault = deviceFault(error, where, withPassword);
      if (fault instanceof DeviceError && fault.trouble === 'unsupported')
        refusedKinds.add(request.algorithm);
      throw fault;
    }
  }

  return {
    open: (signal, prove) =>
      told(async () => {
        proof = prove ?? null;
        const again = opened;
        const client = again?.client ?? (await connect(signal));
        try {
          last = await facts(client, signal);
          client.settle(last.serial);
          took = withPassword;
          return last;
        } catch (error) {
          // What did not come up is not half open.
          if (again === null) shut();
          throw withPin(client, error);
        }
      }),
    async create(request, signal) {
      // What our own side of it throws is no word of the server.
      let own: { error: unknown } | null = null;
      const begun = async (handle: Uint8Array, spkiDer: Uint8Array | null): Promise<void> => {
        try {
          await request.begun?.(handle, spkiDer);
        } catch (error) {
          own = { error };
          throw error;
        }
      };
      try {
        return await told(() => made({ ...request, begun }, signal));
      } catch (error) {
        throw own === null ? error : (own as { error: unknown }).error;
      }
    },
    serial() {
      const peer = opened?.client.peer() ?? null;
      return peer === null ? null : sha256Hex(peer);
    },
    publicKey: (handle) => told(() => keys().publicKey(handle)),
    sign: (handle, algorithm, data) => told(() => keys().sign(handle, algorithm, data)),
    destroy: (handle, spkiDer) => told(() => keys().destroy(handle, spkiDer)),
    destroyIf: (handle, may) => told(() => keys().destroyIf(handle, may)),
    find: (spkiDer, signal) => told(() => inTime(signal, (until) => keys().find(spkiDer, until))),
    list: (signal, looked) =>
      told(async () => {
        const found = await inTime(signal, (until) => keys().list(until, looked));
        return found.map((key) => ({ ...key, label: clean(key.label) }));
      }),
    async close() {
      shut();
      sent = '';
      took = false;
    },
  };
}
