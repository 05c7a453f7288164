/** What the contact with a device is made of. Types only. */
import type { SignerState, SignerTrouble } from '#shared/contract/signers.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import type { Clock } from '../../ports.ts';
import type { SignerBinding, StoredSigner } from '../../store/signer-columns.ts';
import type { Device, DeviceError, Person } from '../device.ts';
import type { Known, Recorded } from './known-device.ts';
import type { Pins } from './pins-contract.ts';
import type { Prompts } from './prompts.ts';
import type { Advice } from './trouble.ts';

export interface Status {
  state: SignerState;
  text: string;
  trouble: SignerTrouble | null;
  retryAt: string | null;
}

export interface ContactDeps {
  clock: Clock;
  signer(): { id: string; name: string; settings: SignerSettings };
  stored: Pick<StoredSigner, 'binding' | 'device'>;
  pins: Pins;
  prompts: Prompts;
  make(settings: SignerSettings, person: Person): Device;
  /** The state is another one. */
  changed(): void;
  /** It could not be used; refused PINs are told by `pins`. Others on the same device are concerned. */
  troubled?(): void;
  /** Cause, check and fix of a code, from the tables of its kind; null: they do not know it. */
  explain(error: DeviceError): Advice | null;
  /** Durable. `again`: in the place of one whose identity key is gone. */
  bound(binding: SignerBinding, again: boolean): Promise<void>;
  /** `device` null: it goes on with what it is doing. */
  learned(known: Known, device: Device | null): Promise<void>;
  record(what: Recorded): Promise<void>;
  /** Of a probe in the background, and of what is no DeviceError. */
  log(what: string, error: unknown): void;
}
