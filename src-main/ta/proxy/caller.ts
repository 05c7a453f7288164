/** Who a caller is when calls are counted: whoever has one IPv6 address has all of its /64. */
import { ipBytes, ipText } from '../../x509/general-name.ts';
import { X509Error } from '../../x509/x509-error.ts';

const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
/** `::ffff:0:0/96` (RFC 4291 2.5.5.2): how a listener on `::` sees IPv4. */
const MAPPED = '00000000000000000000ffff';

/**
 * `address`, as the socket has it: an IPv4 address as it is, also one that came mapped into IPv6; the /64 of an IPv6 address.
 * What is no address stands for itself.
 */
export function networkOf(address: string): string {
  let octets: Uint8Array;
  try {
    octets = ipBytes(address.replace(/%.*$/, ''));
  } catch (error) {
    if (error instanceof X509Error) return address;
    throw error;
  }
  if (octets.length === 4) return ipText(octets);
  if (hexOf(octets.subarray(0, 12)) === MAPPED) return ipText(octets.subarray(12));
  const network = new Uint8Array(16);
  network.set(octets.subarray(0, 8));
  return `${ipText(network)}/64`;
}
