/**
 * Signatures that devices made, gathered while one action runs (a call, a job, a request of a child), so that the audit record
 * of that action names the device and the key. It records nothing itself: the store adds them to the next record.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface DeviceUse {
  /** As the operator named the signer. */
  signer: string;
  /** Of the token or server. */
  serial: string;
  keyIdentifier: string;
  spkiSha256: string;
}

type Gathered = Map<string, DeviceUse>;

const action = new AsyncLocalStorage<Gathered>();

/** Runs an action. `unrecorded` is called before it ends when a device signed and no audit record followed. */
export type Around = <T>(run: () => Promise<T>) => Promise<T>;

export function deviceActions(unrecorded: () => Promise<void>): Around {
  return (run) =>
    action.run(new Map(), async () => {
      try {
        return await run();
      } finally {
        if ((action.getStore()?.size ?? 0) > 0) await unrecorded();
      }
    });
}

/** SECURITY: throws outside of an action, so that no signature of a device goes without a record. */
export function noteDeviceUse(use: DeviceUse): void {
  const gathered = action.getStore();
  if (gathered === undefined) throw new Error(`${use.signer} signed outside of any action`);
  gathered.set(`${use.serial} ${use.spkiSha256}`, use);
}

/** The subjects of an audit record for what was gathered, and what forgets it once that record is durable. */
export function gatheredUses(): {
  subjects: { type: string; id: string; sha256: string | null }[];
  recorded(): void;
} {
  const gathered = action.getStore();
  const uses = [...(gathered ?? [])];
  const tokens = [...new Map(uses.map(([, use]) => [use.serial, use])).values()];
  return {
    subjects: [
      ...tokens.map(({ signer, serial }) => ({
        type: 'token',
        id: `${signer}, serial ${serial}`,
        sha256: null,
      })),
      ...uses.map(([, use]) => ({ type: 'token-key', id: use.keyIdentifier, sha256: use.spkiSha256 })),
    ],
    recorded() {
      for (const [name] of uses) gathered?.delete(name);
    },
  };
}
