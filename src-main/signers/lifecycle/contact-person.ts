/** The person at the screen as a device in contact may ask one: nobody at all while the background alone tries to reach it. */
import type { Person } from '../device.ts';
import type { Pins } from './pins-contract.ts';
import type { Prompts } from './prompts.ts';

export function contactPerson(deps: {
  pins: Pins;
  prompts: Prompts;
  signer(): { id: string; name: string };
  /** The contact that is being made; null: none. */
  flight(): { alone: boolean; abort: AbortController } | null;
}): Person {
  const { pins, prompts, signer, flight } = deps;
  return {
    pin(why) {
      const now = flight();
      // A login is that of a contact; a signature waits for nobody's signal.
      const isLogin = why.reason === 'login' && now !== null;
      return pins.hand(why, isLogin ? { alone: now.alone, signal: now.abort.signal } : { alone: false });
    },
    settling: async (work) => (await pins.attempt(work)).value,
    waits(text, cancel) {
      if (!(flight()?.alone ?? false)) return prompts.waits(signer(), text, cancel);
      // A reader must not begin to blink because of a probe.
      queueMicrotask(cancel);
      return () => undefined;
    },
  };
}
