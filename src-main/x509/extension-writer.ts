/** Makes the extensions of a certificate, DER-exact, in the counterpart to extension-reader.ts. It decides nothing. */
import {
  boolean,
  contextConstructed,
  contextPrimitive,
  ia5String,
  integer,
  namedBits,
  octetString,
  oid,
  sequence,
} from './der-writer.ts';
import { readTlv } from './der-reader.ts';
import { generalNameDer, ipBytes } from './general-name.ts';
import { EXTENSION, KEY_USAGES, PURPOSES } from './oids.ts';
import type { Extension } from './extension-reader.ts';
import { X509Error } from './x509-error.ts';

export function basicConstraints(
  value: { isCa: boolean; pathLength: number | null },
  critical: boolean,
): Extension {
  const parts = [
    ...(value.isCa ? [boolean(true)] : []),
    ...(value.isCa && value.pathLength !== null ? [integer(value.pathLength)] : []),
  ];
  return { oid: EXTENSION.basicConstraints, critical, valueDer: sequence(...parts) };
}

export function keyUsage(usages: readonly (typeof KEY_USAGES)[number][], critical: boolean): Extension {
  return {
    oid: EXTENSION.keyUsage,
    critical,
    valueDer: namedBits(usages.map((usage) => KEY_USAGES.indexOf(usage))),
  };
}

const PURPOSE_OIDS: Record<string, string> = Object.fromEntries(
  Object.entries(PURPOSES).map(([dotted, name]) => [name, dotted]),
);

/** Purposes by name ("serverAuth") or dotted OID. */
export function extendedKeyUsage(purposes: readonly string[], critical: boolean): Extension {
  return {
    oid: EXTENSION.extendedKeyUsage,
    critical,
    valueDer: sequence(...purposes.map((purpose) => oid(PURPOSE_OIDS[purpose] ?? purpose))),
  };
}

export interface AlternativeNameFields {
  type: 'dns' | 'ip' | 'uri' | 'email';
  value: string;
}

export function subjectAltName(names: readonly AlternativeNameFields[], critical: boolean): Extension {
  return { oid: EXTENSION.subjectAltName, critical, valueDer: sequence(...names.map(generalNameDer)) };
}

/** `keyIdHex`: RFC 5280 4.2.1.2 method 1, or whatever the issuer carries. */
export function subjectKeyIdentifier(keyIdHex: string): Extension {
  return {
    oid: EXTENSION.subjectKeyIdentifier,
    critical: false,
    valueDer: octetString(Buffer.from(keyIdHex, 'hex')),
  };
}

export function authorityKeyIdentifier(keyIdHex: string): Extension {
  return {
    oid: EXTENSION.authorityKeyIdentifier,
    critical: false,
    valueDer: sequence(contextPrimitive(0, Buffer.from(keyIdHex, 'hex'))),
  };
}

const uri = (text: string): Uint8Array => contextPrimitive(6, readTlv(ia5String(text)).content);

/** One distribution point per URI (RFC 5280 4.2.1.13). */
export function crlDistributionPoints(uris: readonly string[]): Extension {
  return {
    oid: EXTENSION.crlDistributionPoints,
    critical: false,
    valueDer: sequence(
      ...uris.map((text) => sequence(contextConstructed(0, contextConstructed(0, uri(text))))),
    ),
  };
}

export function authorityInfoAccess(locations: {
  ocsp: readonly string[];
  caIssuers: readonly string[];
}): Extension {
  const entry =
    (method: string) =>
    (text: string): Uint8Array =>
      sequence(oid(method), uri(text));
  return {
    oid: EXTENSION.authorityInfoAccess,
    critical: false,
    valueDer: sequence(
      ...locations.ocsp.map(entry('1.3.6.1.5.5.7.48.1')),
      ...locations.caIssuers.map(entry('1.3.6.1.5.5.7.48.2')),
    ),
  };
}

/** A constraint: DNS suffix ("example.net"), or network ("10.0.0.0/8"). */
export interface Subtree {
  type: 'dns' | 'ip' | 'uri' | 'email';
  value: string;
}

function networkBytes(text: string): Uint8Array {
  const [address = '', length = ''] = text.split('/');
  const octets = ipBytes(address);
  const bits = Number(length);
  if (!/^\d{1,3}$/.test(length) || bits > octets.length * 8) throw new X509Error(`invalid network: ${text}`);
  const mask = octets.map((_octet, index) => 0xff & ~(0xff >> Math.min(8, Math.max(0, bits - index * 8))));
  return Uint8Array.from([...octets.map((octet, index) => octet & (mask[index] ?? 0)), ...mask]);
}

/** Permitted subtrees only; critical as RFC 5280 4.2.1.10 asks. */
export function nameConstraints(permitted: readonly Subtree[]): Extension {
  const subtrees = permitted.map((subtree) =>
    sequence(
      subtree.type === 'ip'
        ? contextPrimitive(7, networkBytes(subtree.value))
        : generalNameDer({ ...subtree, type: subtree.type }),
    ),
  );
  return {
    oid: EXTENSION.nameConstraints,
    critical: true,
    valueDer: sequence(contextConstructed(0, ...subtrees)),
  };
}
