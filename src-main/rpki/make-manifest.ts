/** Makes the content of a manifest (RFC 9286 4.2); the signed object around it is make-signed-object.ts. */
import { createHash } from 'node:crypto';
import { bitStringOf, ia5String, integer, oid, sequence, sequenceOf, tlv } from '../x509/der-writer.ts';

export interface ManifestFile {
  name: string;
  der: Uint8Array;
}

/** A manifest says whole seconds, always as GeneralizedTime. */
function generalizedTime(at: Date): Uint8Array {
  const text = `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return tlv(0x18, Buffer.from(text, 'latin1'));
}

/** Manifest, DER; files in the order of their names. */
export function makeManifestContent(content: {
  number: bigint;
  thisUpdate: Date;
  nextUpdate: Date;
  files: readonly ManifestFile[];
}): Uint8Array {
  const files = content.files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return sequence(
    integer(content.number),
    generalizedTime(content.thisUpdate),
    generalizedTime(content.nextUpdate),
    oid('2.16.840.1.101.3.4.2.1'),
    sequenceOf(
      files.map(({ name, der }) =>
        sequence(ia5String(name), bitStringOf(createHash('sha256').update(der).digest())),
      ),
    ),
  );
}
