/** The content of a manifest (RFC 9286 4.2): read strictly, every fault with its clause. What it lists is not opened. */
import {
  bigInteger,
  bitString,
  children,
  expectTag,
  oidText,
  readWhole,
  TAG,
  timeValue,
  type Tlv,
} from '../x509/der-reader.ts';
import { hex } from './certificate-fields.ts';
import type { Faults } from './fault.ts';

export const MANIFEST_OID = '1.2.840.113549.1.9.16.1.26';
const SHA256 = '2.16.840.1.101.3.4.2.1';

export interface Manifest {
  number: bigint;
  thisUpdate: Date;
  nextUpdate: Date;
  /** Lower-case hex of each hash by file name. */
  files: Map<string, string>;
}

/** RFC 9286 4.2.2: letters, digits, dash, underscore, one dot, three letters. */
const FILE_NAME = /^[A-Za-z0-9_-]+\.[a-z]{3}$/;

function generalized(field: Tlv | undefined, what: string): Date {
  return timeValue(expectTag(field, TAG.generalizedTime, what), what);
}

function readFiles(faults: Faults, list: Tlv | undefined): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of children(expectTag(list, TAG.sequence, 'the file list'))) {
    const [name, hash, ...more] = children(expectTag(entry, TAG.sequence, 'an entry'));
    const text = Buffer.from(expectTag(name, TAG.ia5String, 'a file name').content).toString('latin1');
    const { bytes, unused } = bitString(expectTag(hash, TAG.bitString, 'a hash'), 'a hash');
    faults.check(
      FILE_NAME.test(text) && text.length <= 255,
      `the file name "${text.slice(0, 80)}" is not allowed`,
      'RFC 9286 4.2.2',
    );
    faults.check(bytes.length === 32 && unused === 0, `the hash of ${text} is not SHA-256`, 'RFC 9286 4.2.1');
    faults.check(more.length === 0, `the entry of ${text} holds more than a name and a hash`, 'RFC 9286 4.2');
    faults.check(!files.has(text), `${text} is listed twice`, 'RFC 9286 4.2.1');
    files.set(text, hex(bytes));
  }
  return files;
}

/** Throws X509Error when `content` is no manifest. */
export function readManifest(content: Uint8Array, faults: Faults): Manifest {
  const fields = children(readWhole(content, TAG.sequence, 'the manifest'));
  if (fields[0]?.tag === 0xa0) {
    // DER leaves a default out; version 0 is the default and the only one.
    faults.check(false, 'the version is written out or not 0', 'RFC 9286 4.2.1');
    fields.shift();
  }
  const [number, from, to, algorithm, list, ...more] = fields;
  const value = bigInteger(expectTag(number, TAG.integer, 'the manifest number'), 'the manifest number');
  faults.check(
    value >= 0n && value < 1n << 159n,
    'the manifest number is negative or has more than 20 octets',
    'RFC 9286 4.2.1',
  );
  const manifest = {
    number: value,
    thisUpdate: generalized(from, 'thisUpdate'),
    nextUpdate: generalized(to, 'nextUpdate'),
    files: readFiles(faults, list),
  };
  faults.check(
    manifest.thisUpdate.getTime() < manifest.nextUpdate.getTime(),
    'nextUpdate is not later than thisUpdate',
    'RFC 9286 4.2.1',
  );
  faults.check(
    algorithm?.tag === TAG.oid && oidText(algorithm) === SHA256,
    'the hash algorithm is not SHA-256',
    'RFC 9286 4.2.1',
  );
  faults.check(more.length === 0, 'it holds more than a manifest', 'RFC 9286 4.2');
  const crls = [...manifest.files.keys()].filter((name) => name.endsWith('.crl'));
  faults.check(crls.length === 1, `it lists ${crls.length} CRLs instead of one`, 'RFC 9286 4.2.1');
  return manifest;
}
