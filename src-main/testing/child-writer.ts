/**
 * Makes a local child in the given folder and takes it through certificates and key rolls as fast as it can, saying what was
 * acknowledged, until it is killed. A program of its own, because a thread cannot be killed with -9. Not shipped.
 */
import { writeSync } from 'node:fs';
import { activateKey, startRoll } from '../ta/child/roll-key.ts';
import { testChildren } from './test-child.ts';

const here = await testChildren(process.argv[2]);
const say = async (): Promise<void> => {
  const { version, child } = await here.held('online');
  writeSync(1, `${version} ${child.keys.map(({ state }) => state).join('+')}\n`);
};
writeSync(1, 'open\n');
await here.ready('online');
await say();
const exchange = async (): Promise<void> => {
  await here.ask('online');
  await say();
  await here.parent.exchange();
  await here.ask('online');
  await say();
};
await exchange();
for (;;) {
  await startRoll(here.deps, await here.held('online'));
  await say();
  await exchange();
  await activateKey(here.deps, await here.held('online'));
  await say();
  await exchange();
}
