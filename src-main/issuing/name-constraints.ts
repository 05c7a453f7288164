/** Whether names lie inside the permitted subtrees of an authority (RFC 5280 4.2.1.10): DNS and IP. Not path validation. */
import { ipBytes } from '../x509/general-name.ts';
import type { Subtree } from '../x509/extension-writer.ts';
import { X509Error } from '../x509/x509-error.ts';
import { type AlternativeName, readDns } from './alternative-name.ts';
import { splitList } from './name-list.ts';
import { problem, type Problem } from './problem.ts';

function isNetwork(text: string): boolean {
  const [address = '', length = ''] = text.split('/');
  try {
    return /^\d{1,3}$/.test(length) && Number(length) <= ipBytes(address).length * 8;
  } catch (error) {
    if (error instanceof X509Error) return false;
    throw error;
  }
}

/** Meant as a network, right or wrong: digits of an address and a length. */
const NETWORK = /^[0-9a-f.:]*[0-9a-f:][0-9a-f.:]*\/\d/i;

/** A comma list of DNS suffixes and networks ("example.net, 10.0.0.0/8"). Problems have the path "namesPermitted". */
export function readSubtrees(text: string): { subtrees: Subtree[]; problems: Problem[] } {
  const subtrees: Subtree[] = [];
  const problems: Problem[] = [];
  for (const entry of splitList(text)) {
    if (NETWORK.test(entry)) {
      if (isNetwork(entry)) subtrees.push({ type: 'ip', value: entry });
      else
        problems.push(
          problem('namesPermitted', `Invalid network: ${entry}.`, 'Such as 10.0.0.0/8 or fd00::/8.'),
        );
      continue;
    }
    const reading = readDns(entry.replace(/^\./, ''));
    if (reading.ok && !reading.name.value.startsWith('*'))
      subtrees.push({ type: 'dns', value: reading.name.value });
    else
      problems.push(
        problem(
          'namesPermitted',
          `Invalid DNS suffix: ${entry}.`,
          'Such as example.net, which includes all below it.',
        ),
      );
  }
  return { subtrees, problems };
}

function inNetwork(address: string, network: string): boolean {
  const [base = '', mask = ''] = network.split('/');
  const [octets, wanted] = [ipBytes(address), ipBytes(base)];
  if (octets.length !== wanted.length) return false;
  const bits = Number(mask);
  return octets.every((octet, index) => {
    const keep = 0xff & ~(0xff >> Math.min(8, Math.max(0, bits - index * 8)));
    return (octet & keep) === ((wanted[index] ?? 0) & keep);
  });
}

function inside(name: AlternativeName, subtree: { type: string; value: string }): boolean {
  if (name.type === 'ip') return inNetwork(name.value, subtree.value);
  const host = name.value.replace(/^\*\./, '');
  return host === subtree.value || host.endsWith(`.${subtree.value}`);
}

/**
 * The names outside of `permitted`. Only types that are constrained at all are looked at: a list of DNS suffixes says
 * nothing about addresses (RFC 5280 4.2.1.10).
 */
export function outsideOf(
  names: readonly AlternativeName[],
  permitted: readonly { type: string; value: string }[],
): AlternativeName[] {
  return names.filter((name) => {
    if (name.type !== 'dns' && name.type !== 'ip') return false;
    const subtrees = permitted.filter((subtree) => subtree.type === name.type);
    return subtrees.length > 0 && !subtrees.some((subtree) => inside(name, subtree));
  });
}
