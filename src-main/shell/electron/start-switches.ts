/**
 * Switches of Electron and Chromium with which Baleen does not start: those that open it to a debugger, and those that take
 * protection away. Baleen's own arguments are read in node/shell-arguments.ts.
 */
import { StartError } from '../node/start-error.ts';

const DEBUGGING = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'inspect',
  'inspect-brk',
  'inspect-wait',
  'inspect-port',
  'inspect-publish-uid',
  'js-flags',
];
const SANDBOX = [
  'no-sandbox',
  'no-zygote',
  'disable-setuid-sandbox',
  'disable-namespace-sandbox',
  'disable-seccomp-filter-sandbox',
  'disable-gpu-sandbox',
  'single-process',
];
const PROTECTION = ['disable-web-security', 'disable-site-isolation-trials', 'load-extension', 'log-net-log'];

const ROOT_NOTICE =
  "Baleen runs as root, so Chromium's sandbox is off. Run it as an ordinary user for real keys.";

/** The arguments behind the program and, unless it is packaged, behind the folder that Electron was told to run. */
export function ownArguments(argv: readonly string[], isPackaged: boolean): string[] {
  const behind = argv.slice(1);
  const folder = isPackaged ? -1 : behind.findIndex((arg) => !arg.startsWith('-'));
  return behind.filter((_arg, index) => index !== folder);
}

/**
 * Looks through the arguments and what Electron made of them. Answers the arguments that are Baleen's own, and what the operator
 * has to know. Throws StartError for a switch of the lists; root alone may start without the sandbox, for it cannot have one.
 */
export function judgeSwitches(
  given: readonly string[],
  hasSwitch: (name: string) => boolean,
  isRoot: boolean,
): { own: string[]; notices: string[] } {
  const nameOf = (arg: string): string => /^--?([^=]+)/.exec(arg)?.[1] ?? '';
  const named = new Set(given.map(nameOf));
  const has = (name: string): boolean => named.has(name) || hasSwitch(name);
  const allowed = isRoot ? ['no-sandbox', 'no-zygote'] : [];
  const refused = (names: readonly string[]): string | undefined =>
    names.find((name) => !allowed.includes(name) && has(name));
  const debugging = refused(DEBUGGING);
  if (debugging !== undefined)
    throw new StartError(
      `Baleen does not start with --${debugging}: whoever reaches the debugger reaches every key. Leave it out.`,
    );
  const unsafe = refused(SANDBOX);
  if (unsafe !== undefined)
    throw new StartError(
      `Baleen does not start with --${unsafe}: Chromium's sandbox keeps the window apart from the keys. Leave it out; where ` +
        'the sandbox does not work, allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1).',
    );
  const open = refused(PROTECTION);
  if (open !== undefined)
    throw new StartError(
      `Baleen does not start with --${open}: it takes protection from the window. Leave it out.`,
    );
  return {
    own: given.filter((arg) => !allowed.includes(nameOf(arg))),
    notices: has('no-sandbox') ? [ROOT_NOTICE] : [],
  };
}
