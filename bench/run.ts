// `npm run bench -- NAME`: prints medians of ours and of a floor taken in the same run, and their ratio beside the goal.
// Machines are noisy: read the ratios, not the milliseconds. It is no test and fails for no number.
import { inventoryBench } from './inventory.ts';
import { kmipBench } from './kmip.ts';
import { issuingBench } from './issuing.ts';
import { row } from './measure.ts';
import { childBench, tokenBench } from './signers.ts';
import { taBench } from './ta.ts';
import { unlockBench } from './unlock.ts';
import { bridgeBench, startBench } from './window.ts';

async function foundation(): Promise<void> {
  console.log(`${'median of'.padEnd(46)}${'ours'.padStart(10)}${'floor'.padStart(10)}   goal`);
  for (const { what, measured } of await issuingBench())
    console.log(
      row(
        what,
        measured,
        `rate ${(1 / measured.ratio).toFixed(2)} of the floor's (goal 0.5), processor ${measured.cpu.ours.toFixed(1)} | ${measured.cpu.floor.toFixed(1)} ms`,
      ),
    );
  const unlock = await unlockBench();
  console.log(
    row(
      'lock and unlock | its key derivation alone',
      unlock,
      `${unlock.ratio.toFixed(2)} x (aim about 500 ms)`,
    ),
  );
  const bridge = await bridgeBench();
  console.log(
    row('a call over the bridge | a bare binding', bridge, `${bridge.ratio.toFixed(2)} x, Chromium shell`),
  );
  const start = await startBench();
  const more = start.ours - start.floor;
  console.log(
    row('start to first screen | a bare Chromium', start, `${more.toFixed(0)} ms more (goal under 1000)`),
  );
  console.log("Electron's shell is measured where its binary is: the same figures, by hand.");
}

async function ta(): Promise<void> {
  console.log(`${'a response, median of'.padEnd(46)}${'ours'.padStart(10)}${'floor'.padStart(10)}   goal`);
  for (const { children, krillta, bare, pool, review } of await taBench([1, 10, 100, 1000])) {
    console.log(row(`${children} children | krillta`, krillta, `${krillta.ratio.toFixed(2)} x (goal 1)`));
    console.log(row(`${children} children | RSA alone`, bare, `${bare.ratio.toFixed(2)} x (goal 1.3)`));
    console.log(row(`${children} children | RSA in the thread pool`, pool, `${pool.ratio.toFixed(2)} x`));
    console.log(
      `${`${children} children, review opens`.padEnd(46)}${`${review.toFixed(0)} ms`.padStart(10)}`,
    );
  }
  console.log(`memory ${(process.memoryUsage().rss / 1_048_576).toFixed(0)} MiB`);
}

async function inventory(): Promise<void> {
  console.log(`${'100,000 certificates, median of'.padEnd(46)}${'ours'.padStart(10)}${'floor'.padStart(10)}`);
  for (const { what, measured } of await inventoryBench())
    console.log(row(what, measured, `${measured.ratio.toFixed(1)} x`));
}

async function signers(): Promise<void> {
  console.log(`${'one signature, median of'.padEnd(46)}${'ours'.padStart(10)}${'floor'.padStart(10)}   rate`);
  const share = ({ ratio }: { ratio: number }): string => (1 / ratio).toFixed(2);
  let ratio = '';
  for (const { kind, alone, pipelined, pipelinedBoth, check } of await tokenBench()) {
    const name = kind === 'p-256' ? 'P-256' : 'RSA 2048';
    console.log(row(`${name}, one at a time | C_Sign in a loop`, alone, `${share(alone)} of the floor's`));
    console.log(
      row(
        `${name}, 32 at once | C_Sign in a loop`,
        pipelined,
        `${share(pipelined)} of the floor's (goal 0.8)`,
      ),
    );
    const both = `${share(pipelinedBoth)} of the floor's`;
    console.log(row(`${name}, 32 at once | four sessions at once`, pipelinedBoth, both));
    console.log(
      `${`${name}, the check of one result alone`.padEnd(46)}${`${check.toFixed(2)} ms`.padStart(10)}`,
    );
    if (kind === 'p-256')
      ratio = `${share(pipelined)} (of C_Sign in a loop; of four sessions at once ${share(pipelinedBoth)})`;
  }
  console.log(`pipelined P-256 ratio ${ratio}`);
  const child = await childBench();
  console.log(row('a child with SoftHSM loaded | a bare node', child, `${child.ratio.toFixed(1)} x`));
  for (const { what, measured } of await kmipBench())
    console.log(row(`${what} | a bare TLS echo`, measured, `${measured.ratio.toFixed(1)} x`));
}

const BENCHES: Record<string, () => Promise<void>> = { foundation, inventory, ta, signers };
const name = process.argv[2] ?? '';
const bench = BENCHES[name];
if (bench === undefined) {
  console.error(`npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exitCode = 1;
} else await bench();
