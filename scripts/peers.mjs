// `npm run peers`: brings the real programs that the tests meet, and names each one that is missing with the command
// that installs it. With CI set a missing peer is a failure, at a desk a loud skip.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { bringDebianPackages, give, hasChromium, onPath, say } from './prepare.mjs';

/** Built peers lie here, one folder a version, so that a second clone finds them. Tests look here as well (testing/peers.ts). */
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'baleen', 'peers');

const debian = (name, found, packages, wanted) => ({
  name,
  found,
  wanted,
  bring: () => bringDebianPackages(packages, found),
  command: `sudo apt-get install -y ${packages.join(' ')}`,
});

/** A crate built with cargo. `locked`: as its authors built it. */
function crate(name, { crateName, version, programs, locked, wanted, needs }) {
  const folder = join(CACHE, `${crateName}-${version}`);
  const found = () => programs.every((program) => existsSync(join(folder, 'bin', program)));
  const args = [
    'install',
    crateName,
    '--version',
    version,
    '--root',
    folder,
    ...(locked ? ['--locked'] : []),
  ];
  return {
    name,
    found,
    wanted,
    command: `cargo ${args.join(' ')}`,
    bring() {
      if (!onPath('cargo')) return;
      bringDebianPackages(needs, () => needs.length === 0);
      mkdirSync(folder, { recursive: true });
      say(`Building ${crateName} ${version}, some minutes…`);
      spawnSync('cargo', [...args, '--quiet'], { stdio: ['ignore', 'ignore', 'inherit'] });
    },
  };
}

/** What a peer is found by, what brings it, and which tests want it. */
const PEERS = [
  debian('openssl', () => onPath('openssl'), ['openssl'], 'every X.509 test'),
  debian('chromium', () => hasChromium(), ['chromium'], 'the shell and end-to-end tests'),
  debian('ss', () => onPath('ss'), ['iproute2'], 'the tests that no socket is opened'),
  debian('softhsm2-util', () => onPath('softhsm2-util'), ['softhsm2'], 'the signer tests'),
  debian('pkcs11-tool', () => onPath('pkcs11-tool'), ['opensc'], 'the signer tests'),
  debian('gcc', () => onPath('gcc'), ['gcc', 'libc6-dev'], 'the signer tests, for libraries that fail'),
  debian(
    'rpki-client',
    () => onPath('rpki-client') || existsSync('/usr/sbin/rpki-client'),
    ['rpki-client'],
    'the trust anchor tests',
  ),
  debian('fort', () => onPath('fort'), ['fort-validator'], 'the trust anchor tests'),
  debian('pykmip-server', () => onPath('pykmip-server'), ['python3-pykmip'], 'the KMIP signer tests'),
  crate('krill, krillc, krillta', {
    crateName: 'krill',
    version: '0.16.1',
    programs: ['krill', 'krillc', 'krillta'],
    locked: true,
    needs: ['pkg-config', 'libssl-dev'],
    wanted: 'the trust anchor tests',
  }),
  // Without --locked: its lock file names a version that the registry does not have.
  crate('routinator', {
    crateName: 'routinator',
    version: '0.15.3',
    programs: ['routinator'],
    locked: false,
    needs: [],
    wanted: 'the trust anchor tests',
  }),
];

let missing = 0;
for (const peer of PEERS) {
  if (!peer.found()) peer.bring();
  if (peer.found()) {
    say(`${peer.name}: here`);
  } else {
    missing += 1;
    say(`*** ${peer.name} is missing (${peer.wanted}). Type: ${peer.command} ***`);
  }
}
if (missing > 0 && process.env.CI) give(`${missing} of ${PEERS.length} peers are missing.`);
