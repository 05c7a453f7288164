/** GeneralName (RFC 5280 4.2.1.6): DER to the view and back. Whether a typed name is sensible is the issuing floor's business. */
import type { SanView } from '#shared/contract/certificate-view.ts';
import { isIpv4 } from '../lib/ip-address.ts';
import { arcsText, children, oidText, readTlv, stringValue, type Tlv } from './der-reader.ts';
import { contextPrimitive, ia5String } from './der-writer.ts';
import { nameView } from './distinguished-name.ts';
import { X509Error } from './x509-error.ts';

/** Dotted IPv4, RFC 5952 IPv6; eight and thirty-two octets are address and mask of a constraint. */
export function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length === 16) {
    const groups = [...Array(8).keys()].map((index) =>
      (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
    );
    return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
  }
  if (bytes.length === 8 || bytes.length === 32) {
    const half = bytes.length / 2;
    const bits = [...bytes.subarray(half)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const isPrefix = /^1*0*$/.test(bits);
    return `${ipText(bytes.subarray(0, half))}/${isPrefix ? bits.replaceAll('0', '').length : ipText(bytes.subarray(half))}`;
  }
  throw new X509Error(`an IP address of ${bytes.length} octets`);
}

/** The octets of an address in text. Throws X509Error when it is none. */
export function ipBytes(text: string): Uint8Array {
  if (isIpv4(text)) return Uint8Array.from(text.split('.').map(Number));
  if (!text.includes(':') || !URL.canParse(`http://[${text}]`))
    throw new X509Error(`invalid IP address: ${text}`);
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}

/** One GeneralName for reading. */
export function generalName(tlv: Tlv): SanView {
  const text = (): string => Buffer.from(tlv.content).toString('latin1');
  switch (tlv.tag) {
    case 0x81:
      return { type: 'email', value: text() };
    case 0x82:
      return { type: 'dns', value: text() };
    case 0x86:
      return { type: 'uri', value: text() };
    case 0x87:
      return { type: 'ip', value: ipText(tlv.content) };
    case 0x88:
      return { type: 'registeredId', value: arcsText(tlv.content) };
    case 0xa4:
      return { type: 'directory', value: nameView(readTlv(tlv.content)).text };
    case 0xa0: {
      const [type, value] = children(tlv);
      const inner = value === undefined ? undefined : children(value)[0];
      let shown = inner === undefined ? '' : Buffer.from(inner.raw).toString('hex');
      try {
        if (inner !== undefined) shown = stringValue(inner);
      } catch {
        // Not a string: the hex above stays.
      }
      return { type: 'other', value: `${type === undefined ? '' : oidText(type)}: ${shown}` };
    }
    default:
      return { type: 'other', value: Buffer.from(tlv.raw).toString('hex') };
  }
}

/** GeneralName DER of the four types Baleen writes. */
export function generalNameDer(name: { type: 'dns' | 'ip' | 'uri' | 'email'; value: string }): Uint8Array {
  if (name.type === 'ip') return contextPrimitive(7, ipBytes(name.value));
  const { content } = readTlv(ia5String(name.value));
  return contextPrimitive({ email: 1, dns: 2, uri: 6 }[name.type], content);
}
