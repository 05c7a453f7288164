/** One signature on an open token: which mechanism, whose login, what the screen says meanwhile. */
import type { KeyAlgorithm } from '#shared/contract/keys.ts';
import { wipe } from '../../lib/bytes.ts';
import { DeviceError, type Person } from '../device.ts';
import { type Connection, whileWaiting } from './connection.ts';
import { faultOf } from './faults.ts';
import type { Patience } from './host-client.ts';
import { signatureOf, signWays } from './key-objects.ts';
import type { SignRequest } from './protocol.ts';

export interface SigningDeps<On extends Connection> {
  person: Person;
  ask(on: On, request: SignRequest, patience: Patience): Promise<Uint8Array>;
  unlessQuiet(on: On, text: string): Patience;
}

/** Signs with a key that was looked at: `alwaysAuthenticate` wants a login for each signature. */
export function createSigning<On extends Connection>({ person, ask, unlessQuiet }: SigningDeps<On>) {
  async function authenticated(on: On, request: Omit<SignRequest, 'login'>): Promise<Uint8Array> {
    if (on.pinPad)
      return whileWaiting(
        on.client,
        person,
        `Type the PIN of ${on.token.label} on its reader, for this one signature.`,
        () => ask(on, { ...request, login: { pin: null } }, null),
      );
    const { tries } = on.facts;
    if (tries === 'locked') throw faultOf('CKR_PIN_LOCKED');
    const pin = await person.pin({ reason: 'signature', tries });
    const ended = on.client.ended();
    if (ended !== null) {
      wipe(pin);
      const unsent = new DeviceError(ended.trouble, ended.code, ended.message, ended.library);
      unsent.pin = 'unsent';
      throw unsent;
    }
    return ask(on, { ...request, login: { pin } }, touchOf(on));
  }
  const touchOf = (on: On): Patience =>
    unlessQuiet(on, `${on.token.label} has not answered yet. Touch it if it blinks.`);

  async function signOnce(
    on: On,
    key: { handle: Uint8Array; alwaysAuthenticate: boolean },
    algorithm: KeyAlgorithm,
    data: Uint8Array,
  ): Promise<Uint8Array> {
    const ways = signWays(algorithm).filter(({ mechanism }) => on.mechanisms.has(mechanism));
    for (const [index, { mechanism, most, input }] of ways.entries()) {
      const request = { op: 'sign' as const, id: key.handle, mechanism, most, input: input(data) };
      try {
        const raw = key.alwaysAuthenticate
          ? await authenticated(on, request)
          : await ask(on, { ...request, login: null }, touchOf(on));
        return signatureOf(algorithm, raw);
      } catch (error) {
        // A policy of the device may forbid the plain mechanism although it lists it.
        const mayTryNext = error instanceof DeviceError && error.code === 'CKR_MECHANISM_INVALID';
        if (!mayTryNext || index === ways.length - 1) throw error;
      }
    }
    throw faultOf('CKR_MECHANISM_INVALID');
  }

  return (...signature: Parameters<typeof signOnce>): Promise<Uint8Array> => {
    const once = (): Promise<Uint8Array> => signOnce(...signature);
    const [, key] = signature;
    // SECURITY: the PIN of one signature has to be taken before that of the next goes out.
    return key.alwaysAuthenticate && person.settling !== undefined ? person.settling(once) : once();
  };
}
