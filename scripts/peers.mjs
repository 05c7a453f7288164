// `npm run peers`: brings the real programs that the tests meet, and names each one that is missing with the command
// that installs it. With CI set a missing peer is a failure, at a desk a loud skip.
import { bringDebianPackages, give, hasChromium, onPath, say } from './prepare.mjs';

/** What a peer is found by, the Debian package that brings it, and which tests want it. */
const PEERS = [
  { name: 'openssl', found: () => onPath('openssl'), debian: 'openssl', wanted: 'every X.509 test' },
  { name: 'chromium', found: hasChromium, debian: 'chromium', wanted: 'the shell and end-to-end tests' },
  { name: 'ss', found: () => onPath('ss'), debian: 'iproute2', wanted: 'the tests that no socket is opened' },
];

let missing = 0;
for (const peer of PEERS) {
  if (!peer.found()) bringDebianPackages([peer.debian], peer.found);
  if (peer.found()) {
    say(`${peer.name}: here`);
  } else {
    missing += 1;
    say(`*** ${peer.name} is missing (${peer.wanted}). Type: sudo apt-get install -y ${peer.debian} ***`);
  }
}
if (missing > 0 && process.env.CI) give(`${missing} of ${PEERS.length} peers are missing.`);
