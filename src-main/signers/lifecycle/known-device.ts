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

export interface KnownDevice {
  /** null: it was never contacted. */
  known(): Known | null;
  /** Keeps what the device, which is the bound one, is now. `device` null: it goes on with what it is doing. */
  learn(facts: DeviceFacts, device: Device | null): Promise<void>;
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
  record(what: { action: string; outcome: 'done'; summary: string }): Promise<void>;
}): KnownDevice {
  let known = deps.stored === null ? null : (JSON.parse(deps.stored) as Known);
  return {
    known: () => known,
    async learn(facts, device) {
      const old = known;
      const at = deps.clock.now().toISOString();
      const seen = (await device?.seen?.()) ?? facts.capabilities;
      const capabilities = withBefore(seen, facts, old?.facts);
      const changed = old !== null && old.facts.serial !== facts.serial;
      const before = changed ? { serial: old.facts.serial, at } : old?.before;
      known = { facts: { ...facts, capabilities }, at, ...(before === undefined ? {} : { before }) };
      await deps.learned(known, device);
      if (!changed) return;
      const { name, settings } = deps.signer();
      await deps.record({
        action: 'signers.otherSerial',
        outcome: 'done',
        summary: `${name} has another ${serialName(settings)} than before and the same identity key: it was ${old.facts.serial} and is ${facts.serial}`,
      });
    },
  };
}
