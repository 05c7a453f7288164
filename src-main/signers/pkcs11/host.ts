/**
 * The program of the child that loads a PKCS#11 library: it may crash or hang there, and nothing else does. The only file that
 * names pkcs11js. It lives as long as its parent, takes lists of requests and answers with lists of replies.
 */
import type { Cryptoki } from './cryptoki.ts';
import { failureOf, HostError } from './host-fault.ts';
import { createHostLibrary } from './host-library.ts';
import { HOST_CODE, hostRequests, type HostReply } from './protocol.ts';

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

function reply(one: HostReply): void {
  if (replies.length === 0)
    setImmediate(() => {
      const now = replies;
      replies = [];
      if (parentPort === undefined) process.send?.(now);
      else parentPort.postMessage(now);
    });
  replies.push(one);
}

async function answer({ id, request }: ReturnType<typeof hostRequests.parse>[number]): Promise<void> {
  try {
    reply({ id, value: await library.handle(request) });
  } catch (error) {
    const wantsFlags = request.op === 'login' || request.op === 'sign' || request.op === 'setPin';
    reply({ id, failure: failureOf(error), tries: wantsFlags ? library.tries() : null });
  }
}

function take(message: unknown): void {
  for (const one of hostRequests.parse(message)) void answer(one);
}

if (parentPort === undefined) process.on('message', take);
else parentPort.on('message', ({ data }) => take(data));
// The keyboard's interrupt is for the parent, which ends this child in its own order.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
