/** A signed message in BER as streaming writers make it: without the length of what they do not know yet (X.690 8.1.3.6). Not shipped. */
import { children, readTlv, TAG } from '../x509/der-reader.ts';
import { octetString } from '../x509/der-writer.ts';

/** Without a length, to its end. */
export const openTlv = (tag: number, ...parts: Uint8Array[]): Uint8Array =>
  Buffer.concat([Uint8Array.of(tag, 0x80), ...parts, Uint8Array.of(0, 0)]);
export const partsOf = (der: Uint8Array): Uint8Array[] => children(readTlv(der)).map(({ raw }) => raw);

/** The message as a writer makes it that does not know how long it becomes; `signers`: in BER as well, which none does. */
export function streamed(message: Uint8Array, signers = false): Uint8Array {
  const [type = message, wrapped = message] = partsOf(message);
  const [version = type, digests = type, content = type, certificates = type, crls = type, by = type] =
    partsOf(partsOf(wrapped)[0] ?? type);
  const [of = type, holder = type] = partsOf(content);
  const octets = readTlv(partsOf(holder)[0] ?? type).content;
  const pieces = [octets.subarray(0, 40), octets.subarray(40)].map((piece) => octetString(piece));
  const inside = openTlv(TAG.sequence, of, openTlv(0xa0, openTlv(0x24, ...pieces)));
  const data = openTlv(
    TAG.sequence,
    ...[version, digests, inside, openTlv(0xa0, ...partsOf(certificates)), openTlv(0xa1, ...partsOf(crls))],
    signers ? openTlv(TAG.set, ...partsOf(by)) : by,
  );
  return openTlv(TAG.sequence, type, openTlv(0xa0, data));
}
