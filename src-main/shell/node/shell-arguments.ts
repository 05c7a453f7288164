/** The command line both shells understand. Anything else on it is refused with a sentence, not ignored. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { errorText } from '../../lib/app-error.ts';
import { StartError } from './start-error.ts';

export interface ShellArguments {
  /** Workspace folder to show at the start, absolute; null: the recent list decides. */
  workspace: string | null;
  help: boolean;
  version: boolean;
}

export const USAGE = `Usage: baleen [--workspace DIR]
  --workspace DIR  start with the workspace in DIR
  --version        print the version and end
  --help           print this and end
`;

/** `argv` without program and script. Throws StartError for what it does not know. */
export function shellArguments(argv: string[]): ShellArguments {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        workspace: { type: 'string' },
        help: { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
      },
    });
    if (values.workspace === '') throw new Error('--workspace needs a folder.');
    return {
      workspace: values.workspace === undefined ? null : resolve(values.workspace),
      help: values.help,
      version: values.version,
    };
  } catch (error) {
    throw new StartError(`${errorText(error)}\n${USAGE}`);
  }
}
