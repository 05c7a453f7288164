/** The PINs and passwords of signers as they are pending: of a secret, a place or a signer that is not in force. */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { wipe } from '../../lib/bytes.ts';
import type { Clock, Random } from '../../ports.ts';
import type { Session } from '../../store/store-contract.ts';
import type { Configure } from '../config/configure.ts';
import type { PendingSigner } from '../config/document.ts';
import { samePlace } from '../config/same-place.ts';
import { marksAt } from '../lifecycle/carried-marks.ts';
import type { LiveSigners } from '../lifecycle/live-signers.ts';
import { createPins } from '../lifecycle/pins.ts';
import type { Pins } from '../lifecycle/pins-contract.ts';

export interface PendingPins {
  /** Those by which the doctor examines this signer: the ones in force where nothing else is pending. */
  of(signer: PendingSigner & { settings: SignerSettings }): Promise<Pins>;
  /** The signer comes into force: what was typed for it as it is, to be held until the lock, belongs to the answer; null: nothing was. */
  typed(signer: PendingSigner): Uint8Array | null;
  /** Forgets what was typed. */
  locking(): void;
}

const replaced = (name: string): AppError =>
  new AppError('CANCELLED', `${name} was changed meanwhile. Do it again with the new settings.`);

export function createPendingPins(deps: {
  clock: Clock;
  random: Random;
  session: Session;
  live: LiveSigners;
  configure: Configure;
}): PendingPins {
  const { clock, random, session, live, configure } = deps;
  const pending = new Map<string, { sealed: string | null; settings: SignerSettings; pins: Pins }>();

  /** Changes the pending secret of a signer that is not in force as it is examined. */
  async function setPending(id: string, summary: string, secret: PendingSigner['secret']): Promise<void> {
    const { revision } = await session.store.run('signers.config', {});
    await configure.hold(revision, { action: 'signers.save', id, summary }, (document) => ({
      ...document,
      signers: document.signers.map((one) => (one.id === id ? { ...one, secret } : one)),
    }));
  }

  return {
    async of(signer) {
      const { id, name, kind, secret, settings } = signer;
      const running = live.all().get(id);
      // SECURITY: a secret that is kept goes to no other place before it is applied, and what is refused there says nothing of it.
      const here = running === undefined || samePlace(running.settings(), settings);
      if (running !== undefined && here && secret.do === 'keep') return running.pins;
      const sealed = secret.do === 'store' ? secret.sealed : null;
      const before = pending.get(id);
      if (before !== undefined && before.sealed === sealed && samePlace(before.settings, settings))
        return before.pins;
      before?.pins.end(replaced(name));
      const inForce = running !== undefined && here;
      // Those of another place than the one in force lie apart.
      const book = inForce
        ? live.book(id, [], running.settings())
        : live.book(
            running === undefined ? id : `${id} pending`,
            marksAt(await session.store.run('signers.pendingMarks', {}), signer),
            settings,
          );
      const pins = createPins({
        ...{ clock, random, session, prompts: live.prompts },
        signer: () => ({ id, name, kind }),
        sealed: sealed === null ? null : new Uint8Array(Buffer.from(sealed, 'base64')),
        book,
        place: inForce ? undefined : settings,
        kept: () => undefined,
        pending: {
          async keep(pin) {
            const next = configure.seal(id, Buffer.from(pin).toString('utf8'));
            wipe(pin);
            await setPending(id, `The PIN of ${name} is to be kept in the vault; it is pending`, next);
          },
          async refused() {
            // It would not be sent again, so nobody is to think that it is kept.
            if (!inForce)
              await setPending(id, `The refused PIN of ${name} was taken out of what is pending`, {
                do: 'forget',
              });
          },
        },
      });
      pending.set(id, { sealed, settings, pins });
      return pins;
    },
    typed({ id, name, settings, secret }) {
      const entry = pending.get(id);
      if (entry === undefined) return null;
      const same = entry.sealed === (secret.do === 'store' ? secret.sealed : null);
      const held = same && samePlace(entry.settings, settings) ? entry.pins.takeHeld() : null;
      pending.delete(id);
      entry.pins.end(replaced(name));
      return held;
    },
    locking() {
      for (const { pins } of pending.values()) pins.forget();
    },
  };
}
