// What `npm start` was asked for. Read here and not by parseArgs alone, so that a wrong word is one sentence and starts nothing.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const USAGE =
  'Usage: npm start -- [--shell=electron|chromium|auto] [--workspace DIR] [--tour DIR] [--help] [--version]';

/**
 * Answers { shell, workspace, tour, asks }; folders are absolute, counted from `from`: where the operator stands, which npm keeps
 * in INIT_CWD. Throws an Error with one sentence for what it does not know.
 */
export function startArguments(argv, from) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        shell: { type: 'string', default: 'auto' },
        workspace: { type: 'string' },
        tour: { type: 'string' },
        help: { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new Error(`${error.message.split('. ')[0]}. ${USAGE}`, { cause: error });
  }
  if (!['auto', 'electron', 'chromium'].includes(values.shell))
    throw new Error('--shell is electron, chromium or auto.');
  if (values.tour === '') throw new Error('--tour needs a folder for the pictures: npm start -- --tour DIR');
  if (values.workspace === '') throw new Error('--workspace needs a folder: npm start -- --workspace DIR');
  const folder = (path) => (path === undefined ? null : resolve(from, path));
  return {
    shell: values.shell,
    workspace: folder(values.workspace),
    tour: folder(values.tour),
    asks: ['help', 'version'].filter((name) => values[name]).map((name) => `--${name}`),
  };
}
