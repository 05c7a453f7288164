/** What Krill has no key for, as comments of a [[signers]] table: written by write-toml.ts and read back here. */

import { leftOut, MASK, SECRET_KEY } from './toml-fields.ts';

/** The first line of what is written. */
export const HEADER =
  '# The lines above the first table belong above every other [table] of krill.conf or krillta.conf.';

export const PIN_PAD = '# The PIN is typed on the device.';

/** SECURITY: a line that a comment does not hold would be read as a setting. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** None for a serial that no comment can hold: the token is known by its label or slot then. */
export function serialComment(serial: string): string[] {
  return CONTROL.test(serial) ? [] : [`# The token's serial is ${serial}`];
}

/** The slot is a number because another token has this label, too. */
export function twinComment(label: string): string {
  return `# By its slot number, because another token has its label, too: ${JSON.stringify(label)}`;
}

export function variableComment(name: string, value: string): string {
  return `# Start Krill with ${name}=${value.replaceAll(new RegExp(CONTROL, 'gu'), ' ')}`;
}

const SERIAL = /^# The token's serial is (\S.*)$/;
const TWIN = /^# By its slot number, because another token has its label, too: (".*")$/;
const VARIABLE = /^# Start Krill with ([A-Za-z_]\w*)=(.*)$/;

export const LEFT_OUT = new RegExp(`^${leftOut(`(${Object.values(SECRET_KEY).join('|')})`)}$`, 'gm');

/** The comments that stand for a secret as that secret masked, but for those beside the secret itself. */
export function withLeftOut(text: string): string {
  return text
    .split(/^(?=[ \t]*\[)/m)
    .map((table) =>
      table.replaceAll(LEFT_OUT, (line: string, key: string) =>
        new RegExp(`^[ \\t]*["']?${key}["']?[ \\t]*=`, 'm').test(table) ? line : `${key} = "${MASK}"`,
      ),
    )
    .join('');
}

export interface OwnComments {
  serial: string | null;
  /** The label by which Baleen finds its slot; null: as the table says. */
  label: string | null;
  pinPad: boolean;
  environment: Record<string, string>;
}

/** What the comments of each [[signers]] table say, in their order, and how many lines were understood. */
export function readOwnComments(text: string): { tables: OwnComments[]; lines: number } {
  const tables: OwnComments[] = [];
  let table: OwnComments | null = null;
  let lines = 0;
  // Texts of several lines hold no comments.
  for (const raw of text.replaceAll(/"""[\s\S]*?"""|'''[\s\S]*?'''/g, '""').split('\n')) {
    const line = raw.trim();
    if (line.startsWith('[')) {
      table = /^\[\[\s*(?:signers|"signers"|'signers')\s*\]\]/.test(line)
        ? { serial: null, label: null, pinPad: false, environment: {} }
        : null;
      if (table !== null) tables.push(table);
    }
    if (line === HEADER) lines += 1;
    if (table !== null && understood(table, line)) lines += 1;
  }
  return { tables, lines };
}

function labelOf(json: string): string | null {
  try {
    return String(JSON.parse(json));
  } catch {
    // Somebody changed the comment.
    return null;
  }
}

function understood(table: OwnComments, line: string): boolean {
  const serial = SERIAL.exec(line)?.[1];
  const [, name, value] = VARIABLE.exec(line) ?? [];
  const twin = TWIN.exec(line)?.[1];
  if (serial !== undefined) table.serial = serial;
  else if (twin !== undefined) table.label = labelOf(twin);
  else if (name !== undefined && value !== undefined) table.environment[name] = value;
  else if (line === PIN_PAD) table.pinPad = true;
  else return false;
  return true;
}
