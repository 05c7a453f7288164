/** Children for native code, as Node forks them. What they do is theirs (signers/pkcs11/host.ts). */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SignerHosts } from '../../ports.ts';

/** What any program needs to run at all; nothing of the operator's shell beside it. */
const KEPT =
  process.platform === 'win32'
    ? [
        'PATH',
        'SystemRoot',
        'SystemDrive',
        'windir',
        'TEMP',
        'TMP',
        'USERPROFILE',
        'APPDATA',
        'LOCALAPPDATA',
        'ProgramData',
        'ProgramFiles',
        'LANG',
      ]
    : ['PATH', 'HOME', 'LANG', 'TMPDIR'];

/** The environment of such a child: the least, and what its library reads. */
export function hostEnvironment(
  given: Readonly<Record<string, string>>,
  own: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of KEPT) {
    const value = own[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...given };
}

/** `entry`: the program of the child, bundled or, in tests, as source. */
export function nodeSignerHosts(entry: URL): SignerHosts {
  return {
    start({ environment }) {
      const child = fork(fileURLToPath(entry), [], {
        env: hostEnvironment(environment),
        execArgv: [],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        serialization: 'advanced',
      });
      const exits: ((how: { code: number | null; signal: string | null }) => void)[] = [];
      let how: { code: number | null; signal: string | null } | null = null;
      const ended = (code: number | null, signal: string | null): void => {
        if (how !== null) return;
        how = { code, signal };
        for (const listener of exits) listener(how);
      };
      child.on('exit', ended);
      // It could not be started, or a message could not be sent: then it is over as well, and `exit` may never come.
      child.on('error', (error) => {
        child.kill('SIGKILL');
        ended(null, error.message);
      });
      return {
        send(message) {
          // The failure arrives as `exit`, with whatever waits for an answer.
          if (child.connected) child.send(message as object, () => undefined);
        },
        onMessage: (listener) => void child.on('message', listener),
        onExit(listener) {
          if (how === null) exits.push(listener);
          else listener(how);
        },
        kill: () => void child.kill('SIGKILL'),
      };
    },
  };
}
