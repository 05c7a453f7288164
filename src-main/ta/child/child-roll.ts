/** A local child as moving keys to another signer sees it: the roll of RFC 6489, whose steps the parent's exchanges separate. */
import type { JobContext } from '../../lib/jobs.ts';
import { type Roll, rolledAlgorithm, type RollTarget } from '../../signers/migration.ts';
import type { HeldChild } from './held-child.ts';
import { keyIn } from './local-child.ts';
import { shortKey } from '../short-key.ts';
import { nextStep } from './roll-key.ts';

export type RollStep = NonNullable<ReturnType<typeof nextStep>>;

/** RFC 7935 2: the keys of a resource certificate. */
const ALGORITHM = 'rsa-2048';

/** `removed`: it is no longer below the trust anchor. `roll` takes one step and stores it. */
export function childRoll(
  { child, keys, identity }: HeldChild,
  given: {
    target: RollTarget;
    removed: boolean;
    roll(handle: string, step: RollStep, signer: string | null, signal: AbortSignal): Promise<unknown>;
  },
): Roll {
  const { handle } = child;
  const { target } = given;
  const elsewhere = [...keys.values()].filter(({ signer }) => signer !== target.id);
  const base = {
    owner: `child-${identity.id}`,
    title: handle,
    what: 'rpki-child' as const,
    signers: elsewhere.map(({ signer }) => signer),
    warning: '',
    action: '',
    roll: null,
  };
  const taking =
    (step: RollStep) =>
    ({ signal }: JobContext): Promise<string[]> =>
      given.roll(handle, step, target.id, signal).then(() => [handle]);
  const active = keyIn(child, 'active');
  if (child.keys.length === 1 && elsewhere.length === 0)
    return { ...base, signers: [target.id], state: 'there', text: 'Its key is on the default signer.' };
  if (given.removed)
    return {
      ...base,
      state: 'cannot',
      text: 'It was removed from the trust anchor, which certifies no new key for it. Delete it, or add it again.',
    };
  if (active === undefined)
    return {
      ...base,
      state: 'cannot',
      text: 'Its first key has no certificate yet: there is nothing to roll. Ask its parent and exchange first, or delete it and make it anew.',
    };
  const step = nextStep(child);
  if (step === 'activate')
    return {
      ...base,
      state: 'rolling',
      text: 'Its new key has a certificate. Activate it; after that the old one is to be revoked with the next exchange.',
      action: 'Activate the new key',
      roll: taking('activate'),
    };
  if (step === 'start') {
    if (rolledAlgorithm(ALGORITHM, [ALGORITHM], target) === null)
      return {
        ...base,
        state: 'cannot',
        text: `RPKI keys are RSA 2048 (RFC 7935), and “${target.name}” makes none. Choose another default signer.`,
      };
    return {
      ...base,
      state: 'can-roll',
      text: 'A new RSA 2048 key asks the parent for its certificate; then it is activated, and the old one is revoked with an exchange.',
      action: 'Roll key',
      roll: taking('start'),
    };
  }
  const [pending, old] = [keyIn(child, 'pending'), keyIn(child, 'old')];
  return {
    ...base,
    state: 'rolling',
    text:
      pending === undefined
        ? `The old key ${shortKey(old?.keyId ?? '')} is to be revoked: ask the parent, and exchange. Then it is destroyed here.`
        : `The new key ${shortKey(pending.keyId)} waits for its certificate: ask the parent, and exchange. Then activate it.`,
  };
}
