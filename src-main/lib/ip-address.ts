/** IP addresses as text. SECURITY: the name service of the machine reads an octet with a leading zero as octal, so none is an address here. */

const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const IPV4 = new RegExp(String.raw`^${OCTET}(?:\.${OCTET}){3}$`);

export const isIpv4 = (text: string): boolean => IPV4.test(text);

/** IPv4 in dotted decimal, or IPv6 without a zone. */
export function isAddress(text: string): boolean {
  return isIpv4(text) || (/^[\dA-Fa-f.]*:[\dA-Fa-f.:]*$/.test(text) && URL.canParse(`http://[${text}]`));
}
