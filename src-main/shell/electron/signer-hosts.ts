/** Children for native code, as Electron's utility processes: a hardened build cannot fork Node. */
import type * as Electron from 'electron';
import { fileURLToPath } from 'node:url';
import type { SignerHosts } from '../../ports.ts';
import { hostEnvironment } from '../node/signer-hosts.ts';

/** `entry`: the bundled program of the child. */
export function electronSignerHosts(
  utilityProcess: Pick<typeof Electron.utilityProcess, 'fork'>,
  entry: URL,
): SignerHosts {
  return {
    start({ environment }) {
      const child = utilityProcess.fork(fileURLToPath(entry), [], {
        env: hostEnvironment(environment),
        execArgv: [],
        stdio: 'ignore',
        serviceName: 'Baleen signer',
        // A vendor's library is not signed by us; macOS would refuse it.
        allowLoadingUnsignedLibraries: true,
      });
      const exits: ((how: { code: number | null; signal: string | null }) => void)[] = [];
      let how: { code: number | null; signal: string | null } | null = null;
      child.on('exit', (code) => {
        if (how !== null) return;
        how = { code, signal: null };
        for (const listener of exits) listener(how);
      });
      return {
        send: (message) => child.postMessage(message),
        onMessage: (listener) => void child.on('message', listener),
        onExit(listener) {
          if (how === null) exits.push(listener);
          else listener(how);
        },
        kill() {
          // `kill` of Electron asks politely (SIGTERM), which a library that hangs does not hear.
          const { pid } = child;
          if (how !== null) return;
          if (pid === undefined) child.kill();
          else process.kill(pid, 'SIGKILL');
        },
      };
    },
  };
}
