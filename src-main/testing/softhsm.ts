/** Real SoftHSM tokens in a temporary folder of their own, and devices on them through the real child. Not shipped. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { pkcs11Settings, type Pkcs11Settings } from '#shared/contract/signer-settings.ts';
import { realClock } from '../shell/node/real-time.ts';
import { nodeSignerHosts } from '../shell/node/signer-hosts.ts';
import { DeviceError, type Person } from '../signers/device.ts';
import type { Pkcs11Deps } from '../signers/pkcs11/connection.ts';
import { createPkcs11Device } from '../signers/pkcs11/pkcs11-device.ts';
import { testRandom } from './test-ports.ts';
import { missingPeers, peer } from './peers.ts';

export const PIN = '4321';
export const SO_PIN = '12345678';

/** false at a desk that lacks one of them: the tests are skipped. In CI they run and fail. */
export const hasSoftHsm = missingPeers('softhsm2-util', 'pkcs11-tool', 'gcc').length === 0;
export const describeSoftHsm = hasSoftHsm ? describe : describe.skip;

const LIBRARIES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
];

/** SoftHSM's library; where it is missing the name that `npm run peers` explains. */
export function softhsmLibrary(): string {
  return LIBRARIES.find((path) => existsSync(path)) ?? '/usr/lib/softhsm/libsofthsm2.so';
}

/** The child as source, as the application has it bundled. */
const testHosts = nodeSignerHosts(new URL('../signers/pkcs11/host.ts', import.meta.url));

/** What a device and the tools for tokens need of a shell: real children, the machine's time. */
export const testTools = { hosts: testHosts, clock: realClock };

/** Somebody who types `pin` whenever asked, and what they saw. */
export interface TestPerson extends Person {
  asked: { reason: 'login' | 'signature'; tries: 'low' | 'final' | null }[];
  /** The octets that were handed out, to see whether they were wiped. */
  given: Uint8Array[];
  waiting: string[];
  /** From now on they type that. */
  type(pin: string): void;
  /** What `waits` could be cancelled with, the last first. */
  cancel(): void;
}

export function testPerson(pin: string | null = PIN): TestPerson {
  let typed = pin;
  const cancels: (() => void)[] = [];
  const person: TestPerson = {
    asked: [],
    given: [],
    waiting: [],
    type: (now) => void (typed = now),
    cancel: () => cancels.at(-1)?.(),
    async pin(why) {
      person.asked.push(why);
      if (typed === null) throw new DeviceError('pin-needed', 'PIN_NEEDED', 'Type the PIN.');
      const bytes = new Uint8Array(Buffer.from(typed));
      person.given.push(bytes);
      return bytes;
    },
    waits(text, cancel) {
      person.waiting.push(text);
      cancels.push(cancel);
      return () => void cancels.splice(cancels.indexOf(cancel), 1);
    },
  };
  return person;
}

export interface SoftHsm {
  folder: string;
  /** Where the tokens lie: moving it away is pulling them out. */
  tokens: string;
  environment: Record<string, string>;
  addToken(label: string, pin?: string): void;
  settings(label: string, more?: Partial<Pkcs11Settings>): Pkcs11Settings;
  device(
    label: string,
    more?: Partial<Pkcs11Settings>,
    deps?: Partial<Pkcs11Deps>,
  ): ReturnType<typeof createPkcs11Device> & { person: TestPerson };
  /** pkcs11-tool on that token, logged in. */
  tool(label: string, ...args: string[]): string;
  /** Closes every device that was made and removes the folder. */
  remove(): Promise<void>;
}

export function softhsm(): SoftHsm {
  const folder = mkdtempSync(join(tmpdir(), 'baleen-softhsm-'));
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens);
  const conf = join(folder, 'softhsm2.conf');
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const environment = { SOFTHSM2_CONF: conf };
  const env = { ...process.env, ...environment };
  const devices: { close(): Promise<void> }[] = [];
  const hsm: SoftHsm = {
    folder,
    tokens,
    environment,
    addToken(label, pin = PIN) {
      const args = ['--init-token', '--free', '--label', label, '--so-pin', SO_PIN, '--pin', pin];
      execFileSync(peer('softhsm2-util'), args, { env, stdio: 'pipe' });
    },
    settings: (label, more = {}) => ({
      ...pkcs11Settings.parse({
        kind: 'pkcs11',
        libPath: softhsmLibrary(),
        slot: { by: 'label', label },
        environment,
      }),
      ...more,
    }),
    device(label, more = {}, deps = {}) {
      const person = testPerson();
      const device = createPkcs11Device({
        ...testTools,
        random: testRandom,
        person,
        settings: hsm.settings(label, more),
        ...deps,
      });
      devices.push(device);
      return Object.assign(device, { person });
    },
    tool: (label, ...args) =>
      execFileSync(
        peer('pkcs11-tool'),
        ['--module', softhsmLibrary(), '--token-label', label, '--login', '--pin', PIN, ...args],
        { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      ),
    async remove() {
      await Promise.all(devices.map((device) => device.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return hsm;
}
