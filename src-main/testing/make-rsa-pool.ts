/** Once for a run of the unit tests: the RSA keys that rsa-pool.ts hands out, so that not each of thousands is searched for. Not shipped. */
import type { TestProject } from 'vitest/node';
import { quickKeys } from './quick-keys.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** PKCS#8 DER as base64. */
    rsaKeys: string[];
  }
}

const KEYS = 300;

export function setup({ provide }: TestProject): void {
  provide(
    'rsaKeys',
    quickKeys(KEYS).map((key) => key.export({ format: 'der', type: 'pkcs8' }).toString('base64')),
  );
}
