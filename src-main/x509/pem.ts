/**
 * PEM (RFC 7468) as it is found in the wild: byte order mark, CRLF, text around the blocks, blocks flattened to one
 * line or with literal "\n". Each tolerance is a finding; the strict form is what the writer makes.
 */
import type { Finding } from '#shared/contract/channel.ts';
import { X509Error } from './x509-error.ts';

export interface PemBlock {
  label: string;
  der: Uint8Array;
  /** RFC 1421 header lines of an encrypted legacy key, as they stand. */
  headers: string[];
  /** The block as text, from BEGIN to END, with `\n` line ends. */
  text: string;
}

export interface PemReading {
  blocks: PemBlock[];
  notes: Finding[];
}

/** The 64-column form with a final newline. */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

const BEGIN = /-----BEGIN ([A-Z0-9 .#-]{1,60})-----/;

function note(code: string, text: string, where = 'file'): Finding {
  return { code, severity: 'note', text, where, clause: 'RFC 7468 2' };
}

/** Whether `text` has PEM armour at all. */
export function looksLikePem(text: string): boolean {
  return BEGIN.test(text);
}

function decode(label: string, body: string): { der: Uint8Array; headers: string[] } {
  const lines = body.split('\n').map((line) => line.trim());
  const isHeader = (line: string): boolean => /^[A-Za-z-]+:/.test(line);
  const headers = lines.filter(isHeader);
  const base64 = lines
    .filter((line) => !isHeader(line))
    .join('')
    .replaceAll(/[ \t]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 === 1)
    throw new X509Error(`the ${label.toLowerCase()} is not valid base64`);
  return { der: new Uint8Array(Buffer.from(base64, 'base64')), headers };
}

interface Found {
  label: string;
  body: string;
  whole: string;
}

/** Every block of `text`, in order. Throws X509Error when one is cut off. */
function findBlocks(text: string): { found: Found[]; outside: string } {
  const found: Found[] = [];
  let outside = '';
  let rest = text;
  for (let match = BEGIN.exec(rest); match !== null; match = BEGIN.exec(rest)) {
    const label = match[1] ?? '';
    const end = `-----END ${label}-----`;
    const after = rest.slice(match.index + match[0].length);
    const length = after.indexOf(end);
    const next = BEGIN.exec(after);
    if (length < 0 || (next !== null && next.index < length)) {
      const what = label.endsWith('CERTIFICATE') ? 'certificate' : label.toLowerCase();
      throw new X509Error(`${what} is cut off: its "${end}" line is missing`);
    }
    outside += rest.slice(0, match.index);
    found.push({
      label,
      body: after.slice(0, length),
      whole: rest.slice(match.index, match.index + match[0].length + length + end.length),
    });
    rest = after.slice(length + end.length);
  }
  return { found, outside: outside + rest };
}

/** Reads all blocks of a text. Throws X509Error when a block is cut off or not base64. */
export function readPem(given: string): PemReading {
  const notes: Finding[] = [];
  let text = given;
  if (text.startsWith('\ufeff')) {
    text = text.slice(1);
    notes.push(note('PEM_BOM', 'The file begins with a byte order mark; some programs refuse that.'));
  }
  if (text.includes('\r')) {
    text = text.replaceAll(/\r\n?/g, '\n');
    notes.push(note('PEM_CRLF', 'The file has Windows line ends (CRLF).'));
  }
  if (/-----\\n|\\n-----/.test(text)) {
    text = text.replaceAll('\\n', '\n');
    notes.push({
      ...note(
        'PEM_ESCAPED',
        'The file contains literal \\n instead of line ends; most programs cannot read it.',
      ),
      severity: 'careful',
    });
  }
  const { found, outside } = findBlocks(text);
  if (found.some(({ body }) => !body.trimEnd().includes('\n') && body.trim().length > 76))
    notes.push({
      ...note('PEM_FLATTENED', 'PEM was flattened to one line; most programs cannot read it.'),
      severity: 'careful',
    });
  if (outside.trim() !== '')
    notes.push(note('PEM_TEXT_AROUND', 'There is text outside the PEM blocks; it was passed over.'));
  if (found.length > 0 && !text.endsWith('\n'))
    notes.push(note('PEM_NO_NEWLINE', 'The last line has no line end; joining files then breaks them.'));
  return {
    blocks: found.map(({ label, body, whole }) => ({ label, text: whole, ...decode(label, body.trim()) })),
    notes,
  };
}
