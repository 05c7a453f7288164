/** The PINs and passwords of signers as they are pending: of a secret, a place or a signer that is not in force. */
import type { SignerSettings } from '#shared/contract/signer-settings.ts';
import { wipe } from '../../lib/bytes.ts';
import type { Clock, Random } from '../../ports.ts';
import type { StoredSignerConfig } from '../../store/signer-columns.ts';
import type { Session } from '../../store/store-contract.ts';
import type { Configure } from '../config/configure.ts';
import type { PendingSigner } from '../config/document.ts';
import { samePlace } from '../config/same-place.ts';
import type { LiveSigners } from '../lifecycle/live-signers.ts';
import { createPinBook } from '../lifecycle/pin-book.ts';
import { createPins } from '../lifecycle/pins.ts';
import type { Pins } from '../lifecycle/pins-contract.ts';

export interface PendingPins {
  /** Those by which the doctor examines this signer: the ones in force where nothing else is pending. */
  of(stored: StoredSignerConfig, signer: PendingSigner & { settings: SignerSettings }): Pins;
  /** Forgets what was typed. */
  locking(): void;
}

export function createPendingPins(deps: {
  clock: Clock;
  random: Random;
  session: Session;
  live: LiveSigners;
  configure: Configure;
}): PendingPins {
  const { clock, random, session, live, configure } = deps;
  /** The refused ones have to be known the next time. */
  const pending = new Map<string, { sealed: string | null; place: SignerSettings | null; pins: Pins }>();

  /** Changes the pending secret of a signer that is not in force as it is examined. */
  async function setPending(id: string, summary: string, secret: PendingSigner['secret']): Promise<void> {
    const { revision } = await session.store.run('signers.config', {});
    await configure.hold(revision, { action: 'signers.save', id, summary }, (document) => ({
      ...document,
      signers: document.signers.map((one) => (one.id === id ? { ...one, secret } : one)),
    }));
  }

  return {
    of(stored, signer) {
      const { id, name, kind, secret, settings } = signer;
      const running = live.all().get(id);
      // SECURITY: a secret that is kept goes to no other place before it is applied, and what is refused there says nothing of it.
      const here = running === undefined || samePlace(running.settings(), settings);
      if (running !== undefined && here && secret.do === 'keep') return running.pins;
      const sealed = secret.do === 'store' ? secret.sealed : null;
      const before = pending.get(id);
      const place = here ? null : settings;
      if (before !== undefined && before.sealed === sealed && samePlace(before.place, place))
        return before.pins;
      const pins = createPins({
        ...{ clock, random, session, prompts: live.prompts },
        signer: () => ({ id, name, kind }),
        sealed: sealed === null ? null : new Uint8Array(Buffer.from(sealed, 'base64')),
        book: here
          ? live.book(
              id,
              stored.signers.find((one) => one.id === id)?.refused ?? [],
              running?.settings() ?? settings,
            )
          : createPinBook([]),
        stored: here,
        kept: () => undefined,
        pending: {
          async keep(pin) {
            const next = configure.seal(id, Buffer.from(pin).toString('utf8'));
            wipe(pin);
            await setPending(id, `The PIN of ${name} is to be kept in the vault; it is pending`, next);
          },
          async refused() {
            // SECURITY: its mark does not outlive this session before the signer is in force, so the PIN itself goes.
            if (!here || running === undefined)
              await setPending(id, `The refused PIN of ${name} was taken out of what is pending`, {
                do: 'forget',
              });
          },
        },
      });
      pending.set(id, { sealed, place, pins });
      return pins;
    },
    locking() {
      for (const { pins } of pending.values()) pins.forget();
    },
  };
}
