/**
 * Keys on devices that nobody keeps: on record before they are made, off it with the command that keeps them, and destroyed at
 * the next contact when neither that nor their own destruction came (a lock, a device that went, kill -9). SECURITY: what is not surely
 * the same key on the same device stays there, and on the list until the operator forgets it. One for each session.
 */
import type { AuditEntry } from '../../audit/audit-record.ts';
import { AppError } from '../../lib/app-error.ts';
import { equalBytes, sha256Hex, toHex } from '../../lib/bytes.ts';
import { newId } from '../../lib/ids.ts';
import type { Log } from '../../lib/log.ts';
import type { Clock, Random } from '../../ports.ts';
import type { UnfinishedKey } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import { type Device, DeviceError, type DeviceKey, type DeviceTrouble, type FoundKey } from '../device.ts';

/** Of the test keys of the doctor, on the device. */
export const DOCTOR_LABEL = 'Baleen doctor';

export type BegunKey = 'job' | 'left' | null;

export interface UnfinishedKeys {
  /** The same device; what it makes and destroys is on record. */
  watched(signer: string, device: Device): Device;
  /** Nobody here will use this key, and its device was not reached: the next contact destroys it. */
  giveUp(signer: string, handle: Uint8Array): void;
  /** Destroys on this device, which is the bound one and has this serial, what is left of the signer. Never rejects. */
  sweep(signer: string, device: Device, serial: string): Promise<void>;
  /** Those that nobody here works with, oldest first, and what becomes of each, a sentence. */
  list(): Promise<(UnfinishedKey & { text: string })[]>;
  /** What `list` finds on a device, and which of it a job works with (`job`) or is on the list (`left`), for whichever signer on it. */
  among(
    on: { signer: string; serial: string | undefined },
    list: () => Promise<readonly DeviceKey[]>,
  ): Promise<Map<DeviceKey, BegunKey>>;
  /** The operator looked at it: it is taken off the list, and stays where it is. Throws AppError NOT_FOUND, NOT_ALLOWED_NOW. */
  forget(signer: string, id: string): Promise<void>;
}

/** The device answered, so it makes nothing any more. */
const ANSWERED: ReadonlySet<DeviceTrouble> = new Set(['refused', 'unsupported', 'misconfigured', 'key-gone']);
/** As long a device that was not waited for may go on making a key. */
const LATE_MS = 600_000;
/** A key of this age may be kept by whoever went on with the workspace, when this folder is an old copy of it. */
const OLD_MS = 86_400_000;
const BY_HAND = 'Look for it on the device, destroy it there if nobody uses it, and forget it here.';

export function createUnfinishedKeys(deps: {
  clock: Clock;
  random: Random;
  log: Log;
  session: Session;
  /** For records: how the operator calls it with its serial, and the subjects. */
  about(signer: string): { name: string; subjects: AuditEntry['subjects'] };
  changed(signer: string): void;
}): UnfinishedKeys {
  const { clock, random, log, about } = deps;
  const { store } = deps.session;
  /** Keys that a job works with, by the id of their row. */
  const inUse = new Map<string, { name: string; onRecord: boolean }>();
  const raw = new WeakMap<Device, Device>();
  /** Why the last contact left a key, by the id of its row. */
  const said = new Map<string, string>();
  const nameOf = (signer: string, handle: Uint8Array): string => `${signer} ${toHex(handle)}`;
  const nowMs = (): number => clock.now().getTime();
  const ageMs = (row: UnfinishedKey): number => nowMs() - Date.parse(row.at);

  function release(signer: string, handle: Uint8Array): void {
    for (const [id, { name }] of inUse) if (name === nameOf(signer, handle)) inUse.delete(id);
  }

  /** All rows. A key whose row is gone was kept or destroyed: no job works with it under that name any more. */
  async function listed(): Promise<UnfinishedKey[]> {
    const before = [...inUse].filter(([, { onRecord }]) => onRecord);
    const rows = await store.run('unfinished.list', {});
    const there = new Set(rows.map(({ id }) => id));
    for (const [id] of before) if (!there.has(id)) inUse.delete(id);
    return rows;
  }

  /** That a row stays is no harm: the next contact finds nothing under it. */
  async function quietly(signer: string, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => log.failure(`an unfinished key (${signer})`, error));
  }

  function watched(signer: string, device: Device): Device {
    let serial: string | null = null;
    /** Rows of what was made by this one, by handle. */
    const rows = new Map<string, string>();
    const same: Device = {
      ...device,
      async open(signal, proof) {
        const facts = await device.open(signal, proof);
        ({ serial } = facts);
        return facts;
      },
      async create(request, signal) {
        const id = newId('made', random);
        let row: Parameters<typeof remember>[0] | null = null;
        let nothing = false;
        const begun = async (handle: Uint8Array, spkiDer: Uint8Array | null): Promise<void> => {
          const spkiSha256 = spkiDer === null ? null : sha256Hex(spkiDer);
          row = { id, signer, handle, spkiSha256, device: serial };
          const using = { name: nameOf(signer, handle), onRecord: false };
          inUse.set(id, using);
          rows.set(toHex(handle), id);
          await remember(row);
          using.onRecord = true;
          await request.begun?.(handle, spkiDer);
        };
        try {
          const unmade = (): void => {
            nothing = true;
          };
          const made = await device.create({ ...request, begun, unmade }, signal);
          await begun(made.handle, made.spkiDer);
          return made;
        } catch (error) {
          inUse.delete(id);
          if (row !== null) await (nothing ? dropRow(signer, id) : failed(row, device, error));
          throw error;
        }
      },
      async destroy(handle, spkiDer) {
        const id = rows.get(toHex(handle));
        try {
          await device.destroy(handle, spkiDer);
        } finally {
          rows.delete(toHex(handle));
          if (id === undefined) release(signer, handle);
          else inUse.delete(id);
        }
        await (id === undefined
          ? quietly(signer, store.run('unfinished.gone', { signer, handle, device: serial }))
          : dropRow(signer, id));
      },
    };
    raw.set(same, device);
    return same;
  }

  const remember = (row: Omit<UnfinishedKey, 'at' | 'ended'>): Promise<void> =>
    store.run('unfinished.remember', row);
  const dropRow = (signer: string, id: string): Promise<void> =>
    quietly(signer, store.run('unfinished.forget', { id }));

  async function failed(
    row: Omit<UnfinishedKey, 'at' | 'ended'>,
    device: Device,
    error: unknown,
  ): Promise<void> {
    const { id, signer, handle, spkiSha256 } = row;
    if (error instanceof DeviceError && ANSWERED.has(error.trouble))
      try {
        const found = await device.destroyIf(
          handle,
          async ({ spkiDer }) =>
            spkiSha256 === null || (spkiDer !== null && sha256Hex(spkiDer) === spkiSha256),
        );
        if (found !== 'left') await dropRow(signer, id);
      } catch (second) {
        log.failure(`an unfinished key (${signer})`, second);
      }
    // From now on it may still appear.
    else await quietly(signer, remember(row));
    deps.changed(signer);
  }

  /** Why a row is not looked for on a device; null: it is. */
  function keptFrom(row: UnfinishedKey, serial: string): string | null {
    if (row.device === null) return `It is not known which device it was begun on. ${BY_HAND}`;
    if (row.device !== serial)
      return `It was begun on another device, with serial ${row.device}, and this one has ${serial}. ${BY_HAND}`;
    // What somebody ended is nobody's, however old.
    if (!row.ended && ageMs(row) > OLD_MS)
      return `It is older than a day, and whoever has another copy of this workspace may use it. ${BY_HAND}`;
    return null;
  }

  async function look(row: UnfinishedKey, device: Device): Promise<'destroyed' | 'nothing' | 'left'> {
    const { id, signer, spkiSha256 } = row;
    return (raw.get(device) ?? device).destroyIf(row.handle, async ({ handle, spkiDer }: FoundKey) => {
      if (spkiSha256 !== null && spkiDer !== null && sha256Hex(spkiDer) !== spkiSha256) return false;
      const may = await store.run('unfinished.mayGo', { id, signer, handle, spkiDer });
      return may && !inUse.has(id);
    });
  }

  async function sweepOne(row: UnfinishedKey, device: Device): Promise<void> {
    const { id, signer, at } = row;
    const found = await look(row, device);
    if (found === 'left') {
      said.set(id, `Another key answers to its name, or the device does not show which it is. ${BY_HAND}`);
      return;
    }
    if (found === 'nothing' && row.spkiSha256 === null && ageMs(row) < LATE_MS) return;
    said.delete(id);
    const { name, subjects } = about(signer);
    const begun = `A key that was begun on ${name} and not kept (${at.slice(0, 19).replace('T', ' ')})`;
    const summary = found === 'destroyed' ? `${begun} was destroyed there` : `${begun} is not there`;
    await store.run('unfinished.swept', {
      id,
      audit: { action: 'signers.keySwept', outcome: 'done', summary, subjects },
    });
  }

  async function sweep(signer: string, device: Device, serial: string): Promise<void> {
    const rows = (await listed()).filter((row) => row.signer === signer);
    for (const row of rows) {
      if (inUse.has(row.id)) continue;
      const why = keptFrom(row, serial);
      if (why !== null) said.set(row.id, why);
      else
        try {
          await sweepOne(row, device);
        } catch (error) {
          log.failure(`destroying an unfinished key (${signer})`, error);
          if (error instanceof DeviceError && error.trouble === 'unreachable') return;
          if (error instanceof DeviceError) said.set(row.id, `It could not be destroyed: ${error.message}`);
        }
      deps.changed(signer);
    }
  }

  function textOf(row: UnfinishedKey): string {
    const known = said.get(row.id);
    if (known !== undefined) return known;
    const until = new Date(Date.parse(row.at) + LATE_MS).toISOString().slice(11, 16);
    return row.spkiSha256 === null && ageMs(row) < LATE_MS
      ? `The device may make it until ${until} UTC; a contact destroys it once it is there.`
      : 'The next contact destroys it; “Test” contacts the device now.';
  }

  const stateOf = ({ id }: UnfinishedKey): BegunKey => (inUse.has(id) ? 'job' : 'left');

  async function idle(): Promise<UnfinishedKey[]> {
    return (await listed()).filter(({ id }) => !inUse.has(id));
  }

  return {
    watched,
    giveUp(signer, handle) {
      release(signer, handle);
      deps.changed(signer);
    },
    sweep: (signer, device, serial) =>
      sweep(signer, device, serial).catch((error: unknown) => {
        log.failure(`sweeping a signer (${signer})`, error);
      }),
    list: async () => (await idle()).map((row) => ({ ...row, text: textOf(row) })),
    async among({ signer, serial }, list) {
      const now = async () => (await listed()).map((row) => ({ row, state: stateOf(row) }));
      const isOne = ({ handle, begun, spkiDer }: DeviceKey, row: UnfinishedKey): boolean => {
        if (row.spkiSha256 !== null) return spkiDer !== null && sha256Hex(spkiDer) === row.spkiSha256;
        // The names of a server mean another key on another server.
        if (row.signer !== signer && (row.device === null || row.device !== serial)) return false;
        return equalBytes(handle, row.handle) || (begun !== undefined && equalBytes(begun, row.handle));
      };
      // Its job may destroy a key while it is listed, so what was on record before counts, too.
      const before = await now();
      const keys = await list();
      const rows = [...(await now()), ...before];
      return new Map(keys.map((key) => [key, rows.find(({ row }) => isOne(key, row))?.state ?? null]));
    },
    async forget(signer, id) {
      if (inUse.has(id))
        throw new AppError('NOT_ALLOWED_NOW', 'This key is being made. Wait for the end of its job.');
      const { name, subjects } = about(signer);
      await store.run('unfinished.swept', {
        id,
        audit: {
          action: 'signers.forgetUnfinished',
          outcome: 'done',
          summary: `A key that was begun on ${name} and not kept is not looked for any more; it stays where it is`,
          subjects,
        },
      });
      said.delete(id);
      deps.changed(signer);
    },
  };
}
