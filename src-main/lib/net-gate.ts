/**
 * The one door to the network: every domain gets its Net port through here. An offline station never opens it, and it is
 * shut while no workspace is unlocked. It speaks no protocol itself.
 */
import type { WorkspaceKind } from '#shared/contract/workspace.ts';
import type { Listener, Net, NetDial, NetStream } from '../ports.ts';
import { AppError } from './app-error.ts';
import type { Around } from './device-use.ts';
import { isAddress } from './ip-address.ts';
import type { Log } from './log.ts';

/** The workspace as far as the door cares. */
export interface Station {
  id: string;
  kind: WorkspaceKind;
  /** What lives from one unlocking to the next locking; null while it is locked. */
  session: object | null;
  /**
   * Where an offline station's HSM is, as its operator configured it: the one that is in force, or with none in force the one that
   * is pending while it is examined. Addresses, never names.
   */
  hsm: readonly HsmEndpoint[];
}

export interface HsmEndpoint {
  address: string;
  port: number;
}

export interface NetGate {
  net: Net;
  /**
   * Ends what the present session has open: requests fail with LOCKED, listeners are closed. That session opens nothing
   * more, even before the workspace counts as locked. Never rejects.
   */
  shut(): Promise<void>;
  /** Closes what stays open while locked and belongs to another workspace than the open one, or to none. Never rejects. */
  sweep(): Promise<void>;
}

const OFFLINE =
  'This workspace is an offline station and opens no connection, ever: do it on a networked machine and carry the file here.';

const OTHER_ENDPOINT =
  'This workspace is an offline station: it reaches the one HSM that is configured by its IP address, and nothing else. Name that address under Signers.';

export function createNetGate(deps: {
  net: Net;
  log: Log;
  /** Around each request that a listener answers (lib/device-use.ts). */
  around: Around;
  /** null: no workspace is open. */
  station(): Station | null;
}): NetGate {
  const { net: port, log, station } = deps;
  const over = new WeakSet<object>();
  /** With the workspace it belongs to; `stays`: while that is locked, too. */
  const listeners = new Map<Listener, { workspace: string; stays: boolean }>();
  let shutting = new AbortController();

  /** Throws before anything of the network is touched. Answers what aborts when the door is shut. */
  function pass(dialled: NetDial | null = null): AbortSignal {
    const open = station();
    // SECURITY: the kind is fixed when a workspace is made; nothing here can change it.
    if (open?.kind === 'offline') {
      if (dialled === null || open.hsm.length === 0) throw new AppError('OFFLINE', OFFLINE);
      const { host, port: asked } = dialled;
      // SECURITY: a name would be asked from a name server first.
      if (!isAddress(host) || !open.hsm.some((one) => one.address === host && one.port === asked))
        throw new AppError('OFFLINE', OTHER_ENDPOINT);
    }
    if (open === null)
      throw new AppError('NO_WORKSPACE', 'No workspace is open, so no connection is either. Open one first.');
    if (open.session === null || over.has(open.session)) throw locked();
    return shutting.signal;
  }

  const either = (shut: AbortSignal, own: AbortSignal | undefined): AbortSignal =>
    own === undefined ? shut : AbortSignal.any([shut, own]);

  async function closeWhere(which: (about: { workspace: string; stays: boolean }) => boolean): Promise<void> {
    const closing = [...listeners].filter(([, about]) => which(about)).map(([listener]) => listener);
    for (const listener of closing) listeners.delete(listener);
    for (const closed of await Promise.allSettled(closing.map((listener) => listener.close())))
      if (closed.status === 'rejected') log.failure('closing a listener', closed.reason);
  }

  const net: Net = {
    async request(request) {
      const signal = either(pass(), request.signal);
      return port.request({ ...request, signal });
    },
    async peek(url, options) {
      const signal = either(pass(), options.signal);
      return port.peek(url, { ...options, signal });
    },
    async listen(options, handler) {
      const shut = pass();
      const listener = await port.listen(options, async (call) => {
        try {
          return await deps.around(() => handler(call));
        } catch (error) {
          const ref = log.failure('a listener failed to answer', error);
          return { status: 500, body: Buffer.from(`The server failed; its log has it under ${ref}.\n`) };
        }
      });
      // SECURITY: it was locked while the port was being opened.
      if (shut.aborted) {
        await listener.close();
        throw locked();
      }
      listeners.set(listener, { workspace: station()?.id ?? '', stays: options.staysWhileLocked ?? false });
      return {
        port: listener.port,
        isOpen: () => listeners.has(listener),
        close() {
          listeners.delete(listener);
          return listener.close();
        },
      };
    },
    async dial(options) {
      const shut = pass(options);
      return guarded(await port.dial({ ...options, signal: either(shut, options.signal) }), shut);
    },
  };

  return {
    net,
    async shut() {
      const session = station()?.session ?? null;
      if (session !== null) over.add(session);
      shutting.abort(locked());
      shutting = new AbortController();
      await closeWhere(({ stays }) => !stays);
    },
    sweep: () => closeWhere(({ workspace }) => workspace !== station()?.id),
  };
}

/** A stream that ends when the door is shut, and says then that it was. */
function guarded(stream: NetStream, shut: AbortSignal): NetStream {
  const end = (): void => stream.close();
  // SECURITY: it was locked while the connection was being made.
  if (shut.aborted) {
    end();
    throw locked();
  }
  shut.addEventListener('abort', end, { once: true });
  const unlessShut = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw shut.aborted ? locked() : error;
    }
  };
  return {
    peer: stream.peer,
    write: (bytes) => unlessShut(stream.write(bytes)),
    read: () => unlessShut(stream.read()),
    close() {
      shut.removeEventListener('abort', end);
      end();
    },
  };
}

function locked(): AppError {
  return new AppError('LOCKED', 'The workspace is locked and opens no connection. Unlock it first.');
}
