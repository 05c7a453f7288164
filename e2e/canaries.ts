/**
 * Looks for secrets in everything that left main: answers, events, log lines, argument lists of the process tree.
 * It knows the passphrases and key bytes of its own run only; it is no scanner for unknown secrets.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface Canaries {
  /** From now on this secret must not appear anywhere, raw, hex or base64. */
  guard(name: string, secret: string | Uint8Array): void;
  /** Keeps a text that left main. `where` names it in the failure. */
  saw(where: string, value: unknown): void;
  /** Reads the argument lists of this process and all its descendants. */
  sawArguments(): void;
  /** Every place where a guarded secret appeared. */
  leaks(): string[];
}

function flatten(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof Uint8Array ? Buffer.from(inner).toString('latin1') : inner,
  );
}

/** The forms in which bytes may hide in text. Base64 has three alignments; the ends that depend on neighbours are cut. */
function forms(secret: Uint8Array): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    return text.slice(shift === 0 ? 0 : shift + 1, -2);
  });
  const hex = bytes.toString('hex');
  return [
    JSON.stringify(bytes.toString('latin1')).slice(1, -1),
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** This process and everything it started, by id. */
export function descendants(): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // The process ended between the listing and the reading.
    }
  }
  const tree = new Set([process.pid]);
  for (let size = 0; size !== tree.size;) {
    size = tree.size;
    for (const [pid, parent] of parents) if (tree.has(parent)) tree.add(pid);
  }
  return [...tree];
}

export function createCanaries(): Canaries {
  const secrets = new Map<string, string[]>();
  const seen: { where: string; text: string }[] = [];
  return {
    guard(name, secret) {
      const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret;
      if (bytes.length < 8) throw new Error(`canary ${name} is too short to be searched for`);
      secrets.set(name, forms(bytes));
    },
    saw(where, value) {
      seen.push({ where, text: typeof value === 'string' ? value : (flatten(value) ?? '') });
    },
    sawArguments() {
      for (const pid of descendants()) {
        try {
          seen.push({ where: `arguments of ${pid}`, text: readFileSync(`/proc/${pid}/cmdline`, 'latin1') });
        } catch {
          // The process ended meanwhile.
        }
      }
    },
    leaks() {
      const found: string[] = [];
      for (const [name, texts] of secrets)
        for (const { where, text } of seen)
          if (texts.some((form) => text.includes(form))) found.push(`${name} in ${where}`);
      return found;
    },
  };
}
