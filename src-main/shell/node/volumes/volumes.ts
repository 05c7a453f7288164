/** The Volumes port: each system's own way of listing what is plugged in, asked once at a time. What lies on them is for others. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Volume, Volumes } from '../../../ports.ts';
import { linuxVolumes } from './linux.ts';
import { macVolumes } from './macos.ts';
import { windowsVolumes } from './windows.ts';

const TIMEOUT_MS = 15_000;
/** Two systems start a program for each answer: whoever looks more often gets the last one. */
const FRESH_MS = 2_000;

async function run(program: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 1_048_576,
    windowsHide: true,
  });
  return stdout;
}

const NONE = async (): Promise<Volume[]> => [];
const WAYS: Partial<Record<NodeJS.Platform, { list: () => Promise<Volume[]>; freshMs: number }>> = {
  linux: { list: () => linuxVolumes(), freshMs: 0 },
  darwin: { list: () => macVolumes(run), freshMs: FRESH_MS },
  win32: { list: () => windowsVolumes(run), freshMs: FRESH_MS },
};

/** `note` writes a line into the log. */
export function nodeVolumes(
  note: (what: string) => (error: unknown) => void,
  way = WAYS[process.platform] ?? { list: NONE, freshMs: 0 },
): Volumes {
  let running: Promise<Volume[]> | null = null;
  let last: { at: number; volumes: Volume[] } | null = null;
  let said = '';

  async function ask(): Promise<Volume[]> {
    try {
      const volumes = (await way.list()).toSorted((a, b) => (a.path < b.path ? -1 : 1));
      last = { at: performance.now(), volumes };
      return volumes;
    } catch (error) {
      // Once for each fault: this is asked every few seconds.
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== said) note('removable volumes cannot be listed')(error);
      said = fault;
      return [];
    } finally {
      running = null;
    }
  }

  return {
    list() {
      if (last !== null && performance.now() - last.at < way.freshMs) return Promise.resolve(last.volumes);
      return (running ??= ask());
    },
  };
}
