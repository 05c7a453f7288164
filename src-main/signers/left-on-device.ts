/** The record of a key that stays on its device although nobody here will use it: a lock, or a device that went, came between. */
import { sha256Hex } from '../lib/bytes.ts';
import { errorText } from '../lib/app-error.ts';
import type { Log } from '../lib/log.ts';
import type { Session } from '../store/store-contract.ts';
import { keyView } from '../x509/public-key.ts';
import type { RoutedKey, UsedDevice } from './router.ts';

/** Answers what writes it, to the audit and to the log. That never rejects. */
export function leftOnDevice(deps: {
  log: Log;
  session(): Session;
  device(signer: string): UsedDevice | null;
  /** It is to be destroyed at the next contact. */
  giveUp(key: RoutedKey): void;
}): (key: RoutedKey, why: unknown) => Promise<void> {
  const { log, session } = deps;
  return async (key, why) => {
    try {
      deps.giveUp(key);
      const ref = log.failure(`a key stays on the signer ${key.signer}`, why);
      const device = deps.device(key.signer);
      const where =
        device === null
          ? 'a signer that is not configured any more: destroy it there.'
          : `${device.name} (serial ${device.serial}) until the next contact, which destroys it.`;
      const { keyId } = keyView(key.spkiDer);
      await session().store.run('audit.add', {
        audit: {
          action: 'signers.keyLeft',
          outcome: 'failed',
          summary:
            `The key ${keyId} is not used here and stays on ${where} The log has more under ${ref}. ${errorText(why)}`.slice(
              0,
              300,
            ),
          subjects: [
            { type: 'signer', id: key.signer, sha256: null },
            { type: 'key', id: key.id, sha256: sha256Hex(key.spkiDer) },
          ],
        },
      });
    } catch (error) {
      log.failure('the record of a key that stays on its signer', error);
    }
  };
}
