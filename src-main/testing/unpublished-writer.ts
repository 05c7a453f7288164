/**
 * Opens the workspace of the folder so many milliseconds ahead, lets what is due be made, and says "asked" when the first server is
 * asked to publish it, which answers nothing: then it is killed. A program of its own, because a thread cannot be killed with -9. Not shipped.
 */
import { writeSync } from 'node:fs';
import { testApp } from './test-app.ts';
import { noNet } from './test-net.ts';
import { PASSPHRASE } from './test-workspace.ts';

const [, , folder = '', workspace = '', ahead = ''] = process.argv;
const app = await testApp({
  folder,
  workspace,
  live: true,
  net: {
    ...noNet,
    request() {
      writeSync(1, 'asked\n');
      return new Promise(() => setInterval(() => undefined, 1000));
    },
  },
});
app.clock.advance(Number(ahead));
await app.call('workspace.unlock', { passphrase: PASSPHRASE });
