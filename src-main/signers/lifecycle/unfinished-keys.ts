/**
 * Keys on devices that nobody keeps: on record before they are made, off it with the command that keeps them, and destroyed at
 * the next contact when neither that nor their own destruction came (a lock, a device that went, kill -9). One for each session.
 */
import type { AuditEntry } from '../../audit/audit-record.ts';
import { toHex } from '../../lib/bytes.ts';
import { newId } from '../../lib/ids.ts';
import type { Log } from '../../lib/log.ts';
import type { Clock, Random } from '../../ports.ts';
import type { UnfinishedKey } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import { type Device, DeviceError, type DeviceTrouble } from '../device.ts';

export interface UnfinishedKeys {
  /** The same device; what it makes and destroys is on record. */
  watched(signer: string, device: Device): Device;
  /** Nobody here will use this key, and its device was not reached: the next contact destroys it. */
  giveUp(signer: string, handle: Uint8Array): void;
  /** Destroys on this device, which is the bound one, what is left of the signer. Never rejects. */
  sweep(signer: string, device: Device): Promise<void>;
  /** Those that nobody here works with, oldest first. */
  list(): Promise<UnfinishedKey[]>;
}

/** The device answered, so it makes nothing any more. */
const ANSWERED: ReadonlySet<DeviceTrouble> = new Set(['refused', 'unsupported', 'misconfigured', 'key-gone']);
/** As long a device that was not waited for may go on making a key. */
const LATE_MS = 600_000;

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
  const inUse = new Set<string>();
  const raw = new WeakMap<Device, Device>();
  /** Until when a key may still appear, by the id of its row. */
  const late = new Map<string, number>();
  const nameOf = (signer: string, handle: Uint8Array): string => `${signer} ${toHex(handle)}`;
  const nowMs = (): number => clock.now().getTime();

  /** That the row stays is no harm: the next contact finds nothing under it. */
  async function forget(signer: string, handle: Uint8Array): Promise<void> {
    inUse.delete(nameOf(signer, handle));
    await store
      .run('unfinished.forget', { signer, handle })
      .catch((error: unknown) => log.failure(`an unfinished key (${signer})`, error));
  }

  function watched(signer: string, device: Device): Device {
    const same: Device = {
      ...device,
      async create(request, signal) {
        const id = newId('made', random);
        let handle: Uint8Array | null = null;
        const begun = async (next: Uint8Array): Promise<void> => {
          if (handle !== null) inUse.delete(nameOf(signer, handle));
          handle = next;
          inUse.add(nameOf(signer, next));
          await store.run('unfinished.remember', { id, signer, handle: next });
        };
        try {
          const made = await device.create({ ...request, begun }, signal);
          // One that does not say beforehand how it will name the key.
          if (handle === null || Buffer.compare(handle, made.handle) !== 0) await begun(made.handle);
          return made;
        } catch (error) {
          if (handle !== null) await failed({ id, signer, handle }, device, error);
          throw error;
        }
      },
      async destroy(handle) {
        try {
          await device.destroy(handle);
        } catch (error) {
          inUse.delete(nameOf(signer, handle));
          throw error;
        }
        await forget(signer, handle);
      },
    };
    raw.set(same, device);
    return same;
  }

  async function failed(
    { id, signer, handle }: { id: string; signer: string; handle: Uint8Array },
    device: Device,
    error: unknown,
  ): Promise<void> {
    inUse.delete(nameOf(signer, handle));
    if (error instanceof DeviceError && ANSWERED.has(error.trouble))
      try {
        await device.destroy(handle);
        await forget(signer, handle);
      } catch (second) {
        log.failure(`an unfinished key (${signer})`, second);
      }
    else late.set(id, nowMs() + LATE_MS);
    deps.changed(signer);
  }

  async function sweep(signer: string, device: Device): Promise<void> {
    const rows = (await store.run('unfinished.list', {})).filter((row) => row.signer === signer);
    for (const { id, handle, at } of rows) {
      if (inUse.has(nameOf(signer, handle))) continue;
      try {
        await (raw.get(device) ?? device).destroy(handle);
      } catch (error) {
        log.failure(`destroying an unfinished key (${signer})`, error);
        if (error instanceof DeviceError && error.trouble === 'unreachable') return;
        continue;
      }
      if ((late.get(id) ?? 0) > nowMs()) continue;
      late.delete(id);
      const { name, subjects } = about(signer);
      await store.run('unfinished.swept', {
        id,
        audit: {
          action: 'signers.keySwept',
          outcome: 'done',
          summary: `A key that was begun on ${name} and not kept (${at.slice(0, 19).replace('T', ' ')}) was destroyed there`,
          subjects,
        },
      });
      deps.changed(signer);
    }
  }

  return {
    watched,
    giveUp(signer, handle) {
      inUse.delete(nameOf(signer, handle));
      deps.changed(signer);
    },
    sweep: (signer, device) =>
      sweep(signer, device).catch((error: unknown) => {
        log.failure(`sweeping a signer (${signer})`, error);
      }),
    async list() {
      const rows = await store.run('unfinished.list', {});
      return rows.filter(({ signer, handle }) => !inUse.has(nameOf(signer, handle)));
    },
  };
}
