/** Theme and zoom of the window: the only setting that exists without a workspace. One small file, 0600. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Appearance, appearance } from '#shared/contract/app.ts';
import { readFileLimited, writeFileAtomic } from './atomic-file.ts';
import type { Log } from './log.ts';

export interface AppearanceFile {
  get(): Promise<Appearance>;
  set(value: Appearance): Promise<void>;
}

const DEFAULT: Appearance = { theme: 'system', zoom: 1 };

export function createAppearance(deps: { configFolder: string; log: Log }): AppearanceFile {
  const path = join(deps.configFolder, 'appearance.json');
  return {
    async get() {
      try {
        const parsed = appearance.safeParse(JSON.parse((await readFileLimited(path, 4096)).toString('utf8')));
        return parsed.success ? parsed.data : DEFAULT;
      } catch (error) {
        // A missing or damaged file is no reason to refuse to start: the default shows.
        deps.log.info('appearance not read, default used', { reason: String(error) });
        return DEFAULT;
      }
    },
    async set(value) {
      await mkdir(deps.configFolder, { recursive: true, mode: 0o700 });
      await writeFileAtomic(path, Buffer.from(JSON.stringify(value)), 0o600);
    },
  };
}
