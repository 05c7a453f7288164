/** The content of a manifest (RFC 9286 4.2): read strictly, every fault with its clause. What it lists is not opened. */
import {
  bigInteger,
  bitString,
  exactly,
  expectTag,
  listElements,
  oidText,
  optional,
  readWhole,
  TAG,
  timeValue,
  type Tlv,
} from '../x509/der-reader.ts';
import { hex } from './certificate-fields.ts';
import type { Faults } from './fault.ts';
import { isFileName } from './plain-name.ts';

export const MANIFEST_OID = '1.2.840.113549.1.9.16.1.26';
const SHA256 = '2.16.840.1.101.3.4.2.1';

export interface Manifest {
  number: bigint;
  thisUpdate: Date;
  nextUpdate: Date;
  /** Lower-case hex of each hash by file name. */
  files: Map<string, string>;
}

function readFiles(faults: Faults, list: Tlv): Map<string, string> {
  const files = new Map<string, string>();
  const hashes = new Set<string>();
  for (const entry of listElements(list)) {
    const what = 'an entry';
    const [name, hash] = exactly(expectTag(entry, TAG.sequence, what), what, TAG.ia5String, TAG.bitString);
    const text = Buffer.from(name.content).toString('latin1');
    const { bytes, unused } = bitString(hash, 'a hash');
    faults.check(isFileName(text), `the file name "${text.slice(0, 80)}" is not allowed`, 'RFC 9286 4.2.2');
    faults.check(bytes.length === 32 && unused === 0, `the hash of ${text} is not SHA-256`, 'RFC 9286 4.2.1');
    faults.check(!files.has(text), `${text} is listed twice`, 'RFC 9286 4.2.1');
    // Two files with the same octets are one object under two names (krill-ta.md 10.5).
    faults.check(!hashes.has(hex(bytes)), `the hash of ${text} is listed twice`, 'RFC 9286 4.2.1');
    files.set(text, hex(bytes));
    hashes.add(hex(bytes));
  }
  return files;
}

/** Throws X509Error when `content` is no manifest. */
export function readManifest(content: Uint8Array, faults: Faults): Manifest {
  const [version, number, from, to, algorithm, list] = exactly(
    readWhole(content, TAG.sequence, 'the manifest'),
    'the manifest',
    optional(0xa0),
    TAG.integer,
    TAG.generalizedTime,
    TAG.generalizedTime,
    TAG.oid,
    TAG.sequence,
  );
  // DER leaves a default out; version 0 is the default and the only one.
  faults.check(version === undefined, 'the version is written out or not 0', 'RFC 9286 4.2.1');
  const value = bigInteger(number, 'the manifest number');
  faults.check(
    value >= 0n && value < 1n << 159n,
    'the manifest number is negative or has more than 20 octets',
    'RFC 9286 4.2.1',
  );
  const manifest = {
    number: value,
    thisUpdate: timeValue(from, 'thisUpdate'),
    nextUpdate: timeValue(to, 'nextUpdate'),
    files: readFiles(faults, list),
  };
  faults.check(
    manifest.thisUpdate.getTime() < manifest.nextUpdate.getTime(),
    'nextUpdate is not later than thisUpdate',
    'RFC 9286 4.2.1',
  );
  faults.check(oidText(algorithm) === SHA256, 'the hash algorithm is not SHA-256', 'RFC 9286 4.2.1');
  const crls = [...manifest.files.keys()].filter((name) => name.endsWith('.crl'));
  faults.check(crls.length === 1, `it lists ${crls.length} CRLs instead of one`, 'RFC 9286 4.2.1');
  return manifest;
}
