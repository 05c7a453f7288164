/** Signatures that are asked together travel as one element of a message, and so do their results: put together and taken apart. */
import { Buffer } from 'node:buffer';
import type { HostReply, HostRequest, SignatureRun, SignRequest, SignRun } from './protocol.ts';

/** So many do not wait for more to travel with: a message costs both sides half as much as a signature, and all wait for the last. */
export const ENOUGH = 16;

export interface Numbered {
  id: number;
  request: HostRequest;
}

/** Neighbours that belong together, as lists. */
function groups<T extends { id: number }>(list: readonly T[], belongs: (a: T, b: T) => boolean): T[][] {
  const found: T[][] = [];
  for (const one of list) {
    const last = found.at(-1);
    const before = last?.at(-1);
    if (before?.id === one.id - 1 && belongs(before, one)) last?.push(one);
    else found.push([one]);
  }
  return found;
}

type Signing = Numbered & { request: SignRequest & { login: null } };
// Without a length nobody could take them apart again.
const isSigning = (one: Numbered): one is Signing =>
  one.request.op === 'sign' && one.request.login === null && one.request.input.length > 0;

function together(one: Numbered, other: Numbered): boolean {
  if (!isSigning(one) || !isSigning(other)) return false;
  const [a, b] = [one.request, other.request];
  const alike = a.mechanism === b.mechanism && a.most === b.most && a.input.length === b.input.length;
  return alike && (a.id === b.id || Buffer.compare(a.id, b.id) === 0);
}

/** As requests go to the child; their numbers grow. */
export function packRequests(requests: readonly Numbered[]): (Numbered | SignRun)[] {
  return groups(requests, together).flatMap((group): (Numbered | SignRun)[] => {
    const [first] = group;
    if (first === undefined || group.length === 1 || !isSigning(first)) return group;
    const { id, mechanism, most, input } = first.request;
    const all = group.filter(isSigning).map(({ request }) => request.input);
    return [
      {
        id: first.id,
        size: input.length,
        run: { op: 'sign', id, mechanism, most, input: Buffer.concat(all) },
      },
    ];
  });
}

/** One after the other, as the child does them. */
export function* unpackRequests(packed: readonly (Numbered | SignRun)[]): Generator<Numbered> {
  for (const one of packed) {
    if ('request' in one) yield one;
    else {
      const { size, run } = one;
      for (let at = 0; at * size < run.input.length; at += 1)
        yield {
          id: one.id + at,
          request: { ...run, input: run.input.subarray(at * size, (at + 1) * size), login: null },
        };
    }
  }
}

const isSignature = (reply: HostReply): reply is SignatureRun => 'signatures' in reply;

/** As replies go to main. */
export function packReplies(replies: readonly HostReply[]): HostReply[] {
  const alike = (a: HostReply, b: HostReply): boolean =>
    isSignature(a) && isSignature(b) && a.size === b.size;
  return groups(replies, alike).flatMap((group): HostReply[] => {
    const [first] = group;
    if (first === undefined || group.length === 1 || !isSignature(first)) return group;
    const all = group.filter(isSignature).map(({ signatures }) => signatures);
    return [{ id: first.id, size: first.size, signatures: Buffer.concat(all) }];
  });
}
