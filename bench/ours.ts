// The path of a signature as the application has it, from the router to a device, without a window and without a store.
import { deviceActions } from '../src-main/lib/device-use.ts';
import { createLog } from '../src-main/lib/log.ts';
import { realClock } from '../src-main/shell/node/real-time.ts';
import { nodeNet } from '../src-main/shell/node/net/net.ts';
import { deviceParts } from '../src-main/signers/device-parts.ts';
import { createLiveSigners } from '../src-main/signers/lifecycle/live-signers.ts';
import { createSignerRouter, type SignerRouter } from '../src-main/signers/router.ts';
import type { Signer } from '../src-main/signers/signer.ts';
import type { Session } from '../src-main/store/store-contract.ts';
import { testTools } from '../src-main/testing/softhsm.ts';
import { testRandom } from '../src-main/testing/test-ports.ts';
import type { SignerSettings } from '#shared/contract/signer-settings.ts';

export interface Ours {
  router: SignerRouter;
  signer: string;
  /** A use of a device needs an action to be recorded with. */
  around<T>(run: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** The signers of an unlocked workspace whose only signer has these settings; nothing is stored. */
export function oursOn(settings: SignerSettings, secret: string | null): Ours {
  const id = 'bench';
  const session = {
    // Nothing is on record: no list has anything in it.
    store: { run: async (name: string) => (name === 'unfinished.list' ? [] : null) },
    open: () => new Uint8Array(Buffer.from(secret ?? '')),
  } as unknown as Session;
  const { kinds } = deviceParts({ ...testTools, random: testRandom, net: nodeNet });
  const software = { describe: () => Promise.reject(new Error('unused')) } as unknown as Signer;
  const live = createLiveSigners(
    {
      clock: realClock,
      random: testRandom,
      log: createLog((line) => void process.stderr.write(line), 'bench'),
      software,
      kinds,
      changed: () => undefined,
    },
    session,
    {
      revision: 1,
      signers: [
        {
          id,
          name: 'Bench',
          kind: settings.kind,
          settings,
          sealed: secret === null ? null : new Uint8Array(1),
          binding: null,
          refused: [],
          device: null,
        },
      ],
      roles: { defaultSigner: id, oneOffSigner: null },
      pending: null,
    },
  );
  return {
    router: createSignerRouter(
      () => live.table,
      () => Promise.resolve(),
    ),
    signer: id,
    around: deviceActions(async () => undefined),
    stop: () => live.stop(),
  };
}
