/**
 * One subject alternative name as an operator types it: recognised, checked, brought to its canonical form.
 * It splits no lists and asks no network whether the name exists.
 */
import { hidesSomething } from '#shared/hidden-characters.ts';
import { domainToASCII, domainToUnicode } from 'node:url';

export type NameType = 'dns' | 'ip' | 'uri' | 'email';

export interface AlternativeName {
  type: NameType;
  value: string;
}

/** A name, perhaps with a remark about what was made of the typed text; or why it is none. */
export type NameReading =
  | { ok: true; name: AlternativeName; note: string }
  | { ok: false; message: string; fix: string };

function bad(message: string, fix = ''): NameReading {
  return { ok: false, message, fix };
}

function good(type: NameType, value: string, note = ''): NameReading {
  return { ok: true, name: { type, value }, note };
}

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

function labelFault(label: string): string | null {
  if (label === '') return 'it has an empty label';
  if (label.length > 63) return 'a label is longer than 63 characters';
  if (!LABEL.test(label)) return 'labels hold a to z, 0 to 9 and inner hyphens';
  // node answers what it cannot decode unchanged.
  if (label.startsWith('xn--') && ['', label].includes(domainToUnicode(label)))
    return `"${label}" is no valid punycode`;
  if (label.slice(2, 4) === '--' && !label.startsWith('xn--')) return 'only punycode has "--" there';
  return null;
}

/** RFC 5280 4.2.1.6 preferred name syntax; a wildcard is the whole first label (RFC 9525 6.3). */
export function readDns(text: string): NameReading {
  let value = text.toLowerCase();
  let note = value === text ? '' : 'written in lower case';
  if (/[^\u0020-\u007e]/u.test(value)) {
    const ascii = domainToASCII(value);
    if (ascii === '') return bad(`invalid DNS name: ${text}`, 'It cannot be written in punycode.');
    note = `"${text}" in punycode`;
    value = ascii;
  }
  if (/^[0-9.]+$/.test(value) || value.includes(':')) return bad(`invalid IP address: ${text}`);
  if (value.endsWith('.')) return bad(`invalid DNS name: ${text}`, 'Leave out the dot at the end.');
  if (value.length > 253)
    return bad(`invalid DNS name: it has ${value.length} characters, the most is 253 (RFC 1035)`);
  const labels = value.split('.');
  const wildcard = labels[0] === '*';
  if (wildcard && labels.length < 3)
    return bad(`invalid DNS name: ${text}`, 'A wildcard needs two labels behind it, such as *.example.net.');
  for (const label of wildcard ? labels.slice(1) : labels) {
    const fault = label.includes('*') ? 'a wildcard stands alone as the first label' : labelFault(label);
    if (fault !== null)
      return bad(`invalid DNS name: ${text}`, `${fault[0]?.toUpperCase()}${fault.slice(1)}.`);
  }
  if (/^[0-9]+$/.test(labels.at(-1) ?? ''))
    return bad(`invalid DNS name: ${text}`, 'The last label cannot be a number.');
  return good('dns', value, note);
}

/** 4, 6, or 0 for neither. The parser of URLs is the judge; only the written form is limited here. */
function ipVersion(text: string): 0 | 4 | 6 {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text))
    return URL.canParse(`http://${text}/`) && !/(^|\.)0\d/.test(text) ? 4 : 0;
  return /^[0-9A-Fa-f:.]+$/.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`) ? 6 : 0;
}

/** IPv4 or IPv6 without a zone; IPv6 in RFC 5952 form. */
export function readIp(text: string): NameReading {
  if (text.includes('%')) return bad(`invalid IP address: ${text}`, 'Leave out the zone behind "%".');
  if (text.includes('/')) return bad(`invalid IP address: ${text}`, 'One address, not a network.');
  const version = ipVersion(text);
  if (version === 0) return bad(`invalid IP address: ${text}`);
  const value = version === 6 ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
  return good('ip', value, value === text ? '' : `"${text}" in short form`);
}

const SPIFFE = /^spiffe:\/\/[a-z0-9._-]{1,255}(\/[A-Za-z0-9._-]+)*$/;

/** RFC 3986, absolute; SPIFFE ids by the SPIFFE-ID standard, 2.1 to 2.3. */
export function readUri(text: string): NameReading {
  if (!/^[\u0021-\u007e]+$/.test(text))
    return bad(`invalid URI: ${text}`, 'Percent-encode spaces and other letters.');
  if (text.toLowerCase().startsWith('spiffe:')) {
    const dots = text.split('/').some((segment) => segment === '.' || segment === '..');
    if (!SPIFFE.test(text) || dots || text.length > 2048)
      return bad(
        `invalid SPIFFE ID: ${text}`,
        'It looks like spiffe://trust-domain/path: lower-case trust domain, no port, no query, no slash at the end.',
      );
    return good('uri', text);
  }
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:./.test(text) || !URL.canParse(text))
    return bad(`invalid URI: ${text}`, 'Begin with a scheme, such as https:// or spiffe://.');
  return good('uri', text);
}

/** RFC 5321 mailbox, ASCII (RFC 5280 4.2.1.6 rfc822Name). */
export function readEmail(text: string): NameReading {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const domain = readDns(text.slice(at + 1));
  if (
    at < 1 ||
    local.length > 64 ||
    !/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local)
  )
    return bad(`invalid e-mail address: ${text}`);
  if (!domain.ok || domain.name.value.startsWith('*')) return bad(`invalid e-mail address: ${text}`);
  return good('email', `${local}@${domain.name.value}`);
}

const READERS: Record<NameType, (text: string) => NameReading> = {
  dns: readDns,
  ip: readIp,
  uri: readUri,
  email: readEmail,
};

function recognised(text: string, field: NameType): NameType {
  if (ipVersion(text) !== 0) return 'ip';
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text)) return 'uri';
  if (/^[^@/]+@[^@/]+$/.test(text)) return 'email';
  return field;
}

/**
 * Reads one entry of the field `field`. A prefix ("dns:", "ip:", "uri:", "email:") decides; without one, what is
 * plainly an address of another type is taken as that and the note says so.
 */
export function readAlternativeName(typed: string, field: NameType): NameReading {
  const text = typed.trim();
  if (hidesSomething(text))
    return bad('a name holds control or invisible characters', 'Type it again instead of pasting it.');
  const prefix = /^(dns|ip|uri|email):(.+)$/i.exec(text);
  if (prefix !== null) {
    const [, type = '', value = ''] = prefix;
    return READERS[type.toLowerCase() as NameType](value.trim());
  }
  const type = recognised(text, field);
  const reading = READERS[type](text);
  if (!reading.ok || type === field) return reading;
  const words = { dns: 'a DNS name', ip: 'an IP address', uri: 'a URI', email: 'an e-mail address' };
  return { ...reading, note: reading.note || `recognised as ${words[type]}` };
}
