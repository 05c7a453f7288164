/**
 * The program of the child that loads a PKCS#11 library: it may crash or hang there, and nothing else does. The only file that
 * names pkcs11js. It lives as long as its parent, takes lists of requests and answers with lists of replies.
 */
import type { Cryptoki } from './cryptoki.ts';
import { failureOf, HostError } from './host-fault.ts';
import { createHostLibrary } from './host-library.ts';
import { HOST_CODE, hostRequests, type HostReply } from './protocol.ts';
import { ENOUGH, type Numbered, packReplies, unpackRequests } from './sign-runs.ts';

/** As Electron gives it to a utility process; a forked child of Node has `process.send` instead. */
interface ParentPort {
  on(event: 'message', listener: (message: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

async function createBinding(): Promise<Cryptoki> {
  try {
    // An optional package: on a machine that could not build it this is where that shows.
    const { default: binding } = (await import('pkcs11js')) as unknown as {
      default: { PKCS11: new () => Cryptoki };
    };
    return new binding.PKCS11();
  } catch (error) {
    throw new HostError(HOST_CODE.notBuilt, error instanceof Error ? error.message : String(error));
  }
}

const { parentPort } = process as { parentPort?: ParentPort };
const library = createHostLibrary(createBinding);
let replies: HostReply[] = [];
function flush(): void {
  const now = packReplies(replies);
  replies = [];
  if (now.length === 0) return;
  if (parentPort === undefined) process.send?.(now);
  else parentPort.postMessage(now);
}

function reply(one: HostReply): void {
  replies.push(one);
  if (replies.length === 1) setImmediate(flush);
  // Main goes on with them while the library signs the next.
  if (replies.length >= ENOUGH) flush();
}

function succeed({ id, request }: Numbered, value: unknown): void {
  if (request.op !== 'sign' || !(value instanceof Uint8Array) || value.length === 0) reply({ id, value });
  else reply({ id, size: value.length, signatures: value });
}

function fail({ id, request }: Numbered, error: unknown): void {
  const wantsFlags = request.op === 'login' || request.op === 'sign' || request.op === 'setPin';
  reply({ id, failure: failureOf(error), tries: wantsFlags ? library.tries() : null });
}

function answer(one: Numbered): void {
  try {
    const value = library.handle(one.request, (begun) => reply({ id: one.id, begun }));
    if (!(value instanceof Promise)) return succeed(one, value);
    value.then(
      (later: unknown) => succeed(one, later),
      (error: unknown) => fail(one, error),
    );
  } catch (error) {
    fail(one, error);
  }
}

function take(message: unknown): void {
  for (const one of unpackRequests(hostRequests.parse(message))) answer(one);
}

if (parentPort === undefined) process.on('message', take);
else parentPort.on('message', ({ data }) => take(data));
// The keyboard's interrupt is for the parent, which ends this child in its own order.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
