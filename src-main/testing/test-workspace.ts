/** A real vault in a temporary folder with cheap key derivation, for tests of what lies on it. Not shipped. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJobs } from '../lib/jobs.ts';
import { createAudit } from '../audit/audit.ts';
import type { Ports } from '../ports.ts';
import type { Kdf } from '../vault/header.ts';
import { vaultDomain } from '../vault/vault-domain.ts';
import { createVault } from '../vault/vault.ts';
import { noNet } from './test-net.ts';
import { softwareOnly, eventSink, testClock, testLog, testRandom } from './test-ports.ts';

export const PASSPHRASE = 'tundra-Okapi 7 vesper lantern';
/** Tests derive hundreds of keys; the application calibrates and never goes below OWASP's least. */
export const CHEAP: Kdf = { algorithm: 'argon2id', memoryKiB: 19_456, passes: 2, lanes: 1 };

export function testVault(options: { folder?: string } = {}) {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'baleen-vault-'));
  const clock = testClock();
  const { log, lines } = testLog();
  const { events, emit } = eventSink();
  const suspend: (() => void)[] = [];
  const ports: Ports = {
    clock,
    random: testRandom,
    net: noNet,
    signerHosts: {
      start() {
        throw new Error('no signer is started here');
      },
    },
    dialogs: { folder: async () => null, saveFile: async () => null, openFile: async () => null },
    volumes: { list: async () => [] },
    clipboard: { write: async () => undefined, clearIf: async () => undefined },
    emit,
    onSuspend: (listener) => void suspend.push(listener),
    quit: () => undefined,
    logLine: (line) => void lines.push(line),
    paths: { config: join(folder, 'config'), workspaces: join(folder, 'workspaces'), workspace: null },
    workers: { store: new URL('../store/store-worker.ts', import.meta.url) },
    version: '0.0.0-test',
    notices: [],
  };
  const changed = (): void => undefined;
  const vault = createVault({ ports, log, changed, kdf: CHEAP });
  const places = new Map<string, string>();
  const tickets = { path: (ticket: string) => places.get(ticket) ?? ticket, end: () => undefined };
  const audit = createAudit({ clock, vault, tickets, changed });
  const jobs = createJobs({ around: softwareOnly, clock, random: testRandom, log, changed });
  const domain = vaultDomain({ ports, vault, jobs, tickets });
  return {
    folder,
    clock,
    vault,
    audit,
    jobs,
    domain,
    events,
    lines,
    places,
    suspend: () => suspend.forEach((listener) => listener()),
    /** Makes a workspace and answers its folder. */
    async create(name = 'Example', kind: 'online' | 'offline' | 'rehearsal' = 'online'): Promise<string> {
      await domain.create({ folder: null, name, kind, passphrase: PASSPHRASE });
      return vault.opened()?.folder ?? '';
    },
    async remove(): Promise<void> {
      await vault.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
