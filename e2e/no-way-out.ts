// A whole session in a network namespace of its own, and everything a page could try to get out of it. Every datagram
// and connection of the namespace is counted; so is what listeners get there. Started by no-way-out.spec.ts under `unshare -n`; prints
// what was counted as JSON.
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanaries } from './canaries.ts';
import { startConsole } from './console-app.ts';
import { open } from './pages/ca.ts';
import { createWorkspace, lock, unlock } from './pages/workspace.ts';
import { pageTries } from './page-tries.ts';

const OWN = '10.9.0.1';
const FAR = '10.8.0.1';

for (const command of [
  'link set lo up',
  // A cable whose other end nobody reads: what is sent to far away goes into it, and is counted there.
  'link add cable type veth peer name end',
  'link set cable addrgenmode none',
  'link set end addrgenmode none',
  'link set cable up',
  'link set end up',
  `address add ${OWN}/24 dev cable`,
  'neighbour add 10.9.0.2 lladdr 02:00:00:00:00:02 dev cable',
  'route add default via 10.9.0.2',
])
  execFileSync('ip', command.split(' '));

/** What was sent since the namespace was made, by the kernel's own count: datagrams, and connections that were begun. */
function sent(): { datagrams: number; connections: number } {
  const [names, counts] = ['Udp', 'Tcp'].map((of) =>
    [...readFileSync('/proc/net/snmp', 'utf8').matchAll(new RegExp(`^${of}: (.*)$`, 'gm'))].map(([, line]) =>
      (line ?? '').split(' '),
    ),
  ) as [string[][], string[][]];
  const value = ([heads, values]: string[][], name: string): number =>
    Number(values?.[heads?.indexOf(name) ?? -1]);
  const six = readFileSync('/proc/net/snmp6', 'utf8').match(/^Udp6OutDatagrams\s+(\d+)$/m)?.[1];
  return {
    datagrams: value(names, 'OutDatagrams') + Number(six),
    connections: value(counts, 'ActiveOpens'),
  };
}

const seen = { udp: 0, dns: 0, tcp: 0 };
const udp = createSocket('udp4', () => void (seen.udp += 1));
const dns = createSocket('udp4', () => void (seen.dns += 1));
const tcp = createServer((socket) => {
  seen.tcp += 1;
  socket.on('error', () => undefined);
}).listen(0, '0.0.0.0');
await once(tcp, 'listening');
await new Promise<void>((resolve) => udp.bind(0, '0.0.0.0', resolve));
await new Promise<void>((resolve) => dns.bind(53, '0.0.0.0', resolve));
const ports = { tcp: (tcp.address() as AddressInfo).port, udp: udp.address().port };

const folder = mkdtempSync(join(tmpdir(), 'baleen-no-way-out-'));
const canaries = createCanaries();
const app = await startConsole(folder, canaries);
try {
  await createWorkspace(app.page, { canaries }, { name: 'Quiet' });
  await open(app.page, 'Inspect');
  await lock(app.page);
  await unlock(app.page);
  await open(app.page, 'Overview');
  const session = { ...seen, ...sent() };
  const tried: string[] = [];
  for (const host of ['127.0.0.1', OWN, FAR, 'secret-in-a-name.example'])
    tried.push(...(await app.page.evaluate(pageTries, { host, ...ports })));
  const attempts = { ...seen, ...sent() };
  // The counting itself works: a datagram, a question for a name and a connection are seen here, and what goes far away is counted.
  udp.send('x', ports.udp, OWN);
  dns.send('x', 53, OWN);
  udp.send('x', ports.udp, FAR);
  await fetch(`http://${OWN}:${ports.tcp}/`, { signal: AbortSignal.timeout(500) }).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const control = { ...seen, ...sent() };
  process.stdout.write(JSON.stringify({ session, attempts, control, tried }));
} finally {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
