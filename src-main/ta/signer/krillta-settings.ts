/** The log and data settings of a krillta.conf that was read, kept in the workspace for the one that is written. */
import * as z from 'zod';
import type { Session } from '../../store/store-contract.ts';
import { KRILLTA_DEFAULTS, type KrilltaSettings } from './krillta-conf.ts';

const NAME = 'ta.krilltaConf';

const stored = z.strictObject({
  storageUri: z.string(),
  logType: z.string(),
  logFile: z.string().nullable(),
  logLevel: z.string(),
});

export async function readKrilltaSettings({ store }: Session): Promise<KrilltaSettings> {
  const text = await store.run('settings.get', { name: NAME });
  const read = text === null ? null : stored.safeParse(JSON.parse(text));
  return read?.success === true ? read.data : KRILLTA_DEFAULTS;
}

export async function keepKrilltaSettings({ store }: Session, settings: KrilltaSettings): Promise<void> {
  await store.run('settings.set', {
    name: NAME,
    value: JSON.stringify(settings),
    audit: {
      action: 'ta.readConf',
      outcome: 'done',
      summary:
        `Read krillta.conf: data in ${settings.storageUri}, log ${settings.logType} ${settings.logLevel}`.slice(
          0,
          300,
        ),
      subjects: [],
    },
  });
}
