// Unlocking a workspace whose key derivation was calibrated here, beside the derivation alone.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashRaw } from '@node-rs/argon2';
import { testApp } from '../src-main/testing/test-app.ts';
import { PASSPHRASE } from '../src-main/testing/test-workspace.ts';
import { inTurn, type Measured } from './measure.ts';

export async function unlockBench(): Promise<Measured> {
  const app = await testApp({ calibrated: true });
  await app.create();
  const path = (await app.call('workspace.state', {})).workspace?.path ?? '';
  const { slots } = JSON.parse(readFileSync(join(path, 'workspace.json'), 'utf8')) as {
    slots: { kdf: { memoryKiB: number; passes: number; lanes: number } }[];
  };
  const kdf = slots[0]?.kdf ?? { memoryKiB: 0, passes: 0, lanes: 0 };
  try {
    return await inTurn(
      async () => {
        await app.call('workspace.lock', {});
        await app.call('workspace.unlock', { passphrase: PASSPHRASE });
      },
      () =>
        hashRaw(PASSPHRASE, {
          algorithm: 2,
          memoryCost: kdf.memoryKiB,
          timeCost: kdf.passes,
          parallelism: kdf.lanes,
          outputLen: 32,
          salt: randomBytes(16),
        }),
      { rounds: 5, pieces: 1 },
    );
  } finally {
    await app.remove();
  }
}
