/**
 * What is known of the device of a signer: as it was when it was met last, and by what it was told apart before. Another serial, or
 * another certificate of a server, under which the identity key is the same is put on record and stays to be seen.
 */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import type { Clock } from '../../ports.ts';
import type { Capability, Device, DeviceFacts } from '../device.ts';

export interface Known {
  facts: DeviceFacts;
  at: string;
  /** Its last serial but this one, and when this one was met first. */
  before?: { serial: string; at: string };
}

/** For the audit. `serial`: of the device that it is about; missing: of the one that is known. */
export interface Recorded {
  action: string;
  outcome: 'done' | 'refused';
  summary: string;
  serial?: string;
}

export interface KnownDevice {
  /** null: it was never contacted. */
  known(): Known | null;
  /** Keeps what the device, which is the bound one, is now. `device` null: it goes on with what it is doing. */
  learn(facts: DeviceFacts, device: Device | null): Promise<void>;
  /**
   * What it has and lacks, after a use that it has no function for, while its child still lives. Kept of the device that is known, of
   * another one only shown. Never rejects.
   */
  lacks(opened: { device: Device; facts: DeviceFacts } | null): Promise<void>;
  /** As they are shown; empty: it was never contacted. */
  capabilities(): Capability[];
}

/** A KMIP server has no serial: it is told apart by its TLS certificate. */
export const serialName = ({ kind }: SignerSettings): string =>
  kind === 'kmip' ? 'certificate SHA-256' : 'serial';

/** What the same library of the same device did before, it can. */
function withBefore(
  now: readonly Capability[],
  facts: DeviceFacts,
  old: DeviceFacts | undefined,
): Capability[] {
  const same = old !== undefined && old.serial === facts.serial && old.library === facts.library;
  const did = new Set(same ? old.capabilities.filter(({ present }) => present).map(({ name }) => name) : []);
  return now.map((one) => (one.present === null && did.has(one.name) ? { ...one, present: true } : one));
}

export function createKnownDevice(deps: {
  clock: Clock;
  /** JSON. */
  stored: string | null;
  signer(): { name: string; settings: SignerSettings };
  learned(known: Known, device: Device | null): Promise<void>;
  record(what: Recorded): Promise<void>;
  log(what: string, error: unknown): void;
}): KnownDevice {
  let known = deps.stored === null ? null : (JSON.parse(deps.stored) as Known);
  /** Of a device that could not be bound, or proven. */
  let shown: Capability[] | null = null;

  const capabilitiesOf = async (facts: DeviceFacts, device: Device | null): Promise<Capability[]> =>
    withBefore((await device?.seen?.()) ?? facts.capabilities, facts, known?.facts);

  return {
    known: () => known,
    capabilities: () => shown ?? known?.facts.capabilities ?? [],
    async learn(facts, device) {
      const old = known;
      const at = deps.clock.now().toISOString();
      const capabilities = await capabilitiesOf(facts, device);
      const changed = old !== null && old.facts.serial !== facts.serial;
      const before = changed ? { serial: old.facts.serial, at } : old?.before;
      const next = { facts: { ...facts, capabilities }, at, ...(before === undefined ? {} : { before }) };
      const { name, settings } = deps.signer();
      // First: once it is known, nothing says any more that it was another one.
      if (changed)
        await deps.record({
          action: 'signers.otherSerial',
          outcome: 'done',
          summary: `${name} has another ${serialName(settings)} than before and the same identity key: it was ${old.facts.serial} and is ${facts.serial}`,
          serial: facts.serial,
        });
      await deps.learned(next, device);
      known = next;
      shown = null;
    },
    async lacks(opened) {
      if (opened === null) return;
      const { device, facts } = opened;
      try {
        const capabilities = await capabilitiesOf(facts, device);
        if (known?.facts.serial !== facts.serial) {
          shown = capabilities;
          return;
        }
        const next = { ...known, facts: { ...known.facts, library: facts.library, capabilities } };
        await deps.learned(next, null);
        known = next;
      } catch (error) {
        deps.log('the functions of a device', error);
      }
    },
  };
}
